-- checkout: orders, and what came back of them. One member's order lives under one member_id;
-- (source, external_id) is unique over all members through platform.directory (kind 'order_external').
CREATE SCHEMA checkout;
GRANT USAGE ON SCHEMA checkout TO huixiang_app, huixiang_read;

CREATE TABLE checkout.orders (
    member_id       uuid        NOT NULL,
    order_id        uuid        NOT NULL,
    source          text        NOT NULL,
    external_id     text        NOT NULL,
    kind            text        NOT NULL,          -- till: priced elsewhere; placed: on a quote
    state           text        NOT NULL,          -- completed, refunded
    store_id        text,
    channel         text        NOT NULL,
    programme       text        NOT NULL,
    earning_version integer     NOT NULL,
    tiers_version   integer     NOT NULL,
    payable_fen     bigint      NOT NULL,
    cash_fen        bigint      NOT NULL,
    earns           boolean     NOT NULL,          -- false: the member's state did not allow it, so both below are 0
    points          bigint      NOT NULL,          -- what caps left of what it earned
    points_cut      bigint      NOT NULL,          -- what they took
    growth          bigint      NOT NULL,
    refunded_fen    bigint      NOT NULL,          -- the worth of what came back
    cash_refunded_fen bigint    NOT NULL,          -- of it, what was paid back: less what missing points were worth
    gifts_held_fen  bigint      NOT NULL DEFAULT 0 CHECK (gifts_held_fen >= 0), -- of it, kept back for gifts not returned
    refunded_points bigint      NOT NULL,
    points_short    bigint      NOT NULL,          -- of them, what a claw-back did not find, and is not owed
    refunded_growth bigint      NOT NULL,
    completed_at    timestamptz NOT NULL,
    business_day    date        NOT NULL,
    recorded_at     timestamptz NOT NULL,
    input_hash      bytea       NOT NULL,
    numbered_on     date,                          -- the day that its number tells, where that is not business_day
    PRIMARY KEY (member_id, order_id),
    CHECK (points_cut >= 0 AND (earns OR points + points_cut = 0 AND growth = 0)),
    CHECK (refunded_fen BETWEEN 0 AND cash_fen AND cash_refunded_fen BETWEEN 0 AND refunded_fen - gifts_held_fen),
    CHECK (refunded_points BETWEEN 0 AND points AND points_short BETWEEN 0 AND refunded_points),
    CHECK (refunded_growth BETWEEN 0 AND growth)
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX orders_external ON checkout.orders (member_id, source, external_id);
CREATE INDEX orders_completed_at ON checkout.orders (member_id, completed_at, order_id);

CREATE TABLE checkout.order_line (
    member_id         uuid     NOT NULL,
    order_id          uuid     NOT NULL,
    line_no           smallint NOT NULL,
    line_id           text     NOT NULL,
    sku               text     NOT NULL,
    measure           text     NOT NULL,           -- piece, gram, amount
    quantity          integer  NOT NULL,           -- pieces, grams, or 1
    payable_fen       bigint   NOT NULL,
    paid_fen          bigint   NOT NULL,           -- its share of the order's cash
    points            bigint   NOT NULL,
    growth            bigint   NOT NULL,
    refunded_quantity integer  NOT NULL,
    refunded_fen      bigint   NOT NULL,
    refunded_points   bigint   NOT NULL,
    refunded_growth   bigint   NOT NULL,
    PRIMARY KEY (member_id, order_id, line_no),
    CHECK (refunded_quantity BETWEEN 0 AND quantity),
    CHECK (refunded_fen >= 0)                      -- under `keep` a line may give back more than was paid for it
) WITH (fillfactor = 95);

-- What the payable was settled with, beside cash: a manufacturer's coupon, a voucher of another programme.
CREATE TABLE checkout.order_tender (
    member_id  uuid     NOT NULL,
    order_id   uuid     NOT NULL,
    tender_no  smallint NOT NULL,
    kind       text     NOT NULL,
    line_id    text,
    amount_fen bigint   NOT NULL CHECK (amount_fen > 0),
    PRIMARY KEY (member_id, order_id, tender_no)
);

CREATE TABLE checkout.refund (
    member_id    uuid        NOT NULL,
    refund_id    uuid        NOT NULL,
    order_id     uuid        NOT NULL,
    external_id  text        NOT NULL,
    reason       text        NOT NULL,
    refund_fen   bigint      NOT NULL,             -- the worth of what came back
    cash_refund_fen bigint   NOT NULL,             -- what is paid back
    gifts_fen    bigint      NOT NULL,             -- of gifts that were used, and came off it
    gifts_held_fen bigint    NOT NULL,             -- kept back for gifts not returned; below zero: paid of what was
    fees_fen     bigint      NOT NULL CHECK (fees_fen >= 0), -- of delivery and packaging, paid back beside it
    points       bigint      NOT NULL,             -- what its lines give back
    points_before bigint     NOT NULL,             -- of them, what was taken back before, by no refund
    points_short bigint      NOT NULL,             -- of them, what was not found, and is not owed
    points_returned bigint   NOT NULL,             -- of what was spent on the order
    reward       bigint      NOT NULL,             -- what it was rewarded with beside its lines' points
    reward_short bigint      NOT NULL,             -- of it, what was not found, and is not owed
    growth       bigint      NOT NULL,
    growth_before bigint     NOT NULL,             -- of it, what was taken back before, by no refund
    claw_back    text        NOT NULL,             -- debt, cash, pending_only: by spending.default of rule_version
    rule_version integer     NOT NULL,
    not_reckoned text,                             -- why the order goes line by line, where its rules say reckon
    occurred_at  timestamptz NOT NULL,
    business_day date        NOT NULL,
    recorded_at  timestamptz NOT NULL,
    input_hash   bytea       NOT NULL,
    PRIMARY KEY (member_id, refund_id),
    CHECK (cash_refund_fen >= 0 AND gifts_fen >= 0 AND cash_refund_fen + gifts_fen + gifts_held_fen <= refund_fen),
    CHECK (least(points_before, points_short) >= 0 AND points_before + points_short <= points),
    CHECK (points_returned >= 0 AND reward_short BETWEEN 0 AND reward AND growth_before BETWEEN 0 AND growth)
);
CREATE UNIQUE INDEX refund_external ON checkout.refund (member_id, order_id, external_id);

CREATE TABLE checkout.refund_line (
    member_id  uuid     NOT NULL,
    refund_id  uuid     NOT NULL,
    line_no    smallint NOT NULL,
    quantity   integer  NOT NULL CHECK (quantity > 0),
    refund_fen bigint   NOT NULL,
    points     bigint   NOT NULL,
    growth     bigint   NOT NULL,
    PRIMARY KEY (member_id, refund_id, line_no)
);

-- The one record of what a refund undid: every effect, once as `done`, or first as `pending` where it concerns another
-- owner, or what all share, and follows. Rows are only added. Kinds are in checkout/model/reversals.py; what an amount counts, the kind says.
-- cause: of what is reversed. owner_id: whose it is, where that is not member_id. book, seq: the posting by which it was
-- done, null where there is none.
CREATE TABLE checkout.reversal_effect (
    member_id   uuid        NOT NULL,
    refund_id   uuid        NOT NULL,
    effect_no   smallint    NOT NULL,
    state       text        NOT NULL CHECK (state IN ('pending', 'done')),
    kind        text        NOT NULL,
    cause       text        NOT NULL,
    amount      bigint      NOT NULL CHECK (amount > 0),
    owner_id    uuid,
    book        smallint,
    seq         bigint,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, refund_id, effect_no, state),
    CHECK ((book IS NULL) = (seq IS NULL)),
    CHECK (state = 'done' OR seq IS NULL)
);

CREATE VIEW checkout.checkout_facts AS
SELECT member_id, order_id, store_id, channel, payable_fen, cash_fen, refunded_fen, points, refunded_points,
       completed_at, business_day
FROM checkout.orders;

-- Orders by whose they are: a member's own, and those of who was merged into them, which stay under the old id.
CREATE VIEW checkout.checkout_owners_facts AS
SELECT member_id AS owner_id, member_id, order_id, state, business_day, cash_fen, refunded_fen FROM checkout.orders
UNION ALL
SELECT a.into_id, o.member_id, o.order_id, o.state, o.business_day, o.cash_fen, o.refunded_fen
FROM members.members_aliases_facts a JOIN checkout.orders o USING (member_id);

-- When a member bought. An order that came back whole is none.
CREATE VIEW checkout.checkout_members_facts AS
SELECT owner_id AS member_id, min(business_day) AS first_order_on, max(business_day) AS last_order_on,
       count(*) AS orders
FROM checkout.checkout_owners_facts WHERE state <> 'refunded' GROUP BY owner_id;

-- What members bought and kept, by kind: of anything (`all`), by category with all above it, and by sku. Rows of one kind
-- are not parts of another's. A row an order, so that an order counts once in each. Goods have the categories that the catalogue gives
-- them now. quantity: pieces; goods by weight or by amount count one a line; who does not ask for that of anything reads
-- no lines for it.
CREATE VIEW checkout.checkout_purchases_facts AS
SELECT 'all' AS kind, o.owner_id AS member_id, o.business_day, NULL::text AS category, NULL::text AS sku, 1 AS orders,
       (SELECT sum(CASE l.measure WHEN 'piece' THEN l.quantity - l.refunded_quantity ELSE 1 END)::bigint
        FROM checkout.order_line l
        WHERE l.member_id = o.member_id AND l.order_id = o.order_id AND l.refunded_quantity < l.quantity) AS quantity,
       o.cash_fen - o.refunded_fen AS spend_fen
FROM checkout.checkout_owners_facts o WHERE o.state <> 'refunded'
UNION ALL
SELECT 'category', o.owner_id, o.business_day, c.category, NULL, 1,
       sum(CASE l.measure WHEN 'piece' THEN l.quantity - l.refunded_quantity ELSE 1 END)::bigint,
       sum(l.paid_fen - l.refunded_fen)::bigint
FROM checkout.checkout_owners_facts o JOIN checkout.order_line l USING (member_id, order_id)
JOIN catalogue.catalogue_facts f USING (sku) CROSS JOIN unnest(f.categories) AS c (category)
WHERE l.refunded_quantity < l.quantity
GROUP BY o.owner_id, o.business_day, o.order_id, c.category
UNION ALL
SELECT 'sku', o.owner_id, o.business_day, NULL, l.sku, 1,
       sum(CASE l.measure WHEN 'piece' THEN l.quantity - l.refunded_quantity ELSE 1 END)::bigint,
       sum(l.paid_fen - l.refunded_fen)::bigint
FROM checkout.checkout_owners_facts o JOIN checkout.order_line l USING (member_id, order_id)
WHERE l.refunded_quantity < l.quantity
GROUP BY o.owner_id, o.business_day, o.order_id, l.sku;

GRANT SELECT, INSERT, UPDATE ON checkout.orders, checkout.order_line TO huixiang_app;
GRANT SELECT, INSERT ON checkout.order_tender, checkout.refund, checkout.refund_line, checkout.reversal_effect
    TO huixiang_app;
GRANT SELECT ON checkout.checkout_facts, checkout.checkout_owners_facts, checkout.checkout_members_facts,
    checkout.checkout_purchases_facts TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA checkout TO huixiang_read;
