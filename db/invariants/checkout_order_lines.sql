-- An order is the sum of its lines: payable, what was paid in cash, points, growth, and what of them came back. No
-- line is without its order. (INV-1, CHK-07)
SELECT coalesce(o.member_id, l.member_id) AS member_id,
       coalesce(o.order_id, l.order_id) AS order_id,
       o.payable_fen, l.payable_fen AS payable_fen_of_lines,
       o.cash_fen, l.paid_fen AS paid_fen_of_lines,
       o.points, l.points AS points_of_lines,
       o.growth, l.growth AS growth_of_lines,
       o.refunded_fen, l.refunded_fen AS refunded_fen_of_lines,
       o.refunded_points, l.refunded_points AS refunded_points_of_lines,
       o.refunded_growth, l.refunded_growth AS refunded_growth_of_lines
FROM checkout.orders AS o
FULL JOIN (
    SELECT member_id, order_id, sum(payable_fen) AS payable_fen, sum(paid_fen) AS paid_fen, sum(points) AS points,
           sum(growth) AS growth, sum(refunded_fen) AS refunded_fen, sum(refunded_points) AS refunded_points,
           sum(refunded_growth) AS refunded_growth
    FROM checkout.order_line
    GROUP BY member_id, order_id
) AS l ON l.member_id = o.member_id AND l.order_id = o.order_id
WHERE (o.payable_fen, o.cash_fen, o.points, o.growth, o.refunded_fen, o.refunded_points, o.refunded_growth)
      IS DISTINCT FROM
      (l.payable_fen, l.paid_fen, l.points, l.growth, l.refunded_fen, l.refunded_points, l.refunded_growth);
