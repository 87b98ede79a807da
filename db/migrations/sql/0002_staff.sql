-- staff: who is let in beside members. System keys, console users, their sessions, and the audit log.
-- `audit` is append-only: the app role may insert and select, nothing else.
CREATE SCHEMA staff;
GRANT USAGE ON SCHEMA staff TO huixiang_app, huixiang_read;

-- One key of one calling system. The secret has 256 random bits, so a plain SHA-256 of it cannot be searched.
CREATE TABLE staff.system_key (
    key_id       uuid        PRIMARY KEY,
    name         text        NOT NULL,
    secret_hash  bytea       NOT NULL,
    scopes       text[]      NOT NULL,
    created_at   timestamptz NOT NULL,
    created_by   text        NOT NULL,
    last_used_at timestamptz,                      -- to the hour
    revoked_at   timestamptz,
    revoked_by   text
);

CREATE TABLE staff.account (
    staff_id      uuid        PRIMARY KEY,
    username      text        NOT NULL UNIQUE,     -- lower case
    display_name  text        NOT NULL,
    role          text        NOT NULL,            -- permissions of a role are shipped with the program
    password_hash text        NOT NULL,            -- argon2id, with its parameters
    totp_sealed   bytea       NOT NULL,            -- AES-256-GCM, bound to staff_id
    totp_step     bigint      NOT NULL,            -- the last time step whose code was used; only later ones count
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL,
    stores        text[],                          -- those that the account is limited to; null: all of them
    password_until timestamptz                     -- of a made password: sign in until then and choose one; null: chosen
);

-- Failures by name tried, whether or not an account has it, so that a lock tells nothing about who exists.
CREATE TABLE staff.sign_in_attempt (
    name_hash    bytea       PRIMARY KEY,
    failures     integer     NOT NULL CHECK (failures > 0),
    failed_at    timestamptz NOT NULL,
    locked_until timestamptz
);
CREATE INDEX sign_in_attempt_failed_at ON staff.sign_in_attempt (failed_at);

-- `token_hash` is the SHA-256 of the cookie's 256 random bits.
CREATE TABLE staff.session (
    token_hash   bytea       PRIMARY KEY,
    staff_id     uuid        NOT NULL REFERENCES staff.account (staff_id),
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,             -- to the minute
    expires_at   timestamptz NOT NULL,
    ended_at     timestamptz
);
CREATE INDEX session_staff ON staff.session (staff_id) WHERE ended_at IS NULL;
CREATE INDEX session_expires_at ON staff.session (expires_at);

-- Who did what to whom, when and why. One chain per actor and business day: `hash` is over the row and the hash of the
-- row before it (docs/operate/staff.md). `before` and `after` are kept to the byte: the hash is over their bytes, in
-- which personal values are sealed.
CREATE TABLE staff.audit (
    audit_id      uuid        PRIMARY KEY,
    actor         text        NOT NULL,            -- staff:<id>, key:<key id>, name:<hash of a name tried>, cli
    action        text        NOT NULL,            -- session.created, key.revoked, ...
    object        text        NOT NULL,            -- <kind>:<id>
    member_id     uuid,                            -- whose data it concerns
    before        json,
    after         json,
    reason        text,
    recorded_at   timestamptz NOT NULL,
    chain_day     date        NOT NULL,
    chain_seq     bigint      NOT NULL CHECK (chain_seq > 0),
    previous_hash bytea       NOT NULL,
    hash          bytea       NOT NULL
);
CREATE INDEX audit_recorded_at ON staff.audit (recorded_at, audit_id);
CREATE INDEX audit_object ON staff.audit (object, recorded_at);
CREATE INDEX audit_member ON staff.audit (member_id, recorded_at) WHERE member_id IS NOT NULL;
CREATE UNIQUE INDEX audit_chain ON staff.audit (chain_day, actor, chain_seq);

GRANT SELECT, INSERT, UPDATE ON staff.system_key, staff.account TO huixiang_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON staff.sign_in_attempt, staff.session TO huixiang_app;
GRANT SELECT, INSERT ON staff.audit TO huixiang_app;
GRANT SELECT ON staff.audit TO huixiang_read;
