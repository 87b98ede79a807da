-- members: attributes that operators define are a rule document; consents that were stated. tiers, plans: trials.

DROP TABLE members.attribute;

-- What a member consented to and withdrew, numbered by member; the last one of a purpose holds. Rows are added and never
-- changed.
CREATE TABLE members.consent (
    member_id    uuid        NOT NULL,
    seq          integer     NOT NULL CHECK (seq > 0),
    purpose      text        NOT NULL,
    given        boolean     NOT NULL,
    text_version text,                              -- which text they were shown
    told_by      text        NOT NULL,              -- member, staff:<id>, key:<id>
    occurred_at  timestamptz NOT NULL,
    PRIMARY KEY (member_id, seq),
    CHECK (given = (text_version IS NOT NULL))
);

GRANT SELECT, INSERT ON members.consent TO huixiang_app;
GRANT SELECT ON members.consent TO huixiang_read;

-- A row for each attribute of a member that is a list of choices.
CREATE VIEW members.members_chosen_facts AS
SELECT m.member_id, a.key AS code, ARRAY(SELECT jsonb_array_elements_text(a.value)) AS chosen
FROM members.member AS m
CROSS JOIN LATERAL jsonb_each(m.attributes) AS a
WHERE m.merged_into IS NULL AND jsonb_typeof(a.value) = 'array';

GRANT SELECT ON members.members_chosen_facts TO huixiang_app, huixiang_read;
