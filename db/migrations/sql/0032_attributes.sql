-- members: attributes that operators define are a rule document; consents that were stated. tiers, plans: trials.

DROP TABLE members.attribute;

-- What a member consented to and withdrew, numbered by member; the last one of a purpose holds. Rows are added and never
-- changed.
CREATE TABLE members.consent (
    member_id    uuid        NOT NULL,
    seq          integer     NOT NULL CHECK (seq > 0),
    purpose      text        NOT NULL,
    given        boolean     NOT NULL,
    text_version text,                              -- which text they were shown
    told_by      text        NOT NULL,              -- member, staff:<id>, key:<id>
    occurred_at  timestamptz NOT NULL,
    PRIMARY KEY (member_id, seq),
    CHECK (given = (text_version IS NOT NULL))
);

GRANT SELECT, INSERT ON members.consent TO huixiang_app;
GRANT SELECT ON members.consent TO huixiang_read;

-- A row for each attribute of a member that is a list of choices.
CREATE VIEW members.members_chosen_facts AS
SELECT m.member_id, a.key AS code, ARRAY(SELECT jsonb_array_elements_text(a.value)) AS chosen
FROM members.member AS m
CROSS JOIN LATERAL jsonb_each(m.attributes) AS a
WHERE m.merged_into IS NULL AND jsonb_typeof(a.value) = 'array';

GRANT SELECT ON members.members_chosen_facts TO huixiang_app, huixiang_read;

-- A tier that a newcomer tries, beside where growth made them stand. One that is not ended is above their standing, which
-- they have too.
CREATE TABLE tiers.trial (
    member_id    uuid        NOT NULL,
    trial_id     uuid        NOT NULL,
    tier         text        NOT NULL,
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    ended_at     timestamptz,
    PRIMARY KEY (member_id, trial_id),
    CHECK (ends_at > starts_at)
);
CREATE UNIQUE INDEX trial_running ON tiers.trial (member_id) WHERE ended_at IS NULL;
CREATE INDEX trial_due ON tiers.trial (ends_at) WHERE ended_at IS NULL;

GRANT SELECT, INSERT, UPDATE ON tiers.trial TO huixiang_app;
GRANT SELECT ON tiers.trial TO huixiang_read;

-- tier: with what is tried; until `trial_until`, when it is null or past: `earned`.
CREATE OR REPLACE VIEW tiers.tiers_facts AS
SELECT s.member_id, coalesce(t.tier, s.tier) AS tier, coalesce(t.starts_at, s.since) AS since, s.rule_version, s.changes,
       s.tier AS earned, t.starts_at AS trial_from, t.ends_at AS trial_until
FROM tiers.standing AS s LEFT JOIN tiers.trial AS t ON t.member_id = s.member_id AND t.ended_at IS NULL;

ALTER TABLE plans.subscription ADD COLUMN trial boolean NOT NULL DEFAULT false;   -- given to try it, once a person

CREATE INDEX touch_occurred ON members.touch (occurred_at);

-- What members sign in from, by keyed hashes of what the devices call themselves.
CREATE TABLE members.device_mark (
    member_id uuid        NOT NULL,
    key       text        NOT NULL,
    seen_at   timestamptz NOT NULL,                 -- for the first time
    PRIMARY KEY (member_id, key)
);

GRANT SELECT, INSERT ON members.device_mark TO huixiang_app;
GRANT SELECT ON members.device_mark TO huixiang_read;
