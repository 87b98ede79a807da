-- members: what shows presence, and how lately somebody showed who they are.

-- From when the codes of cards are signed with the key of a generation. The keys follow from the installation's secret:
-- none of them stands here. Generation 0 signs before the first row.
CREATE TABLE members.card_key (
    generation  integer     PRIMARY KEY CHECK (generation > 0),
    signs_from  timestamptz NOT NULL
);
GRANT SELECT, INSERT ON members.card_key TO huixiang_app;

-- When the member last showed anew, on a device that is signed in, who they are; what settles somebody in asks for it.
ALTER TABLE members.session ADD COLUMN proven_at timestamptz;
