-- An order is `refunded` when all of every line came back, and `completed` until then. (CHK-06)
SELECT o.member_id, o.order_id, o.state, l.whole AS all_came_back
FROM checkout.orders AS o
JOIN (
    SELECT member_id, order_id, bool_and(refunded_quantity = quantity) AS whole
    FROM checkout.order_line
    GROUP BY member_id, order_id
) AS l USING (member_id, order_id)
WHERE o.state IS DISTINCT FROM CASE WHEN l.whole THEN 'refunded' ELSE 'completed' END;
