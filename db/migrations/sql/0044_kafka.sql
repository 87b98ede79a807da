-- webhooks: what waits to be written to Kafka (docs/decisions/0039). Filled only where Kafka is configured.

-- One row, once something was queued: the last place that was given, and which worker writes until when.
CREATE TABLE webhooks.kafka_stream (
    stream     text        PRIMARY KEY CHECK (stream = 'kafka'),
    last_place bigint      NOT NULL,
    claim      uuid,
    ends_at    timestamptz,
    CHECK ((claim IS NULL) = (ends_at IS NULL))
) WITH (fillfactor = 50);

-- place is the order of all, and given under the lock of that row: in the order of commits. Rows go when the brokers have
-- acknowledged them. Ids and amounts alone.
CREATE TABLE webhooks.kafka_event (
    member_id uuid        NOT NULL,
    place     bigint      NOT NULL,
    event_id  uuid        NOT NULL,
    type      text        NOT NULL,
    body      text        NOT NULL,
    queued_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, place)
);
CREATE INDEX kafka_event_place ON webhooks.kafka_event (place);

GRANT SELECT, INSERT, DELETE ON webhooks.kafka_event TO huixiang_app;
GRANT SELECT, INSERT, UPDATE ON webhooks.kafka_stream TO huixiang_app;
GRANT SELECT ON webhooks.kafka_event, webhooks.kafka_stream TO huixiang_read;
