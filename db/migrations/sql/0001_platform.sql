-- platform: what every module stands on. Schema = module; a module's SQL names its own schema,
-- `platform.directory`, and other modules' `_facts` views, nothing else.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'huixiang_app') THEN
        CREATE ROLE huixiang_app NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'huixiang_read') THEN
        CREATE ROLE huixiang_read NOLOGIN;
    END IF;
END $$;

CREATE SCHEMA platform;
GRANT USAGE ON SCHEMA platform TO huixiang_app, huixiang_read;

-- Who owns what a key names: order, phone, external id, member number. Distributed by key; written
-- before the owner's row and checked against it on read.
CREATE TABLE platform.directory (
    kind        text        NOT NULL,
    key         text        NOT NULL,
    member_id   uuid        NOT NULL,
    object_id   uuid,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (kind, key)
);

-- The first answer to each command, kept with its effect. `expires_at` is null for ledger and money commands.
CREATE TABLE platform.idempotency (
    member_id   uuid        NOT NULL,
    key         text        NOT NULL,
    input_hash  bytea       NOT NULL,
    status      smallint,
    answer      bytea,
    recorded_at timestamptz NOT NULL,
    expires_at  timestamptz,
    PRIMARY KEY (member_id, key)
);
CREATE INDEX idempotency_expires_at ON platform.idempotency (expires_at) WHERE expires_at IS NOT NULL;

-- One row per transaction and owner. `seq` and `recorded_at` are taken under the owner's row in outbox_head as the last
-- statement before commit: so seq is gapless and in commit order per owner, and recorded_at never goes back within an
-- owner. The key is the order in which rows are handed over; any beginning of it has no row without those before it of
-- the same owner. It is the only index, for every posting pays for it.
CREATE TABLE platform.outbox_head (
    member_id   uuid        PRIMARY KEY,
    seq         bigint      NOT NULL,
    recorded_at timestamptz NOT NULL
) WITH (fillfactor = 60);

CREATE TABLE platform.outbox (
    member_id   uuid        NOT NULL,
    seq         bigint      NOT NULL,
    recorded_at timestamptz NOT NULL,
    events      text        NOT NULL, -- a JSON array; the server never looks into it, so it need not parse it
    PRIMARY KEY (recorded_at, member_id, seq)
);

-- Rows of parked owners, out of everybody else's way; those of an owner here come before those in platform.outbox.
CREATE TABLE platform.outbox_aside (
    member_id   uuid        NOT NULL,
    seq         bigint      NOT NULL,
    recorded_at timestamptz NOT NULL,
    events      text        NOT NULL,
    PRIMARY KEY (member_id, seq)
);

-- What a subscriber has handled, written in the subscriber's own transaction; removed with the outbox row.
CREATE TABLE platform.outbox_delivery (
    member_id   uuid   NOT NULL,
    seq         bigint NOT NULL,
    subscriber  text   NOT NULL,
    PRIMARY KEY (member_id, seq, subscriber)
);

-- An owner whose next event failed waits here; later events of the same owner wait with it.
CREATE TABLE platform.outbox_parked (
    member_id   uuid        PRIMARY KEY,
    seq         bigint      NOT NULL,
    subscriber  text        NOT NULL,
    attempts    integer     NOT NULL,
    error       text        NOT NULL,
    retry_at    timestamptz NOT NULL
);
CREATE INDEX outbox_parked_retry_at ON platform.outbox_parked (retry_at, member_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA platform TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA platform TO huixiang_read;
