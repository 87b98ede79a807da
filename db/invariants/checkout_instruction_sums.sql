-- What an order asks to be given back never passes what was paid for it: charged by instruction, or said to be paid without
-- one; of a till's order, where nothing was charged, what its refunds pay back. A charge that was paid when nobody needed it
-- any more is given back, to the fen. (CHK-06, CHK-09)
SELECT s.member_id, s.order_id, 'sums' AS what, s.back_fen, s.charged_fen + coalesce(p.said_fen, 0) AS at_most_fen
FROM (
    SELECT member_id, order_id, coalesce(sum(fen) FILTER (WHERE kind = 'give_back'), 0)::bigint AS back_fen,
           coalesce(sum(fen) FILTER (WHERE kind = 'charge' AND state = 'confirmed'), 0)::bigint AS charged_fen
    FROM checkout.instruction GROUP BY member_id, order_id
) AS s
LEFT JOIN checkout.placed AS p USING (member_id, order_id)
LEFT JOIN checkout.orders AS o USING (member_id, order_id)
WHERE s.back_fen > CASE WHEN p.order_id IS NULL AND s.charged_fen = 0 THEN coalesce(o.cash_refunded_fen, 0)
                        ELSE s.charged_fen + coalesce(p.said_fen, 0) END
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
