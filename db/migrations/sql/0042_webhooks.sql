-- webhooks: who is told of events outside, and what became of each telling (docs/decisions/0038).
--
-- Everybody takes locks in one order: lanes by (member_id, endpoint_id), then endpoints.
CREATE SCHEMA webhooks;
GRANT USAGE ON SCHEMA webhooks TO huixiang_app, huixiang_read;

CREATE TABLE webhooks.endpoint (
    endpoint_id   uuid        PRIMARY KEY,
    name          text        NOT NULL,
    url           text        NOT NULL,
    events        text[]      NOT NULL CHECK (cardinality(events) > 0),
    state         text        NOT NULL CHECK (state IN ('active', 'paused', 'disabled', 'deleted')),
    why           text        CHECK (why IN ('failing', 'gone')),      -- it was disabled
    failing_since timestamptz,                                          -- the first failure after the last success
    created_at    timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL,
    CHECK ((state = 'disabled') = (why IS NOT NULL))
);

-- What an endpoint's requests are signed with: by the newest, and by the one before while it has not ended.
CREATE TABLE webhooks.secret (
    endpoint_id uuid        NOT NULL,
    secret_no   integer     NOT NULL,
    sealed      bytea       NOT NULL,
    created_at  timestamptz NOT NULL,
    ends_at     timestamptz,
    PRIMARY KEY (endpoint_id, secret_no)
);

-- An event as it is sent, to the byte, however often. Ids and amounts alone.
CREATE TABLE webhooks.event (
    member_id   uuid        NOT NULL,
    event_id    uuid        NOT NULL,
    type        text        NOT NULL,
    body        text        NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, event_id)
);
CREATE INDEX event_age ON webhooks.event (recorded_at);

-- What goes to an endpoint of one member, one after the other. due_at: when to look at the first that waits; null where
-- none does. claim: of the worker that has it until due_at.
CREATE TABLE webhooks.lane (
    member_id   uuid        NOT NULL,
    endpoint_id uuid        NOT NULL,
    last_place  bigint      NOT NULL,
    due_at      timestamptz,
    claim       uuid,
    PRIMARY KEY (member_id, endpoint_id)
) WITH (fillfactor = 70);
CREATE INDEX lane_due ON webhooks.lane (endpoint_id, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE webhooks.delivery (
    member_id   uuid        NOT NULL,
    endpoint_id uuid        NOT NULL,
    place       bigint      NOT NULL,               -- in its lane
    event_id    uuid        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
    attempts    integer     NOT NULL,               -- all of them, of replays too
    tries       integer     NOT NULL,               -- since it was queued, or replayed
    queued_at   timestamptz NOT NULL,
    tried_since timestamptz,                        -- the first of `tries`
    settled_at  timestamptz,
    status      smallint,                           -- of the last answer
    reason      text,                               -- a short code: what the last attempt came to
    PRIMARY KEY (member_id, endpoint_id, place),
    UNIQUE (member_id, endpoint_id, event_id),
    CHECK ((state = 'waiting') = (settled_at IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX delivery_waiting ON webhooks.delivery (member_id, endpoint_id, place) WHERE state = 'waiting';
CREATE INDEX delivery_latest ON webhooks.delivery (endpoint_id, event_id);
CREATE INDEX delivery_open ON webhooks.delivery (endpoint_id, state, event_id) WHERE state <> 'delivered';
CREATE INDEX delivery_age ON webhooks.delivery (queued_at);

-- Every request that was made, and what was answered.
CREATE TABLE webhooks.attempt (
    member_id   uuid        NOT NULL,
    endpoint_id uuid        NOT NULL,
    event_id    uuid        NOT NULL,
    number      integer     NOT NULL,
    began_at    timestamptz NOT NULL,
    ended_at    timestamptz NOT NULL,
    status      smallint,
    reason      text        NOT NULL,
    excerpt     text        NOT NULL CHECK (length(excerpt) <= 500),
    PRIMARY KEY (member_id, endpoint_id, event_id, number)
);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON webhooks.endpoint, webhooks.secret, webhooks.lane, webhooks.delivery TO huixiang_app;
GRANT SELECT, INSERT, DELETE ON webhooks.event, webhooks.attempt TO huixiang_app;
GRANT SELECT ON webhooks.endpoint, webhooks.event, webhooks.lane, webhooks.delivery, webhooks.attempt TO huixiang_read;
