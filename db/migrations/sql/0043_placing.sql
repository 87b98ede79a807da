-- checkout: orders on their way. What is placed on a quote stays here; completed it is an order like any other, under the
-- same id, in checkout.orders (docs/decisions/0037).
CREATE TABLE checkout.placed (
    member_id          uuid        NOT NULL,
    order_id           uuid        NOT NULL,
    source             text        NOT NULL,
    external_id        text        NOT NULL,
    state              text        NOT NULL CHECK (state IN ('placed', 'fulfilled', 'completed', 'cancelled')),
    payment            text        NOT NULL CHECK (payment IN ('due', 'paid', 'none')),
    store_id           text,
    channel            text        NOT NULL,
    programme          text        NOT NULL,
    promotions_version integer     NOT NULL,
    list_fen           bigint      NOT NULL,
    goods_fen          bigint      NOT NULL,
    delivery_fen       bigint      NOT NULL,
    packaging_fen      bigint      NOT NULL,
    points             bigint      NOT NULL CHECK (points >= 0),   -- held under the order's id
    points_off_fen     bigint      NOT NULL,
    due_fen            bigint      NOT NULL CHECK (due_fen >= 0),  -- as it was placed
    cash_fen           bigint      NOT NULL CHECK (cash_fen >= 0), -- as it was picked, or as it was placed
    lines              jsonb       NOT NULL,                       -- checkout/model/fulfilment.py GrantedLine
    applied            jsonb       NOT NULL,                       -- pricing/model/priced.py Applied
    coupons            uuid[]      NOT NULL,
    uses               jsonb       NOT NULL,                       -- pricing/model/taken.py: of its member's caps
    ticketed           boolean     NOT NULL,                       -- it holds tickets of stock
    said_fen           bigint      NOT NULL CHECK (said_fen >= 0), -- paid without an instruction, as the shop says
    token              text        NOT NULL,                       -- all that the price came from
    placed_at          timestamptz NOT NULL,
    pay_by             timestamptz,                                -- or it is cancelled; none where only a difference is due
    fulfilment_version integer     NOT NULL,                       -- of the rules by which it is picked and refunded
    fulfilled          jsonb,                                      -- checkout/model/fulfilment.py Fulfilled: as it was picked
    fulfilled_at       timestamptz,
    stands             jsonb,                                      -- the same, after refunds
    settled_at         timestamptz,
    reason             text,                                       -- why it was cancelled
    merges             uuid[]      NOT NULL DEFAULT '{}',          -- that brought it to its member, the last one last
    input_hash         bytea       NOT NULL,
    PRIMARY KEY (member_id, order_id),
    CHECK (goods_fen + delivery_fen + packaging_fen - points_off_fen = due_fen),
    CHECK (pay_by IS NULL OR (payment = 'due' AND state IN ('placed', 'fulfilled'))),
    CHECK (pay_by IS NOT NULL OR payment <> 'due' OR state = 'fulfilled'),
    CHECK ((fulfilled IS NULL) = (fulfilled_at IS NULL)),
    CHECK (fulfilled IS NOT NULL OR cash_fen = due_fen),
    CHECK ((settled_at IS NULL) = (state IN ('placed', 'fulfilled')))
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX placed_external ON checkout.placed (member_id, source, external_id);
CREATE INDEX placed_at ON checkout.placed (member_id, placed_at, order_id);
-- What is on its way, of all and by store. By settled_at, which picking leaves alone.
CREATE INDEX placed_open ON checkout.placed (placed_at, order_id) WHERE settled_at IS NULL;
CREATE INDEX placed_open_store ON checkout.placed (store_id, placed_at, order_id) WHERE settled_at IS NULL;
CREATE INDEX placed_unpaid ON checkout.placed (pay_by, member_id, order_id) WHERE pay_by IS NOT NULL;

-- What became of an order for which tickets were taken, decided once: by the placing, or by the sweep of tickets.
CREATE TABLE checkout.ticketed (
    order_id   uuid        PRIMARY KEY,
    stands     boolean     NOT NULL,
    decided_at timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON checkout.placed TO huixiang_app;
GRANT SELECT, INSERT ON checkout.ticketed TO huixiang_app;
GRANT SELECT ON checkout.placed, checkout.ticketed TO huixiang_read;

-- What rules gave with an order when it was completed, or why they did not. The ids of coupons and the key of the posting
-- follow from the order and the number.
CREATE TABLE checkout.order_gift (
    member_id uuid     NOT NULL,
    order_id  uuid     NOT NULL,
    gift_no   smallint NOT NULL,
    rule      text     NOT NULL,
    kind      text     NOT NULL CHECK (kind IN ('goods', 'coupon', 'points')),
    what      text     NOT NULL,                 -- a sku, a coupon template, or nothing that counts
    count     integer  NOT NULL CHECK (count > 0),
    value_fen bigint   NOT NULL CHECK (value_fen >= 0),
    refused   text,                              -- the code of why it was not given
    given_at  timestamptz NOT NULL,
    PRIMARY KEY (member_id, order_id, gift_no)
);
GRANT SELECT, INSERT ON checkout.order_gift TO huixiang_app;
GRANT SELECT ON checkout.order_gift TO huixiang_read;
