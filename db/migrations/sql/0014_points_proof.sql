-- points: signed roots of days. All three tables are append-only: the app role may insert and select, nothing else.
-- A row belongs to no member; what a root says of members is behind its hash.
CREATE TABLE points.signing_key (
    key_id        text        PRIMARY KEY,
    public_key    bytea       NOT NULL CHECK (octet_length(public_key) = 32),
    endorsed_by   text        REFERENCES points.signing_key,
    endorsement   bytea       CHECK (octet_length(endorsement) = 64),
    registered_at timestamptz NOT NULL,
    CHECK ((endorsed_by IS NULL) = (endorsement IS NULL))
);

-- [starts_at, ends_at) by recorded_at. Nothing is bound to the same root twice, so there is one chain.
CREATE TABLE points.root (
    day       date        PRIMARY KEY,
    starts_at timestamptz NOT NULL UNIQUE,
    ends_at   timestamptz NOT NULL CHECK (ends_at > starts_at),
    leaves    bigint      NOT NULL CHECK (leaves >= 0),
    tree      bytea       NOT NULL CHECK (octet_length(tree) = 32),
    previous  bytea       NOT NULL UNIQUE CHECK (octet_length(previous) = 32),
    root      bytea       NOT NULL UNIQUE CHECK (octet_length(root) = 32),
    key_id    text        NOT NULL REFERENCES points.signing_key,
    signature bytea       NOT NULL CHECK (octet_length(signature) = 64),
    closed_at timestamptz NOT NULL CHECK (closed_at > ends_at)
);

-- Digests over 256 leaves each: a proof reads the accounts of one of them, not of the day.
CREATE TABLE points.root_branch (
    day          date     NOT NULL REFERENCES points.root,
    number       integer  NOT NULL CHECK (number >= 0),
    first_member uuid     NOT NULL,
    first_book   smallint NOT NULL,
    digest       bytea    NOT NULL CHECK (octet_length(digest) = 32),
    PRIMARY KEY (day, number)
);

GRANT SELECT, INSERT ON points.signing_key, points.root, points.root_branch TO huixiang_app;
GRANT SELECT ON points.signing_key, points.root, points.root_branch TO huixiang_read;
