-- members: what showed that a member was there, for as long as it could be shown again. Both tables are swept.

-- Codes of the card that were used: the one of this member and this second. `command` is the digest of the command that
-- used it, which may be repeated; no other may.
CREATE TABLE members.used_code (
    member_id   uuid        NOT NULL,
    issued_at   timestamptz NOT NULL,               -- to the second
    command     bytea       NOT NULL,
    kept_until  timestamptz NOT NULL,
    PRIMARY KEY (member_id, issued_at)
);
CREATE INDEX used_code_kept_until ON members.used_code (kept_until, member_id);

-- The one-time code that a member asked for last. `code_hash` is keyed: six digits are soon tried.
CREATE TABLE members.one_time_code (
    member_id    uuid        PRIMARY KEY,
    code_hash    bytea       NOT NULL,
    expires_at   timestamptz NOT NULL,
    guesses      smallint    NOT NULL,              -- wrong ones
    command      bytea,                             -- digest of the command that used it
    counted_from timestamptz NOT NULL,              -- since when codes are counted
    asked        smallint    NOT NULL,              -- codes asked for since then
    kept_until   timestamptz NOT NULL
);
CREATE INDEX one_time_code_kept_until ON members.one_time_code (kept_until, member_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON members.used_code, members.one_time_code TO huixiang_app;
