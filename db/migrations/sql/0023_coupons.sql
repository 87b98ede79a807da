-- coupons: the copies that members hold. What a coupon does is a rule of pricing, named by its code.
CREATE SCHEMA coupons;
GRANT USAGE ON SCHEMA coupons TO huixiang_app, huixiang_read;

CREATE TABLE coupons.coupon (
    member_id   uuid        NOT NULL,
    coupon_id   uuid        NOT NULL,
    rule        text        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('issued', 'voided')),
    issued_at   timestamptz NOT NULL,
    expires_at  timestamptz,                  -- null: never
    recorded_at timestamptz NOT NULL,
    merges      uuid[]      NOT NULL DEFAULT '{}',   -- the merges that brought it here, the last one last
    PRIMARY KEY (member_id, coupon_id),
    CHECK (expires_at > issued_at)
);
CREATE INDEX coupon_held ON coupons.coupon (member_id, COALESCE(expires_at, 'infinity'), coupon_id) WHERE state = 'issued';

-- What may be used; the caller looks at `expires_at`.
CREATE VIEW coupons.coupons_facts AS
SELECT member_id, coupon_id, rule, expires_at FROM coupons.coupon WHERE state = 'issued';

GRANT SELECT, INSERT, UPDATE ON coupons.coupon TO huixiang_app;
GRANT SELECT ON coupons.coupons_facts TO huixiang_app;
GRANT SELECT ON ALL TABLES IN SCHEMA coupons TO huixiang_read;
