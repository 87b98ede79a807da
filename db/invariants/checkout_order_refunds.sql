-- What came back of a line is the sum of its refunds, and a refund is the sum of its lines; one of fees alone has none. So
-- an order's refunds add up to what it says came back, was paid back and was not found. Cash is lowered only where points
-- were not found, by gifts that were used, or kept back for gifts that have not come back, until the last refund. What an order placed on a quote has left of its fees is what was charged less
-- what was paid back of them; a till's order has none. A line of a till's order gives back at most what was paid for it.
-- (INV-1, CHK-06, PTS-12)
SELECT coalesce(l.member_id, r.member_id) AS member_id,
       coalesce(l.order_id, r.order_id) AS order_id,
       coalesce(l.line_no, r.line_no)::text AS line_no_or_refund_id,
       (l.refunded_quantity, l.refunded_fen, l.refunded_points, l.refunded_growth)::text AS recorded,
       (r.quantity, r.refund_fen, r.points, r.growth)::text AS refunds
FROM (
    SELECT * FROM checkout.order_line
    WHERE (refunded_quantity, refunded_fen, refunded_points, refunded_growth) <> (0, 0, 0, 0)
) AS l
FULL JOIN (
    SELECT b.member_id, f.order_id, b.line_no, sum(b.quantity) AS quantity, sum(b.refund_fen) AS refund_fen,
           sum(b.points) AS points, sum(b.growth) AS growth
    FROM checkout.refund_line AS b LEFT JOIN checkout.refund AS f USING (member_id, refund_id)
    GROUP BY b.member_id, f.order_id, b.line_no
) AS r ON r.member_id = l.member_id AND r.order_id = l.order_id AND r.line_no = l.line_no
WHERE (l.refunded_quantity, l.refunded_fen, l.refunded_points, l.refunded_growth)
      IS DISTINCT FROM (r.quantity, r.refund_fen, r.points, r.growth)
UNION ALL
SELECT f.member_id, f.order_id, f.refund_id::text,
       (f.refund_fen, f.points, f.growth)::text, (b.refund_fen, b.points, b.growth)::text
FROM checkout.refund AS f
LEFT JOIN (
    SELECT member_id, refund_id, sum(refund_fen) AS refund_fen, sum(points) AS points, sum(growth) AS growth
    FROM checkout.refund_line
    GROUP BY member_id, refund_id
) AS b USING (member_id, refund_id)
WHERE (f.refund_fen, f.points, f.growth)
      IS DISTINCT FROM (coalesce(b.refund_fen, 0), coalesce(b.points, 0), coalesce(b.growth, 0))
UNION ALL
SELECT o.member_id, o.order_id, 'order', (o.cash_refunded_fen, o.points_short, o.gifts_held_fen)::text,
       (coalesce(f.cash_fen, 0), coalesce(f.short, 0), coalesce(f.held_fen, 0))::text
FROM checkout.orders AS o
LEFT JOIN (
    SELECT member_id, order_id, sum(cash_refund_fen) AS cash_fen, sum(points_short) AS short,
           sum(gifts_held_fen) AS held_fen
    FROM checkout.refund
    GROUP BY member_id, order_id
) AS f USING (member_id, order_id)
WHERE (o.cash_refunded_fen, o.points_short, o.gifts_held_fen)
          IS DISTINCT FROM (coalesce(f.cash_fen, 0), coalesce(f.short, 0), coalesce(f.held_fen, 0))
   OR o.state = 'refunded' AND o.gifts_held_fen <> 0
UNION ALL
SELECT member_id, order_id, refund_id::text, cash_refund_fen::text, refund_fen::text
FROM checkout.refund
WHERE cash_refund_fen <> refund_fen - gifts_fen - gifts_held_fen AND (points_short + reward_short = 0 OR claw_back <> 'cash')
UNION ALL
SELECT coalesce(f.member_id, p.member_id), coalesce(f.order_id, p.order_id), 'fees', p.gone_fen::text, f.fees_fen::text
FROM (
    SELECT member_id, order_id, sum(fees_fen) AS fees_fen FROM checkout.refund
    GROUP BY member_id, order_id HAVING sum(fees_fen) <> 0
) AS f
FULL JOIN (
    SELECT * FROM (
        SELECT member_id, order_id, delivery_fen + packaging_fen - (stands ->> 'delivery_fen')::bigint
                                    - (stands ->> 'packaging_fen')::bigint AS gone_fen
        FROM checkout.placed WHERE stands IS NOT NULL
    ) AS standing WHERE gone_fen IS DISTINCT FROM 0
) AS p ON p.member_id = f.member_id AND p.order_id = f.order_id
WHERE p.gone_fen IS DISTINCT FROM f.fees_fen
UNION ALL
SELECT l.member_id, l.order_id, l.line_no::text, l.refunded_fen::text, l.paid_fen::text
FROM checkout.order_line AS l JOIN checkout.orders AS o USING (member_id, order_id)
WHERE l.refunded_fen > l.paid_fen AND o.kind = 'till';
