-- tiers: where each member stands, and every change with its cause. Growth itself is a book of the ledger.
CREATE SCHEMA tiers;
GRANT USAGE ON SCHEMA tiers TO huixiang_app, huixiang_read;

CREATE TABLE tiers.standing (
    member_id    uuid        PRIMARY KEY,
    tier         text        NOT NULL,
    since        timestamptz NOT NULL,
    rule_version integer     NOT NULL,
    changes      integer     NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE tiers.change (
    member_id    uuid        NOT NULL,
    seq          integer     NOT NULL,
    from_tier    text,
    to_tier      text        NOT NULL,
    cause        text        NOT NULL,
    growth       bigint      NOT NULL,
    order_ref    uuid,
    rule         text        NOT NULL,
    rule_version integer     NOT NULL,
    occurred_at  timestamptz NOT NULL,
    recorded_at  timestamptz NOT NULL,
    PRIMARY KEY (member_id, seq)
);

-- A tier that a member bought for points, until it ends. `earned` is the tier that growth had made before, and growth
-- from `earned_from` on counts for what the member falls back to. The posting has the key tier_upgrade:<upgrade_id>.
CREATE TABLE tiers.upgrade (
    member_id    uuid        NOT NULL,
    upgrade_id   uuid        NOT NULL,
    tier         text        NOT NULL,
    points       bigint      NOT NULL,
    rule_version integer     NOT NULL,
    earned       text,
    earned_from  timestamptz NOT NULL,
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    ended_at     timestamptz,              -- when it was over, or undone
    undone       boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (member_id, upgrade_id)
);
CREATE INDEX upgrade_due ON tiers.upgrade (ends_at) WHERE ended_at IS NULL;

CREATE VIEW tiers.tiers_facts AS SELECT member_id, tier, since, rule_version, changes FROM tiers.standing;

GRANT SELECT, INSERT, UPDATE ON tiers.standing, tiers.upgrade TO huixiang_app;
GRANT SELECT, INSERT ON tiers.change TO huixiang_app;
GRANT SELECT ON tiers.tiers_facts TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA tiers TO huixiang_read;
