-- messaging: one rendered message to one address, what became of it, and what shows it. What a message says and where
-- it goes is sealed (`sealed`), under its owner's own key where there is one.
CREATE SCHEMA messaging;
GRANT USAGE ON SCHEMA messaging TO huixiang_app, huixiang_read;

CREATE TABLE messaging.message (
    member_id    uuid        NOT NULL,              -- the owner: a member, or a guest who asked for a code
    message_id   uuid        NOT NULL,              -- the stable id: the same in every request about it
    key          text        NOT NULL,              -- the caller's
    digest       bytea       NOT NULL,              -- keyed, of all that was asked for under the key
    channel      text        NOT NULL CHECK (channel IN ('inbox', 'sms', 'wechat_template', 'email', 'push')),
    class        text        NOT NULL CHECK (class IN ('service', 'marketing')),
    template     text        NOT NULL,
    state        text        NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'unknown')),
    urgent       boolean     NOT NULL,              -- keeps to no quiet hours, and waits for nobody's campaign
    secret       boolean     NOT NULL,              -- `sealed` goes once it is settled
    sealed       bytea,
    created_at   timestamptz NOT NULL,
    due_at       timestamptz,                       -- when to look at it next; null: nothing is left to do
    expires_at   timestamptz,
    tried_at     timestamptz,                       -- of the last request to send
    tries        smallint    NOT NULL,              -- requests to send
    asks         smallint    NOT NULL,              -- requests to tell, since the last request to send
    requests     smallint    NOT NULL,              -- all requests: the number of the last
    provider     text,
    provider_ref text,                              -- the provider's id for it
    reason       text,                              -- a short code: why it failed, or is not known
    sent_at      timestamptz,
    read_at      timestamptz,                       -- in the inbox
    PRIMARY KEY (member_id, message_id),
    UNIQUE (member_id, key),
    CHECK (class = 'service' OR NOT urgent),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK (state NOT IN ('sent', 'failed') OR due_at IS NULL),
    CHECK (sealed IS NOT NULL OR secret)
) WITH (fillfactor = 80);
CREATE INDEX message_due ON messaging.message (channel, urgent, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX message_latest ON messaging.message (message_id);

-- Every request that was made of a provider, and its answer.
CREATE TABLE messaging.evidence (
    member_id    uuid        NOT NULL,
    message_id   uuid        NOT NULL,
    number       smallint    NOT NULL,
    action       text        NOT NULL CHECK (action IN ('send', 'ask')),
    provider     text        NOT NULL,
    began_at     timestamptz NOT NULL,
    ended_at     timestamptz NOT NULL,
    outcome      text        NOT NULL CHECK (outcome IN ('taken', 'refused', 'not_taken', 'unknown', 'untellable')),
    reason       text,
    provider_ref text,
    PRIMARY KEY (member_id, message_id, number, ended_at)  -- one that was given up may yet answer
);

-- What arrived at the local sink, which stands in for a provider where none is configured. Never in production.
CREATE TABLE messaging.sink (
    member_id    uuid        NOT NULL,
    message_id   uuid        NOT NULL,
    channel      text        NOT NULL,
    template     text        NOT NULL,
    sealed       bytea       NOT NULL,
    arrived_at   timestamptz NOT NULL,
    PRIMARY KEY (member_id, message_id)
);
CREATE INDEX sink_latest ON messaging.sink (message_id);

GRANT SELECT, INSERT, UPDATE ON messaging.message TO huixiang_app;
GRANT SELECT, INSERT ON messaging.evidence TO huixiang_app;
GRANT SELECT, INSERT, DELETE ON messaging.sink TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA messaging TO huixiang_read;
