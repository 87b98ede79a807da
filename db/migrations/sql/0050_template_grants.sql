-- grants: copies of coupon templates, under what all members share.
ALTER TABLE grants.bulk ADD COLUMN kept bigint CHECK (kept >= 0);   -- copies, for its own; null: not begun, or no coupons

-- coupons: how many copies of a template a member has and had, for who looks before they give.
CREATE VIEW coupons.coupons_issued_facts AS
SELECT member_id, template, issued FROM coupons.member_issued;
GRANT SELECT ON coupons.coupons_issued_facts TO huixiang_app, huixiang_read;
