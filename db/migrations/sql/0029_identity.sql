-- members: states and merges. A member's state and alias stand in members.member.

-- Every change of a state, numbered by member. Rows are added and never changed.
CREATE TABLE members.state_change (
    member_id        uuid        NOT NULL,
    seq              integer     NOT NULL CHECK (seq > 0),
    from_state       text        NOT NULL,
    to_state         text        NOT NULL,
    reason           text        NOT NULL,
    guardian_consent text,                          -- where the consent of a minor's guardian is kept
    changed_by       text        NOT NULL,          -- staff:<id>, key:<id>, merge:<id>
    occurred_at      timestamptz NOT NULL,
    PRIMARY KEY (member_id, seq),
    CHECK (from_state <> to_state)
);

-- Two members found to be one. `member_id` is the one who goes; what they own is moved by the modules in `waits`, each in
-- a step that it acknowledges.
CREATE TABLE members.merge (
    member_id    uuid        NOT NULL,
    merge_id     uuid        NOT NULL,
    into_id      uuid        NOT NULL,
    state        text        NOT NULL CHECK (state IN ('moving', 'done', 'refused', 'undoing', 'undone')),
    waits        text[]      NOT NULL,              -- who has still to acknowledge
    parts        uuid[]      NOT NULL,              -- ids under which the ledger moved what came to the old id later
    from_state   text        NOT NULL,              -- of the one who goes, before
    into_state   text        NOT NULL,              -- of the one who stays, before
    now_state    text        NOT NULL,              -- of the one who stays, when nothing moves
    reason       text        NOT NULL,
    started_by   text        NOT NULL,
    refusal      text,                              -- why it, or its undoing, was last refused
    started_at   timestamptz NOT NULL,
    done_at      timestamptz,
    undone_at    timestamptz,
    PRIMARY KEY (member_id, merge_id),
    CHECK (member_id <> into_id),
    CHECK ((state IN ('moving', 'undoing')) = (waits <> '{}'))
);
CREATE UNIQUE INDEX merge_one_at_a_time ON members.merge (member_id) WHERE state IN ('moving', 'done', 'undoing');
CREATE INDEX merge_into ON members.merge (into_id, member_id);

GRANT SELECT, INSERT ON members.state_change TO huixiang_app;
GRANT SELECT, INSERT, UPDATE ON members.merge TO huixiang_app;
GRANT SELECT ON members.state_change, members.merge TO huixiang_read;

-- By what ways a member came: at the registration, and whenever a system tells of one. Rows are added and never changed.
CREATE TABLE members.touch (
    member_id   uuid        NOT NULL,
    seq         integer     NOT NULL CHECK (seq > 0),
    channel     text        NOT NULL,
    scene       text,
    store       text,
    guide       text,
    campaign    text,
    referrer_id uuid,                               -- the member who brought them
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, seq),
    CHECK (referrer_id <> member_id)
);

GRANT SELECT, INSERT ON members.touch TO huixiang_app;
GRANT SELECT ON members.touch TO huixiang_read;

-- What members say of themselves that identifies nobody: their preferences.
CREATE TABLE members.profile (
    member_id            uuid        PRIMARY KEY,
    favourite_categories text[]      NOT NULL,
    household            smallint    CHECK (household BETWEEN 1 AND 20),
    delivery             text,                      -- morning, afternoon, evening, weekend, pick_up
    contact              text[]      NOT NULL,      -- phone, sms, wechat, push, email, none
    completed_at         timestamptz,               -- when all was known for the first time
    changed_at           timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON members.profile TO huixiang_app;
GRANT SELECT ON members.profile TO huixiang_read;
