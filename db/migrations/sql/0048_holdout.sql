-- coupons: who came to a template that has a holdout, and from whom a copy was withheld (docs/decisions/0036, point 8).

-- The first time that a member would have been given a copy while the template had a holdout: what then became of it. Decided by
-- the member's id as it was then, and not moved by a merge. Only ever added to.
CREATE TABLE coupons.exposure (
    member_id        uuid        NOT NULL,
    template         text        NOT NULL,
    template_version integer     NOT NULL,
    holdout_bp       integer     NOT NULL CHECK (holdout_bp BETWEEN 1 AND 9000),
    coupon_id        uuid,                                -- the copy that was issued; null: it was withheld
    cause            text        NOT NULL,
    exposed_at       timestamptz NOT NULL,
    PRIMARY KEY (member_id, template)
);
CREATE INDEX exposure_of_template ON coupons.exposure (template, exposed_at);
CREATE INDEX exposure_at ON coupons.exposure USING brin (exposed_at);

-- For reports: who was given a copy, or was not, and since when; copies by whose they are now, and the orders that used them;
-- orders by whose they are, with what was paid and not given back.
CREATE VIEW coupons.coupons_exposures_facts AS
SELECT member_id, template, holdout_bp, coupon_id IS NULL AS withheld, exposed_at FROM coupons.exposure;

CREATE VIEW coupons.coupons_copies_facts AS
SELECT member_id, coupon_id, template, issued_at FROM coupons.coupon WHERE template IS NOT NULL;

CREATE VIEW coupons.coupons_uses_facts AS
SELECT c.member_id AS owner_id, c.template, c.coupon_id, h.member_id, h.order_id
FROM coupons.coupon AS c JOIN coupons.coupon_change AS h ON h.coupon_id = c.coupon_id AND h.what = 'used';

CREATE VIEW checkout.checkout_sales_facts AS
SELECT member_id AS owner_id, member_id, order_id, completed_at, cash_fen - refunded_fen AS kept_fen FROM checkout.orders
UNION ALL
SELECT a.into_id, o.member_id, o.order_id, o.completed_at, o.cash_fen - o.refunded_fen
FROM members.members_aliases_facts a JOIN checkout.orders o USING (member_id);

GRANT SELECT, INSERT ON coupons.exposure TO huixiang_app;
GRANT SELECT ON coupons.exposure TO huixiang_read;
GRANT SELECT ON coupons.coupons_exposures_facts, coupons.coupons_copies_facts, coupons.coupons_uses_facts,
    checkout.checkout_sales_facts TO huixiang_app, huixiang_read;
