-- staff: keys that rotate, end, and are let in from some addresses only.

-- The secrets of a key: the one in use, and while a system changes over the one before it, until `ends_at`.
-- Each has 256 random bits, so a plain SHA-256 of it cannot be searched.
CREATE TABLE staff.key_secret (
    key_id       uuid        NOT NULL REFERENCES staff.system_key (key_id),
    secret_no    integer     NOT NULL CHECK (secret_no > 0),
    secret_hash  bytea       NOT NULL,
    created_at   timestamptz NOT NULL,
    created_by   text        NOT NULL,
    ends_at      timestamptz,                      -- null: the one in use
    last_used_at timestamptz,                      -- to the hour
    PRIMARY KEY (key_id, secret_no)
);
CREATE UNIQUE INDEX key_secret_in_use ON staff.key_secret (key_id) WHERE ends_at IS NULL;

INSERT INTO staff.key_secret (key_id, secret_no, secret_hash, created_at, created_by, last_used_at)
SELECT key_id, 1, secret_hash, created_at, created_by, last_used_at FROM staff.system_key;

ALTER TABLE staff.system_key
    DROP COLUMN secret_hash,
    DROP COLUMN last_used_at,
    ADD COLUMN addresses           cidr[] NOT NULL DEFAULT '{}',    -- where it is let in from; none: from anywhere
    ADD COLUMN expires_at          timestamptz,
    ADD COLUMN requests_per_minute integer CHECK (requests_per_minute > 0);  -- null: as the settings say

GRANT SELECT, INSERT, UPDATE ON staff.key_secret TO huixiang_app;
