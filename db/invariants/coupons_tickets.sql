-- A claim that stands has its copy and its tickets, and one that does not has neither: so no more copies are claimed than
-- there are. (CPN-04)
SELECT t.member_id, k.coupon_id, k.stands, t.state
FROM coupons.claim AS k
LEFT JOIN stock.ticket AS t ON t.holder_id = k.coupon_id AND t.holder_kind = 'coupon'
WHERE k.stands AND (t.state IS NULL OR t.state = 'freed') OR NOT k.stands AND t.state = 'confirmed'
   OR k.stands <> EXISTS (SELECT FROM coupons.coupon_change AS c WHERE c.coupon_id = k.coupon_id);
