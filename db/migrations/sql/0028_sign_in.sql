-- members: signing in. Codes sent to phones, how fast they may be asked for and tried, and the devices signed in.

-- Codes sent to phones. Nobody's yet: whoever reads the code may be no member. `challenge` is known to the one who
-- asked; `code_hash` is keyed and taken over challenge, phone and code, so neither phone nor code stands here.
CREATE TABLE members.sign_in_code (
    challenge   bytea       PRIMARY KEY,            -- 16 random bytes
    code_hash   bytea       NOT NULL,
    expires_at  timestamptz NOT NULL,
    guesses     smallint    NOT NULL,               -- wrong ones
    used_at     timestamptz,
    kept_until  timestamptz NOT NULL
);
CREATE INDEX sign_in_code_kept_until ON members.sign_in_code (kept_until, challenge);

-- How often something was done by a phone or from an address; `key` is a keyed hash of it.
CREATE TABLE members.sign_in_pace (
    kind        text        NOT NULL,               -- asked_phone, asked_address, failed_address, tail, guessed_*
    key         text        NOT NULL,
    counted     integer     NOT NULL,
    last_at     timestamptz NOT NULL,
    free_at     timestamptz NOT NULL,               -- not again before
    kept_until  timestamptz NOT NULL,
    PRIMARY KEY (kind, key)
);
CREATE INDEX sign_in_pace_kept_until ON members.sign_in_pace (kept_until, kind, key);

-- Somebody was sent to an identity provider by a page, and comes back with a code. Hashes of what the page keeps and of
-- what comes back, so that neither alone is of use.
CREATE TABLE members.sign_in_flow (
    flow_hash   bytea       PRIMARY KEY,
    state_hash  bytea       NOT NULL,
    provider    text        NOT NULL,               -- wechat, alipay
    return_to   text        NOT NULL,               -- a path of the member pages
    expires_at  timestamptz NOT NULL
);
CREATE INDEX sign_in_flow_expires_at ON members.sign_in_flow (expires_at, flow_hash);

-- A device that a member signed in with. Its refresh tokens are derived from `seed` and `generation` with a key that is
-- not in the database: what stands here lets nobody in.
CREATE TABLE members.session (
    member_id   uuid        NOT NULL,
    session_id  uuid        NOT NULL,
    device      text        NOT NULL,               -- app, mini_program, h5
    name        bytea,                              -- what the device is called, sealed
    method      text        NOT NULL,               -- phone_code, wechat, alipay, passkey
    seed        bytea       NOT NULL,               -- 16 random bytes
    generation  integer     NOT NULL,               -- of the refresh token that is good now
    created_at  timestamptz NOT NULL,
    rotated_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,               -- of that refresh token
    ended_at    timestamptz,
    end_cause   text,                               -- signed_out, reused, crowded_out
    PRIMARY KEY (member_id, session_id),
    CHECK ((ended_at IS NULL) = (end_cause IS NULL))
);
CREATE INDEX session_expires_at ON members.session (expires_at, member_id, session_id);

-- A keyed hash of the last four digits of a phone, for tills: it narrows down, and names nobody.
ALTER TABLE members.identity ADD COLUMN tail bytea;
CREATE INDEX identity_tail ON members.identity (tail, member_id) WHERE tail IS NOT NULL;

-- Passkeys of members. What stands here verifies and lets nobody in.
CREATE TABLE members.passkey (
    member_id     uuid        NOT NULL,
    passkey_id    uuid        NOT NULL,
    credential_id bytea       NOT NULL,             -- by which the device knows it
    public_key    bytea       NOT NULL,             -- COSE
    sign_count    bigint      NOT NULL,             -- as the device counted last; 0 where it does not count
    name          bytea,                            -- what the member calls it, sealed
    created_at    timestamptz NOT NULL,
    used_at       timestamptz,
    PRIMARY KEY (member_id, passkey_id),
    UNIQUE (member_id, credential_id)
);

-- Challenges for passkeys that wait to be answered, by a hash of what they are for, for whom, and the challenge.
CREATE TABLE members.passkey_challenge (
    hash        bytea       PRIMARY KEY,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX passkey_challenge_expires_at ON members.passkey_challenge (expires_at, hash);

GRANT SELECT, INSERT, UPDATE, DELETE ON members.passkey, members.passkey_challenge TO huixiang_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON members.sign_in_code, members.sign_in_pace, members.sign_in_flow, members.session
    TO huixiang_app;
