-- checkout: requests to refund a part of an order. A request stands under its order's member_id, as the order does after a
-- merge, and is found by its order.
CREATE TABLE checkout.refund_request (
    member_id      uuid        NOT NULL,
    request_id     uuid        NOT NULL,
    order_id       uuid        NOT NULL,
    state          text        NOT NULL CHECK (state IN ('asked', 'refunded', 'refused', 'withdrawn')),
    ground         text        NOT NULL,
    note           bytea,                          -- sealed under the member's key
    worth_fen      bigint      NOT NULL CHECK (worth_fen >= 0),   -- when it was asked
    asked_by       text        NOT NULL CHECK (asked_by IN ('member', 'staff', 'system')),
    asked_by_id    uuid        NOT NULL,
    asked_at       timestamptz NOT NULL,
    why_not        text[]      NOT NULL,           -- why it was not refunded at once; empty where it was
    policy_version integer     NOT NULL,
    changes        smallint    NOT NULL,           -- rows of its log
    refund_id      uuid,
    decided_by     text CHECK (decided_by IN ('rule', 'staff', 'member', 'system')),
    decided_by_id  uuid,
    decided_at     timestamptz,
    decided_on     date,
    reason         text,
    goods          text CHECK (goods IN ('to_check', 'ok', 'not_ok')),
    goods_checked_on date,
    PRIMARY KEY (member_id, request_id),
    CHECK ((state = 'asked') = (decided_at IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CHECK ((state = 'refunded') = (refund_id IS NOT NULL)),
    CHECK ((goods IS NOT NULL) = (state = 'refunded' AND decided_by = 'rule')),
    CHECK ((goods_checked_on IS NOT NULL) = (goods IS NOT NULL AND goods <> 'to_check')),
    CHECK ((state = 'refunded' AND decided_by = 'rule') = (cardinality(why_not) = 0))
) WITH (fillfactor = 90);
-- By order for what waits; by member for lists and limits; over all members for those who decide and check.
CREATE INDEX refund_request_order ON checkout.refund_request (member_id, order_id, request_id);
CREATE UNIQUE INDEX refund_request_refund ON checkout.refund_request (member_id, refund_id) WHERE refund_id IS NOT NULL;
CREATE INDEX refund_request_queue ON checkout.refund_request (state, asked_at, request_id);
CREATE INDEX refund_request_to_check ON checkout.refund_request (asked_at, request_id) WHERE goods = 'to_check';

CREATE TABLE checkout.refund_request_line (
    member_id  uuid     NOT NULL,
    request_id uuid     NOT NULL,
    line_no    smallint NOT NULL,                  -- of the order
    quantity   integer  NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (member_id, request_id, line_no)
);

-- What happened to requests: rows are only added.
CREATE TABLE checkout.refund_request_change (
    member_id  uuid        NOT NULL,
    request_id uuid        NOT NULL,
    change_no  smallint    NOT NULL,
    change     text        NOT NULL,
    party      text        NOT NULL,               -- member, staff, system, rule
    party_id   uuid,                               -- of the rule none
    reason     text,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (member_id, request_id, change_no),
    CHECK ((party = 'rule') = (party_id IS NULL))
);

GRANT SELECT, INSERT, UPDATE ON checkout.refund_request TO huixiang_app;
GRANT SELECT, INSERT ON checkout.refund_request_line, checkout.refund_request_change TO huixiang_app;
GRANT SELECT ON checkout.refund_request, checkout.refund_request_line, checkout.refund_request_change TO huixiang_read;
