-- An order on its way holds its coupons, and a coupon is held by the order that says so. Of one that is settled none is
-- held; one that was completed used them. (CHK-02, CPN-03)
SELECT coalesce(p.member_id, c.member_id) AS member_id, coalesce(p.order_id, c.order_id) AS order_id,
       coalesce(p.coupon_id, c.coupon_id) AS coupon_id, p.state AS order_state, c.state AS coupon_state
FROM (
    SELECT member_id, order_id, state, unnest(coupons) AS coupon_id
    FROM checkout.placed WHERE state IN ('placed', 'fulfilled')
) AS p
FULL JOIN (SELECT member_id, order_id, coupon_id, state FROM coupons.coupon WHERE state = 'held') AS c
    USING (member_id, order_id, coupon_id)
WHERE p.state IS NULL OR c.state IS NULL
UNION ALL
SELECT c.member_id, c.order_id, c.coupon_id, p.state, c.state
FROM coupons.coupon AS c LEFT JOIN checkout.placed AS p ON p.order_id = c.order_id
WHERE c.state = 'used' AND (p.state IS DISTINCT FROM 'completed' OR c.coupon_id <> ALL (p.coupons));
