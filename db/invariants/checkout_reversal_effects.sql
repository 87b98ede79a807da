-- The record of a refund lists every effect once, and its effects add up to what the refund says it took back and gave
-- back: of what the lines earned, of the reward, of growth, and of what was spent. An effect that is done is as it was
-- announced; a gift that was to be taken from another owner may have been used by then (`gift_let_go`). No effect is without its refund. (PTS-24, CHK-06)
SELECT coalesce(f.member_id, e.member_id) AS member_id, coalesce(f.refund_id, e.refund_id) AS refund_id,
       f.said::text AS said, e.recorded::text AS recorded
FROM (
    SELECT member_id, refund_id,
           (points - points_before - points_short, points_before, points_short, reward - reward_short, reward_short,
            growth - growth_before, growth_before, points_returned, gifts_fen, gifts_held_fen) AS said
    FROM checkout.refund
) AS f
FULL JOIN (
    SELECT member_id, refund_id,
           (coalesce(sum(amount) FILTER (WHERE of_lines AND found), 0)::bigint,
            coalesce(sum(amount) FILTER (WHERE kind = 'points_before'), 0)::bigint,
            coalesce(sum(amount) FILTER (WHERE of_lines AND missing), 0)::bigint,
            coalesce(sum(amount) FILTER (WHERE NOT of_lines AND found), 0)::bigint,
            coalesce(sum(amount) FILTER (WHERE NOT of_lines AND missing), 0)::bigint,
            coalesce(sum(amount) FILTER (WHERE kind = 'growth_taken'), 0)::bigint,
            coalesce(sum(amount) FILTER (WHERE kind = 'growth_before'), 0)::bigint,
            coalesce(sum(amount) FILTER (WHERE kind = 'points_returned'), 0)::bigint,
            coalesce(sum(amount) FILTER (WHERE kind = 'gift_in_cash'), 0)::bigint,
            coalesce(sum(CASE kind WHEN 'gift_held' THEN amount WHEN 'gift_held_ended' THEN -amount END), 0)::bigint)
               AS recorded
    FROM (
        SELECT member_id, refund_id, effect_no, kind, amount, cause = 'consumption' AS of_lines,
               kind IN ('points_taken', 'pending_taken', 'points_expired', 'points_owed') AS found,
               kind IN ('points_in_cash', 'points_let_go') AS missing
        FROM checkout.reversal_effect
        WHERE state = 'done' AND owner_id IS NULL
    ) AS own
    GROUP BY member_id, refund_id
) AS e USING (member_id, refund_id)
WHERE f.said IS DISTINCT FROM coalesce(
    e.recorded,
    (0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint)
)
UNION ALL
SELECT d.member_id, d.refund_id, (p.kind, p.cause, p.amount, p.owner_id)::text,
       (d.kind, d.cause, d.amount, d.owner_id)::text
FROM checkout.reversal_effect AS d
JOIN checkout.reversal_effect AS p USING (member_id, refund_id, effect_no)
WHERE d.state = 'done' AND p.state = 'pending'
  AND (p.cause, p.amount, p.owner_id, p.kind) IS DISTINCT FROM
      (d.cause, d.amount, d.owner_id,
       CASE WHEN (p.kind, d.kind) = ('gift_taken', 'gift_let_go') AND p.owner_id IS NOT NULL THEN p.kind ELSE d.kind END)
UNION ALL
SELECT e.member_id, e.refund_id, 'no refund', e.kind
FROM checkout.reversal_effect AS e LEFT JOIN checkout.refund AS f USING (member_id, refund_id)
WHERE (e.owner_id IS NOT NULL OR e.state = 'pending') AND f.refund_id IS NULL;
