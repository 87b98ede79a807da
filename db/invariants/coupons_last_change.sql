-- A copy is what the last of its changes says, with the order that holds or used it, and has as many changes as it counts.
-- (CPN-03)
SELECT coalesce(c.member_id, l.member_id) AS member_id, coalesce(c.coupon_id, l.coupon_id) AS coupon_id, c.state,
       l.state AS logged, c.changes, l.changes AS logged_changes
FROM coupons.coupon AS c
FULL JOIN (
    SELECT DISTINCT ON (coupon_id) coupon_id, member_id, state, order_id, expires_at, seq,
           count(*) OVER (PARTITION BY coupon_id) AS changes
    FROM coupons.coupon_change ORDER BY coupon_id, seq DESC
) AS l ON l.coupon_id = c.coupon_id
WHERE c.coupon_id IS NULL OR l.coupon_id IS NULL
   OR (c.state, c.expires_at, c.changes::bigint, l.seq::bigint) IS DISTINCT FROM (l.state, l.expires_at, l.changes, l.changes)
   OR c.state IN ('held', 'used') AND c.order_id IS DISTINCT FROM l.order_id;
