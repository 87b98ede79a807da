-- plans: which paid memberships a member has. What a plan is stands in the rulebook (kind `plan`).
CREATE SCHEMA plans;
GRANT USAGE ON SCHEMA plans TO huixiang_app, huixiang_read;

CREATE TABLE plans.subscription (
    member_id       uuid        NOT NULL,
    subscription_id uuid        NOT NULL,
    plan            text        NOT NULL,
    state           text        NOT NULL CHECK (state IN ('active', 'ended')),
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz,              -- null: until it is ended
    ended_at        timestamptz,
    recorded_at     timestamptz NOT NULL,
    merges          uuid[]      NOT NULL DEFAULT '{}',   -- the merges that brought it here, the last one last
    PRIMARY KEY (member_id, subscription_id),
    CHECK (ends_at > starts_at),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL))
);
CREATE INDEX subscription_due ON plans.subscription (ends_at) WHERE state = 'active';

-- A row for each member who has a plan.
CREATE VIEW plans.plans_facts AS
SELECT member_id, array_agg(DISTINCT plan ORDER BY plan) AS plans
FROM plans.subscription WHERE state = 'active' GROUP BY member_id;

GRANT SELECT, INSERT, UPDATE ON plans.subscription TO huixiang_app;
GRANT SELECT ON plans.plans_facts TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA plans TO huixiang_read;
