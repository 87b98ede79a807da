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

CREATE VIEW tiers.tiers_facts AS SELECT member_id, tier, since, rule_version, changes FROM tiers.standing;

GRANT SELECT, INSERT, UPDATE ON tiers.standing TO huixiang_app;
GRANT SELECT, INSERT ON tiers.change TO huixiang_app;
GRANT SELECT ON tiers.tiers_facts TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA tiers TO huixiang_read;
