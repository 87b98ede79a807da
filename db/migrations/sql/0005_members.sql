-- members: who a person is, across every channel. What identifies a person is sealed under a key of their own;
-- destroying that key in `wrapped_key` erases them. What rules and reports need is in clear and identifies nobody.
CREATE SCHEMA members;
GRANT USAGE ON SCHEMA members TO huixiang_app, huixiang_read;

CREATE TABLE members.member (
    member_id         uuid        PRIMARY KEY,
    number            text        NOT NULL,         -- 12 digits; unique through platform.directory (kind 'number')
    state             text        NOT NULL,         -- active, blocked, closed, deceased, minor, merging, merged
    merged_into       uuid,                         -- who this member goes by since a merge; that one has none
    channel           text        NOT NULL,
    registered_at     timestamptz NOT NULL,
    recorded_at       timestamptz NOT NULL,
    birth_month       smallint    CHECK (birth_month BETWEEN 1 AND 12),
    birth_day         smallint    CHECK (birth_day BETWEEN 1 AND 31),
    attributes        jsonb       NOT NULL,         -- code -> value, as members.attribute defines them
    registration_hash bytea       NOT NULL          -- keyed: tells a repeated registration from another one
) WITH (fillfactor = 90);

-- What finds a member: phone, external id. `key` is a keyed hash of it, unique through platform.directory
-- (same kind and key); the value itself is sealed.
CREATE TABLE members.identity (
    member_id   uuid        NOT NULL,
    kind        text        NOT NULL,               -- phone, external
    key         text        NOT NULL,
    source      text,                               -- of an external id: which system gave it
    sealed      bytea       NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, kind, key),
    CHECK ((kind = 'external') = (source IS NOT NULL))
);

-- Personal fields that find nobody: name, birthday, address.
CREATE TABLE members.personal (
    member_id   uuid        NOT NULL,
    field       text        NOT NULL,
    sealed      bytea       NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, field)
);

-- A member's data key, wrapped by the master key `key_id`. Backed up apart from everything else, for 30 days at most.
CREATE TABLE members.wrapped_key (
    member_id   uuid        PRIMARY KEY,
    key_id      text        NOT NULL,
    wrapped     bytea       NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE INDEX wrapped_key_key_id ON members.wrapped_key (key_id, member_id);

-- The keys this database was written with, by fingerprint: a program with other keys refuses to start on it.
CREATE TABLE members.key_check (
    key_id      text        PRIMARY KEY,
    fingerprint bytea       NOT NULL,
    recorded_at timestamptz NOT NULL
);

-- The systems that have given ids, so that staff need not name one to find a member.
CREATE TABLE members.identity_source (
    source      text        PRIMARY KEY,
    recorded_at timestamptz NOT NULL
);

-- Attributes that operators define. A value stands in member.attributes under the code.
CREATE TABLE members.attribute (
    code        text        PRIMARY KEY,
    type        text        NOT NULL,               -- text, integer, boolean, date, choice
    choices     text[]      NOT NULL,
    title       jsonb       NOT NULL,               -- {"zh", "en"}
    purpose     text        NOT NULL,
    recorded_at timestamptz NOT NULL
);

CREATE INDEX member_merged_into ON members.member (merged_into, member_id) WHERE merged_into IS NOT NULL;

-- Each person once: who was merged into another is none.
CREATE VIEW members.members_facts AS
SELECT member_id, state, registered_at, channel, birth_month, birth_day, attributes,
       lpad(birth_month::text, 2, '0') || '-' || lpad(birth_day::text, 2, '0') AS birthday   -- 02-29
FROM members.member WHERE merged_into IS NULL;

-- Ids under which rows of a member stand beside their own, since a merge.
CREATE VIEW members.members_aliases_facts AS
SELECT member_id, merged_into AS into_id FROM members.member WHERE merged_into IS NOT NULL;

GRANT SELECT, INSERT, UPDATE ON members.member, members.attribute TO huixiang_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON members.identity, members.personal, members.wrapped_key TO huixiang_app;
GRANT SELECT, INSERT ON members.key_check, members.identity_source TO huixiang_app;
GRANT SELECT ON members.members_facts, members.members_aliases_facts TO huixiang_app, huixiang_read;
GRANT SELECT ON members.attribute TO huixiang_read;
