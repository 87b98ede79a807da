-- An order on its way holds a use of each benefit that it was placed under, one that was completed has used it, and one
-- that is settled otherwise has given it back. (CHK-02, CHK-04, CHK-05, PTS-24)
SELECT coalesce(p.member_id, u.member_id) AS member_id, coalesce(p.order_id, u.order_id) AS order_id,
       coalesce(p.benefit, u.benefit) AS benefit, p.state AS order_state, u.state AS use_state
FROM (
    SELECT member_id, order_id, state, unnest(benefits) AS benefit
    FROM checkout.placed WHERE state IN ('placed', 'fulfilled')
) AS p
FULL JOIN (SELECT member_id, order_id, benefit, state FROM benefits.entitlement_use WHERE state = 'held') AS u
    USING (member_id, order_id, benefit)
WHERE p.state IS NULL OR u.state IS NULL
UNION ALL
SELECT u.member_id, u.order_id, u.benefit, coalesce(o.state, p.state), u.state
FROM benefits.entitlement_use AS u
LEFT JOIN checkout.placed AS p ON p.order_id = u.order_id
LEFT JOIN checkout.orders AS o ON o.member_id = p.member_id AND o.order_id = p.order_id
WHERE u.state = 'used'
  AND (p.state IS DISTINCT FROM 'completed' OR u.benefit <> ALL (p.benefits) OR o.state IS DISTINCT FROM 'completed');
