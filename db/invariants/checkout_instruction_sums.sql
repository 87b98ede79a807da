-- What an order asks to be given back never passes what was charged for it by instruction; where nothing was, what was due
-- for it when it was placed, or what its refunds pay back. A charge that was paid when nobody needed it any more is given
-- back, to the fen. (CHK-06, CHK-09)
SELECT s.member_id, s.order_id, 'sums' AS what, s.back_fen,
       coalesce(s.charged_fen, p.due_fen, o.cash_refunded_fen) AS at_most_fen
FROM (
    SELECT member_id, order_id, coalesce(sum(fen) FILTER (WHERE kind = 'give_back'), 0)::bigint AS back_fen,
           sum(fen) FILTER (WHERE kind = 'charge' AND state = 'confirmed')::bigint AS charged_fen
    FROM checkout.instruction GROUP BY member_id, order_id
) AS s
LEFT JOIN checkout.placed AS p USING (member_id, order_id)
LEFT JOIN checkout.orders AS o USING (member_id, order_id)
WHERE s.back_fen > coalesce(s.charged_fen, p.due_fen, o.cash_refunded_fen, 0)
UNION ALL
SELECT i.member_id, i.order_id, i.key, i.fen, b.fen
FROM checkout.instruction AS i
LEFT JOIN checkout.instruction AS b
  ON b.member_id = i.member_id AND b.instruction_id = i.undone_by AND b.order_id = i.order_id AND b.kind = 'give_back'
WHERE i.state = 'confirmed' AND i.kind = 'charge'
  AND (i.undone_by IS NOT NULL OR EXISTS (
      SELECT FROM checkout.instruction_change AS c WHERE c.instruction_id = i.instruction_id AND c.what = 'voided'
  ))
  AND i.fen IS DISTINCT FROM b.fen;
