-- points: what moves between owners. A row belongs to the owner named by member_id: a member, or a family pool, which
-- is an owner with an account of its own. Points on their way stand in no account: they left one with the counter
-- account `in_transit` and come into another with the same.

-- One transfer is two rows: the sender's, written with the debit, and the receiver's, written with the credit.
-- A merge of two members is one for each book; its points are below zero where a debt was moved.
-- parcels, last_days, maturities: what is on its way, points, last day and maturity (null: not pending) of each parcel;
-- of a book that is only added up, points of each business day, the day, and its start. Empty on the receiver's side.
CREATE TABLE points.transfer (
    member_id    uuid        NOT NULL,
    transfer_id  uuid        NOT NULL,
    direction    text        NOT NULL CHECK (direction IN ('out', 'in')),
    purpose      text        NOT NULL CHECK (purpose IN ('transfer', 'pool_contribution', 'pool_return', 'merge',
                                                       'unmerge')),
    book         smallint    NOT NULL,
    other_id     uuid        NOT NULL,
    points       bigint      NOT NULL CHECK (points > 0 OR purpose IN ('merge', 'unmerge')),
    fee          bigint      NOT NULL CHECK (fee >= 0),
    parcels      bigint[]    NOT NULL,
    last_days    date[]      NOT NULL,
    maturities   timestamptz[] NOT NULL,
    state        text        NOT NULL CHECK (state IN ('on_the_way', 'received', 'returned')),
    rule_version integer,
    created_at   timestamptz NOT NULL,
    finished_at  timestamptz,
    PRIMARY KEY (member_id, transfer_id),
    CHECK ((state = 'on_the_way') = (finished_at IS NULL))
);
CREATE INDEX transfer_created_at ON points.transfer (member_id, created_at);

-- Which pool a person is in says platform.directory (kind 'pool_of', key: the person's id).
CREATE TABLE points.pool (
    member_id    uuid        PRIMARY KEY,
    head_id      uuid        NOT NULL,
    state        text        NOT NULL CHECK (state IN ('open', 'dissolved')),
    created_at   timestamptz NOT NULL,
    dissolved_at timestamptz
);

-- contributed, spent: since the person joined. daily_points, monthly_points: null where the rules' own limits hold.
CREATE TABLE points.pool_member (
    member_id      uuid        NOT NULL,
    person_id      uuid        NOT NULL,
    state          text        NOT NULL CHECK (state IN ('invited', 'joined', 'left')),
    daily_points   bigint,
    monthly_points bigint,
    contributed    bigint      NOT NULL,
    spent          bigint      NOT NULL,
    changed_at     timestamptz NOT NULL,
    PRIMARY KEY (member_id, person_id)
);
-- Which pools ask for a person: read by that person alone.
CREATE INDEX pool_member_invited ON points.pool_member (person_id) WHERE state = 'invited';

-- What a person has set aside of a pool. captured: of `points`; returned: of `captured`, by refunds.
CREATE TABLE points.pool_ticket (
    member_id  uuid        NOT NULL,
    ticket_id  uuid        NOT NULL,
    person_id  uuid        NOT NULL,
    points     bigint      NOT NULL CHECK (points > 0),
    captured   bigint      NOT NULL,
    returned   bigint      NOT NULL,
    state      text        NOT NULL CHECK (state IN ('held', 'captured', 'released')),
    held_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, ticket_id),
    CHECK (returned >= 0 AND returned <= captured AND captured <= points)
);
CREATE INDEX pool_ticket_person ON points.pool_ticket (member_id, person_id, held_at);

-- What was exchanged with partners. A journal. `business_day` is that of recorded_at, so that a day that is over stays
-- as it is. direction: in (their points became ours), out, cancelled (an exchange out that was taken back).
CREATE TABLE points.exchange (
    member_id      uuid        NOT NULL,
    partner        text        NOT NULL,
    direction      text        NOT NULL CHECK (direction IN ('in', 'out', 'cancelled')),
    reference      text        NOT NULL,
    points         bigint      NOT NULL CHECK (points > 0),
    partner_points bigint      NOT NULL CHECK (partner_points > 0),
    rule_version   integer     NOT NULL,
    occurred_at    timestamptz NOT NULL,
    recorded_at    timestamptz NOT NULL,
    business_day   date        NOT NULL,
    PRIMARY KEY (member_id, partner, direction, reference)
);
CREATE INDEX exchange_day ON points.exchange (partner, business_day);

-- What members compete for: a partner's budget and daily limit. Distributed by partner.
CREATE TABLE points.partner_total (
    partner   text   NOT NULL,
    direction text   NOT NULL CHECK (direction IN ('in', 'out')),
    used      bigint NOT NULL CHECK (used >= 0),
    day       date   NOT NULL,
    day_used  bigint NOT NULL CHECK (day_used >= 0),
    PRIMARY KEY (partner, direction)
);

-- A part of it, reserved under the partner's own reference, which is unique for ever. owner_id: for whom.
CREATE TABLE points.partner_ticket (
    partner        text        NOT NULL,
    direction      text        NOT NULL CHECK (direction IN ('in', 'out')),
    reference      text        NOT NULL,
    owner_id       uuid        NOT NULL,
    points         bigint      NOT NULL CHECK (points > 0),
    partner_points bigint      NOT NULL CHECK (partner_points > 0),
    rule_version   integer     NOT NULL,
    state          text        NOT NULL CHECK (state IN ('reserved', 'confirmed', 'cancelled')),
    business_day   date        NOT NULL,
    reserved_at    timestamptz NOT NULL,
    PRIMARY KEY (partner, direction, reference)
);
CREATE INDEX partner_ticket_reserved ON points.partner_ticket (reserved_at) WHERE state = 'reserved';

-- The file of a day as it was made. A journal.
CREATE TABLE points.settlement (
    partner      text        NOT NULL,
    business_day date        NOT NULL,
    file         bytea       NOT NULL,
    sha256       bytea       NOT NULL,
    made_at      timestamptz NOT NULL,
    PRIMARY KEY (partner, business_day)
);

GRANT SELECT, INSERT, UPDATE ON points.transfer, points.pool, points.pool_member, points.pool_ticket TO huixiang_app;
GRANT SELECT, INSERT, UPDATE ON points.partner_total TO huixiang_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON points.partner_ticket TO huixiang_app;
GRANT SELECT, INSERT ON points.exchange, points.settlement TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA points TO huixiang_read;
