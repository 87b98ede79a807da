-- What was placed and completed is an order under the same id, of what is charged for it; no other order says that it was
-- placed. (CHK-02, CHK-04)
SELECT coalesce(p.member_id, o.member_id) AS member_id, coalesce(p.order_id, o.order_id) AS order_id,
       p.charged_fen, o.payable_fen
FROM (
    SELECT member_id, order_id,
           coalesce(
               (SELECT sum((l.one->>'payable_fen')::bigint) FROM jsonb_array_elements(fulfilled->'lines') AS l (one)),
               goods_fen
           )::bigint AS charged_fen
    FROM checkout.placed WHERE state = 'completed'
) AS p
FULL JOIN (SELECT member_id, order_id, payable_fen FROM checkout.orders WHERE kind = 'placed') AS o
    USING (member_id, order_id)
WHERE p.charged_fen IS DISTINCT FROM o.payable_fen;
