-- points: what earning and spending rules need beside the ledger: rewards given, pauses and what waits behind them,
-- sums by cause, adjustments by staff.

-- A reward for a behaviour, the nth of its period; the keys make that exact, whoever comes at the same time.
-- period: its first business day, 1970-01-01 for what is rewarded so often in all.
CREATE TABLE points.reward (
    member_id  uuid     NOT NULL,
    behaviour  text     NOT NULL,
    period     date     NOT NULL,
    nth        smallint NOT NULL CHECK (nth > 0),
    source_key text     NOT NULL,
    PRIMARY KEY (member_id, behaviour, period, nth)
);
CREATE UNIQUE INDEX reward_source ON points.reward (member_id, behaviour, source_key);

-- What a cause issues or burns is paused while ended_at is null; only by one rule, only at one place, where `rule`,
-- `place` is given. asset: of what; coupons and benefits are paused by the same rows.
CREATE TABLE points.pause (
    pause_id     uuid        PRIMARY KEY,
    asset        text        NOT NULL CHECK (asset IN ('points', 'coupon', 'benefit')),
    side         text        NOT NULL CHECK (side IN ('issue', 'burn')),
    cause        text        NOT NULL,
    rule         text,
    place        text,
    reason       text        NOT NULL,
    started_at   timestamptz NOT NULL,
    started_by   text        NOT NULL,
    ended_at     timestamptz,
    ended_by     text,
    ended_reason text,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (ended_reason IS NULL))
);
CREATE UNIQUE INDEX pause_open ON points.pause (asset, side, cause, coalesce(rule, ''), coalesce(place, ''))
    WHERE ended_at IS NULL;
CREATE INDEX pause_started_at ON points.pause (started_at);

-- Credits posted while their cause was paused. due_at: when they would have become spendable.
-- A released one that is not due yet is cleared when it is (cleared_at).
CREATE TABLE points.paused_credit (
    member_id  uuid        NOT NULL,
    book       smallint    NOT NULL,
    key        text        NOT NULL,
    pause_id   uuid        NOT NULL,
    cause      text        NOT NULL,
    points     bigint      NOT NULL,
    posted_at  timestamptz NOT NULL,
    due_at     timestamptz,
    state      text        NOT NULL CHECK (state IN ('waiting', 'released', 'voided')),
    decided_at timestamptz,
    decided_by text,
    reason     text,
    cleared_at timestamptz,
    PRIMARY KEY (member_id, book, key),
    CHECK ((state = 'waiting') = (decided_at IS NULL))
);
CREATE INDEX paused_credit_waiting ON points.paused_credit (pause_id, posted_at, member_id, key)
    WHERE state = 'waiting';
CREATE INDEX paused_credit_to_clear ON points.paused_credit (due_at) WHERE state = 'released' AND cleared_at IS NULL;

-- What was issued and burned by the hour, by when it was recorded: the past that says what is usual. A cause has rows,
-- each rule of it and each place of it too; rule and place are empty in those of the cause, and never both given.
CREATE TABLE points.cause_hour (
    hour   timestamptz NOT NULL,
    asset  text        NOT NULL,
    side   text        NOT NULL,
    cause  text        NOT NULL,
    rule   text        NOT NULL,
    place  text        NOT NULL,
    amount bigint      NOT NULL,
    PRIMARY KEY (hour, asset, side, cause, rule, place)
);

-- Adjustments that staff asked for, and what became of each. Rows are only added.
CREATE TABLE points.adjustment (
    member_id     uuid        NOT NULL,
    adjustment_id uuid        NOT NULL,
    points        bigint      NOT NULL CHECK (points <> 0),
    ground        text        NOT NULL,
    reason        text        NOT NULL,
    attachment    text,
    made_by       uuid        NOT NULL,
    made_at       timestamptz NOT NULL,
    business_day  date        NOT NULL,
    rule_version  integer     NOT NULL,            -- of the document that said whether approval is needed
    PRIMARY KEY (member_id, adjustment_id)
);
CREATE INDEX adjustment_made_at ON points.adjustment (made_at, adjustment_id);

-- checked_by: null where no approval was needed, or nobody decided in time. seq: of the posting; null where there is none:
-- refused by a person, expired, or failed, as what was to be taken was not there any more when it was approved.
CREATE TABLE points.adjustment_decision (
    member_id     uuid        NOT NULL,
    adjustment_id uuid        NOT NULL,
    state         text        NOT NULL CHECK (state IN ('posted', 'refused', 'expired', 'failed')),
    checked_by    uuid,
    note          text,
    decided_at    timestamptz NOT NULL,
    seq           bigint,
    PRIMARY KEY (member_id, adjustment_id),
    FOREIGN KEY (member_id, adjustment_id) REFERENCES points.adjustment,
    CHECK ((state = 'posted') = (seq IS NOT NULL))
);

GRANT SELECT, INSERT ON points.reward, points.adjustment, points.adjustment_decision TO huixiang_app;
GRANT SELECT, INSERT, UPDATE ON points.pause, points.paused_credit TO huixiang_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON points.cause_hour TO huixiang_app;
GRANT SELECT ON points.reward, points.pause, points.paused_credit, points.cause_hour, points.adjustment,
    points.adjustment_decision TO huixiang_read;
