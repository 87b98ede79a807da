-- benefits: which order took a use of which entitlement. What is held counts in the entitlement's `used` as what is used.
CREATE TABLE benefits.entitlement_use (
    member_id      uuid        NOT NULL,
    order_id       uuid        NOT NULL,
    benefit        text        NOT NULL,
    entitlement_id uuid        NOT NULL,
    state          text        NOT NULL CHECK (state IN ('held', 'used', 'returned')),
    period_from    date        NOT NULL,      -- of the entitlement, when it was taken
    held_at        timestamptz NOT NULL,
    used_at        timestamptz,
    returned_at    timestamptz,
    merges         uuid[]      NOT NULL DEFAULT '{}',   -- the merges that brought it here, the last one last
    PRIMARY KEY (member_id, order_id, benefit),
    CHECK ((state = 'held') = (used_at IS NULL AND returned_at IS NULL)),
    CHECK ((state = 'returned') = (returned_at IS NOT NULL))
);
CREATE INDEX entitlement_use_of ON benefits.entitlement_use (member_id, entitlement_id, period_from);

GRANT SELECT, INSERT, UPDATE ON benefits.entitlement_use TO huixiang_app;
GRANT SELECT ON benefits.entitlement_use TO huixiang_read;

ALTER TABLE checkout.placed ADD COLUMN benefits text[] NOT NULL DEFAULT '{}';   -- of each of which it takes a use

-- How many merges had brought the copy here when its order held it, or used it: by the last one on, it stays with the order.
ALTER TABLE coupons.coupon ADD COLUMN order_merges integer NOT NULL DEFAULT 0;
