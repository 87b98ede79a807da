-- The cash of an order is what is payable less its tenders, and never below zero. No tender is without its order.
-- (INV-1, CHK-07)
SELECT coalesce(o.member_id, t.member_id) AS member_id,
       coalesce(o.order_id, t.order_id) AS order_id,
       o.payable_fen, t.amount_fen AS tendered_fen, o.cash_fen
FROM checkout.orders AS o
FULL JOIN (
    SELECT member_id, order_id, sum(amount_fen) AS amount_fen FROM checkout.order_tender GROUP BY member_id, order_id
) AS t ON t.member_id = o.member_id AND t.order_id = o.order_id
WHERE o.cash_fen IS DISTINCT FROM greatest(0, o.payable_fen - coalesce(t.amount_fen, 0));
