-- Whom a template's share held out was given no copy, and who was not held out has the copy that is named; the rule is written
-- here once more (coupons/rules/holdout.py). (CPN-06)
SELECT e.member_id, e.template, e.holdout_bp, e.coupon_id, p.place
FROM coupons.exposure AS e
CROSS JOIN LATERAL (
    SELECT ('x' || left(encode(sha256(convert_to('coupon holdout ' || e.template || ' ' || e.member_id, 'UTF8')), 'hex'), 12)
           )::bit(48)::bigint % 10000 AS place
) AS p
WHERE (p.place < e.holdout_bp) <> (e.coupon_id IS NULL)
   OR e.coupon_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM coupons.coupon_change AS h WHERE h.coupon_id = e.coupon_id AND h.what = 'issued');
