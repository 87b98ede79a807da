-- insight: how long after selling it each store's tills post an order (CHK-07), and where that is too long.

-- Orders that tills posted, with both instants: when they were sold by the till's clock, and when they came.
CREATE VIEW checkout.checkout_posted_facts AS
SELECT member_id, order_id, store_id, completed_at, recorded_at FROM checkout.orders WHERE kind = 'till';
GRANT SELECT ON checkout.checkout_posted_facts TO huixiang_app, huixiang_read;

-- By the business day on which they came. store_id: empty where none was named. orders: those that came within a day of
-- being sold, each in one of the six counts after it, by how long that took: to two seconds, ten seconds, a minute, ten
-- minutes, an hour, a day. sum_ms, longest_ms: of these. older: came later than that, as histories do. ahead: sold after
-- they came, as the till's clock has it; how long they took nobody knows.
CREATE TABLE insight.delay_day (
    business_day date    NOT NULL,
    store_id     text    NOT NULL,
    orders       bigint  NOT NULL,
    in_2s        bigint  NOT NULL,
    in_10s       bigint  NOT NULL,
    in_1m        bigint  NOT NULL,
    in_10m       bigint  NOT NULL,
    in_1h        bigint  NOT NULL,
    in_1d        bigint  NOT NULL,
    sum_ms       bigint  NOT NULL,
    longest_ms   bigint  NOT NULL,
    older        bigint  NOT NULL,
    ahead        bigint  NOT NULL,
    PRIMARY KEY (business_day, store_id),
    CHECK (orders = in_2s + in_10s + in_1m + in_10m + in_1h + in_1d)
) WITH (fillfactor = 70);

-- The same by hour, from its beginning, of the last days: what alarms are decided on.
CREATE TABLE insight.delay_hour (
    hour_at    timestamptz NOT NULL,
    store_id   text        NOT NULL,
    orders     bigint      NOT NULL,
    in_2s      bigint      NOT NULL,
    in_10s     bigint      NOT NULL,
    in_1m      bigint      NOT NULL,
    in_10m     bigint      NOT NULL,
    in_1h      bigint      NOT NULL,
    in_1d      bigint      NOT NULL,
    sum_ms     bigint      NOT NULL,
    longest_ms bigint      NOT NULL,
    older      bigint      NOT NULL,
    ahead      bigint      NOT NULL,
    PRIMARY KEY (hour_at, store_id),
    CHECK (orders = in_2s + in_10s + in_1m + in_10m + in_1h + in_1d)
) WITH (fillfactor = 70);

-- A store whose tills post late, or no more. orders, late: on what it was raised; of a silent one, what such hours had at
-- least on each of the days before, and 0. rule_version: of till_delay/default.
CREATE TABLE insight.delay_alarm (
    alarm_id     uuid        PRIMARY KEY,
    store_id     text        NOT NULL,
    kind         text        NOT NULL CHECK (kind IN ('late', 'silent')),
    raised_at    timestamptz NOT NULL,
    orders       bigint      NOT NULL CHECK (orders > 0),
    late         bigint      NOT NULL CHECK (late BETWEEN 0 AND orders),
    rule_version integer     NOT NULL,
    ended_at     timestamptz,
    ended_by     text CHECK (ended_by IN ('on_time', 'orders_again', 'no_orders', 'not_watched')),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CHECK (ended_at >= raised_at)
);
-- Raised once until it ends, however many look.
CREATE UNIQUE INDEX delay_alarm_open ON insight.delay_alarm (store_id, kind) WHERE ended_at IS NULL;
CREATE INDEX delay_alarm_listed ON insight.delay_alarm (raised_at, alarm_id);

GRANT SELECT, INSERT, UPDATE ON insight.delay_day, insight.delay_alarm TO huixiang_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON insight.delay_hour TO huixiang_app;
GRANT SELECT ON insight.delay_day, insight.delay_hour, insight.delay_alarm TO huixiang_read;
