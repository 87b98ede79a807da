-- coupons: what a member has and had, by state (docs/decisions/0036).
CREATE INDEX coupon_by_issue ON coupons.coupon (member_id, issued_at, coupon_id);
