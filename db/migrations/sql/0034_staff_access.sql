-- staff: how sessions came to be, passkeys of people at the console, and what else waits for a second person.

-- method: how one came in: password_code, password_passkey or passkey. proved_at: when the password and a second factor
-- were shown last in it; null where only a passkey was. agent: what the browser calls itself.
ALTER TABLE staff.session
    ADD COLUMN method    text NOT NULL DEFAULT 'password_code',
    ADD COLUMN proved_at timestamptz,
    ADD COLUMN agent     text;

-- Who may be shown an account's new TOTP secret once, and until when: the administrator who asked for the reset.
ALTER TABLE staff.account
    ADD COLUMN totp_shown_to    uuid,
    ADD COLUMN totp_shown_until timestamptz;

CREATE TABLE staff.passkey (
    passkey_id    uuid        PRIMARY KEY,
    staff_id      uuid        NOT NULL REFERENCES staff.account (staff_id),
    credential_id bytea       NOT NULL UNIQUE,
    public_key    bytea       NOT NULL,            -- COSE
    sign_count    bigint      NOT NULL,
    name          text        NOT NULL,
    created_at    timestamptz NOT NULL,
    used_at       timestamptz
);
CREATE INDEX passkey_staff ON staff.passkey (staff_id);

-- SHA-256 of a challenge and of what it is for; answered once.
CREATE TABLE staff.passkey_challenge (
    hash       bytea       PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX passkey_challenge_expires_at ON staff.passkey_challenge (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON staff.passkey TO huixiang_app;
GRANT SELECT, INSERT, DELETE ON staff.passkey_challenge TO huixiang_app;

-- Who asked: a person, a system by its key, or the command line. problems: what was wrong with a command that was approved and
-- refused when it ran: [{path, problem}].
ALTER TABLE staff.approval
    ADD COLUMN maker_kind text NOT NULL DEFAULT 'staff' CHECK (maker_kind IN ('staff', 'key', 'command_line'));
ALTER TABLE staff.approval_outcome ADD COLUMN problems json;

-- Files of members that somebody asked for. sealed: AES-256-GCM, bound to export_id.
CREATE TABLE members.export (
    export_id  uuid        PRIMARY KEY,
    made_by    uuid        NOT NULL,
    made_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    columns    text[]      NOT NULL,
    members    integer     NOT NULL CHECK (members >= 0),
    sealed     bytea       NOT NULL
);
CREATE INDEX export_expires_at ON members.export (expires_at);
GRANT SELECT, INSERT, DELETE ON members.export TO huixiang_app;

-- What a tier that has an end was given for: bought for points, or set by staff.
ALTER TABLE tiers.upgrade ADD COLUMN ground text NOT NULL DEFAULT 'bought' CHECK (ground IN ('bought', 'manual'));
