-- pricing: what rules with caps have given to members so far. A quote reads it and writes nothing. What they may give to
-- all together are resources of stock.
CREATE SCHEMA pricing;
GRANT USAGE ON SCHEMA pricing TO huixiang_app, huixiang_read;

-- In the period that begins on `starts_on` (1970-01-01: in all).
CREATE TABLE pricing.member_use (
    member_id   uuid        NOT NULL,
    rule        text        NOT NULL,
    starts_on   date        NOT NULL,
    in_a        text        NOT NULL CHECK (in_a IN ('life', 'month', 'week', 'day')),
    fen         bigint      NOT NULL CHECK (fen >= 0),
    uses        bigint      NOT NULL CHECK (uses >= 0),
    pieces      bigint      NOT NULL CHECK (pieces >= 0),
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, rule, in_a, starts_on)
);

GRANT SELECT, INSERT, UPDATE ON pricing.member_use TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA pricing TO huixiang_read;
