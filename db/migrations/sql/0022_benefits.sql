-- benefits: which privileges a member has, and how much of each is left. What a benefit is stands in the rulebook (kind
-- `benefit`).
CREATE SCHEMA benefits;
GRANT USAGE ON SCHEMA benefits TO huixiang_app, huixiang_read;

CREATE TABLE benefits.entitlement (
    member_id      uuid        NOT NULL,
    entitlement_id uuid        NOT NULL,
    benefit        text        NOT NULL,
    source         text        NOT NULL,      -- what gave it: plan:plus, tier:gold, service
    state          text        NOT NULL CHECK (state IN ('active', 'ended')),
    quota          integer     CHECK (quota > 0),             -- times a period; null: without limit
    in_a           text        NOT NULL CHECK (in_a IN ('life', 'month', 'week', 'day')),
    used           integer     NOT NULL CHECK (used >= 0),    -- in the period that began on `period_from`
    period_from    date        NOT NULL,
    starts_at      timestamptz NOT NULL,
    ends_at        timestamptz,               -- null: until it is ended
    ended_at       timestamptz,
    recorded_at    timestamptz NOT NULL,
    merges         uuid[]      NOT NULL DEFAULT '{}',   -- the merges that brought it here, the last one last
    PRIMARY KEY (member_id, entitlement_id),
    CHECK (used <= quota),
    CHECK (ends_at > starts_at),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL))
);
CREATE INDEX entitlement_due ON benefits.entitlement (ends_at) WHERE state = 'active';
CREATE INDEX entitlement_used ON benefits.entitlement (in_a, period_from) WHERE state = 'active' AND used > 0;

-- A row for each member who has a benefit of which something is left.
CREATE VIEW benefits.benefits_facts AS
SELECT member_id, array_agg(DISTINCT benefit ORDER BY benefit) AS benefits
FROM benefits.entitlement WHERE state = 'active' AND (quota IS NULL OR used < quota) GROUP BY member_id;

GRANT SELECT, INSERT, UPDATE ON benefits.entitlement TO huixiang_app;
GRANT SELECT ON benefits.benefits_facts TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA benefits TO huixiang_read;
