-- A copy that is given has one gift that was not returned, and a gift that was not returned has its copy given; the receiver has
-- a copy, under the gift's id, once it is received, and none while it is open or after it was returned. So a gift neither makes
-- copies nor loses any. (CPN-05)
SELECT coalesce(g.member_id, c.member_id) AS member_id, g.gift_id, coalesce(g.coupon_id, c.coupon_id) AS coupon_id,
       g.state, c.state AS copy_state
FROM (SELECT * FROM coupons.gift WHERE state <> 'returned') AS g
FULL JOIN (SELECT * FROM coupons.coupon WHERE state = 'given') AS c
    ON c.member_id = g.member_id AND c.coupon_id = g.coupon_id
WHERE g.gift_id IS NULL OR c.coupon_id IS NULL
UNION ALL
SELECT min(g.member_id::text)::uuid, NULL, g.coupon_id, 'doubled', NULL
FROM coupons.gift AS g WHERE g.state <> 'returned' GROUP BY g.coupon_id HAVING count(*) > 1
UNION ALL
SELECT coalesce(g.member_id, r.member_id), g.gift_id, r.coupon_id, g.state, r.what
FROM coupons.gift AS g
FULL JOIN (SELECT * FROM coupons.coupon_change WHERE seq = 1 AND cause = 'gift') AS r ON r.coupon_id = g.gift_id
WHERE g.gift_id IS NULL OR g.state = 'received' AND r.coupon_id IS NULL
   OR g.state IN ('open', 'returned') AND r.coupon_id IS NOT NULL;
