-- insight: sums kept by reactions to events, so that the overview reads days and not orders. Each table can be counted
-- again from the other modules' facts. Days are business days; amounts fen, points whole.
CREATE SCHEMA insight;
GRANT USAGE ON SCHEMA insight TO huixiang_app, huixiang_read;

CREATE TABLE insight.daily (
    business_day  date   PRIMARY KEY,
    new_members   bigint NOT NULL,
    orders        bigint NOT NULL,
    sales_fen     bigint NOT NULL,          -- payable of the orders completed that day
    cash_fen      bigint NOT NULL,          -- of it what was paid in cash
    refunds       bigint NOT NULL,
    refunded_fen  bigint NOT NULL,          -- what came back that day, of orders of any day
    points_issued bigint NOT NULL,
    points_net    bigint NOT NULL           -- all postings of the book: their running sum is what is outstanding
) WITH (fillfactor = 70);

-- How many members more, or fewer, stand in a tier since a day.
CREATE TABLE insight.tier_daily (
    business_day date   NOT NULL,
    tier         text   NOT NULL,
    members      bigint NOT NULL,
    PRIMARY KEY (business_day, tier)
) WITH (fillfactor = 70);

-- Who bought in a month, once each. `month` is its first day.
CREATE TABLE insight.buyer (
    member_id uuid NOT NULL,
    month     date NOT NULL,
    PRIMARY KEY (member_id, month)
);

CREATE TABLE insight.monthly (
    month          date   PRIMARY KEY,
    active_members bigint NOT NULL
) WITH (fillfactor = 70);

GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA insight TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA insight TO huixiang_read;
