-- A copy is issued first, and each of its changes can follow the one before: held when issued, used or released when held by
-- that order, returned when used by it, expired, voided or
-- given when issued, withdrawn when given. (CPN-03)
SELECT s.member_id, s.coupon_id, s.seq, s.before, s.what
FROM (
    SELECT member_id, coupon_id, seq, what, state, order_id,
           lag(state) OVER w AS before, lag(order_id) OVER w AS order_before
    FROM coupons.coupon_change WINDOW w AS (PARTITION BY coupon_id ORDER BY seq)
) AS s
WHERE NOT coalesce(
    CASE s.what
        WHEN 'issued' THEN s.seq = 1 AND s.before IS NULL AND s.state = 'issued'
        WHEN 'held' THEN s.before = 'issued' AND s.state = 'held' AND s.order_id IS NOT NULL
        WHEN 'used' THEN s.before = 'held' AND s.state = 'used' AND s.order_id = s.order_before
        WHEN 'released' THEN s.before = 'held' AND s.state = 'issued' AND s.order_id = s.order_before
        WHEN 'returned' THEN s.before = 'used' AND s.state = 'issued' AND s.order_id = s.order_before
        WHEN 'withdrawn' THEN s.before = 'given' AND s.state = 'issued'
        ELSE s.before = 'issued' AND s.state = s.what
    END, false);
