-- messaging: further channels, what providers tell afterwards, the order in which a member gets messages, and an end to
-- what is kept.
ALTER TABLE messaging.message
    DROP CONSTRAINT message_channel_check,
    ADD CONSTRAINT message_channel_check CHECK (
        channel IN ('inbox', 'popup', 'sms', 'wechat_template', 'wecom', 'email', 'push', 'webhook')
    ),
    ADD COLUMN template_version integer,             -- of the document it was rendered by; null: its sender rendered it
    ADD COLUMN delivery         text CHECK (delivery IN ('delivered', 'undelivered')),  -- by the latest receipt
    ADD COLUMN delivery_code    text,                -- the provider's
    ADD COLUMN delivery_at      timestamptz,         -- by the provider's clock
    ADD COLUMN dismissed_at     timestamptz;         -- a pop-up that was closed

-- What waits for a member, channel by channel: what comes later is not sent before it. What expires waits for nobody.
CREATE INDEX message_waiting ON messaging.message (member_id, channel, message_id)
    WHERE due_at IS NOT NULL AND expires_at IS NULL;
-- How much marketing a member has had.
CREATE INDEX message_marketing ON messaging.message (member_id, created_at) WHERE class = 'marketing';
-- Pop-ups that were not shown yet.
CREATE INDEX message_popup ON messaging.message (member_id, message_id) WHERE channel = 'popup' AND state = 'queued';
-- WeChat's receipts name a message by WeChat's id alone.
CREATE INDEX message_by_reference ON messaging.message (provider_ref)
    WHERE channel = 'wechat_template' AND provider_ref IS NOT NULL;

ALTER TABLE messaging.evidence
    DROP CONSTRAINT evidence_action_check,
    ADD CONSTRAINT evidence_action_check CHECK (action IN ('send', 'ask', 'show', 'dismiss'));

-- What a provider told of its own accord, each thing once.
CREATE TABLE messaging.receipt (
    member_id   uuid        NOT NULL,
    message_id  uuid        NOT NULL,
    provider    text        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('delivered', 'undelivered')),
    code        text        NOT NULL,
    occurred_at timestamptz NOT NULL,               -- by the provider's clock
    received_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, message_id, provider, state, code, occurred_at)
);

-- A receipt that came before the answer which names the message: kept until that comes, a day at most.
CREATE TABLE messaging.early_receipt (
    provider     text        NOT NULL,
    provider_ref text        NOT NULL,
    state        text        NOT NULL,
    code         text        NOT NULL,
    occurred_at  timestamptz NOT NULL,
    received_at  timestamptz NOT NULL,
    PRIMARY KEY (provider, provider_ref, state, code, occurred_at)
);
CREATE INDEX early_receipt_received ON messaging.early_receipt (received_at);

-- Evidence and receipts are only ever added by the application. They go with their message, the oldest messages first:
-- those with an id below `below`, at most `wanted` of them. How many went. Whoever has taken the application's role asks
-- in vain for fresh ones to go: what is not thirty days old by the database's own clock stays, whatever `below` says. An
-- id knows when it was made, and evidence and receipts keep the id that they came with.
CREATE FUNCTION messaging.forget(below uuid, wanted integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    made_ms bigint := floor(extract(epoch FROM clock_timestamp() - interval '30 days') * 1000);
    oldest uuid := (lpad(to_hex(made_ms), 12, '0') || '70008000000000000000')::uuid;
    gone integer;
BEGIN
    WITH old AS MATERIALIZED (
        SELECT m.member_id, m.message_id FROM messaging.message AS m
        WHERE m.message_id < least(below, oldest) ORDER BY m.message_id LIMIT wanted FOR UPDATE SKIP LOCKED
    ), evidence AS (
        DELETE FROM messaging.evidence AS e USING old
        WHERE e.member_id = old.member_id AND e.message_id = old.message_id
    ), receipts AS (
        DELETE FROM messaging.receipt AS r USING old
        WHERE r.member_id = old.member_id AND r.message_id = old.message_id
    )
    DELETE FROM messaging.message AS m USING old
    WHERE m.member_id = old.member_id AND m.message_id = old.message_id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
$$;
REVOKE ALL ON FUNCTION messaging.forget(uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION messaging.forget(uuid, integer) TO huixiang_app;

GRANT SELECT, INSERT ON messaging.receipt TO huixiang_app;
GRANT SELECT, INSERT, DELETE ON messaging.early_receipt TO huixiang_app;
GRANT SELECT ON messaging.receipt, messaging.early_receipt TO huixiang_read;
