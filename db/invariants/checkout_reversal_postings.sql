-- The effects that name a posting are that posting, whole: a claw-back is what was taken from lots, pending or not, what
-- had expired, what is owed and what was not found; a return is what came back. It is of the refund's order. No posting
-- that a refund made is missing from its record. (PTS-24, PTS-12)
SELECT coalesce(p.member_id, e.member_id) AS member_id, coalesce(p.refund_id, e.refund_id) AS refund_id,
       coalesce(p.book, e.book) AS book, coalesce(p.seq, e.seq) AS seq,
       p.posted::text AS posted, e.recorded::text AS recorded
FROM (
    SELECT member_id, split_part(key, ':', 2) AS refund_id, book, seq, order_ref,
           CASE WHEN kind = 'return' THEN (points, 0::bigint, 0::bigint, 0::bigint, 0::bigint)
                WHEN book = 2 THEN (-points, 0::bigint, 0::bigint, 0::bigint, 0::bigint)
                ELSE (-points - debt_delta + pending_delta, -pending_delta, lapsed, debt_delta,
                      -requested + points - lapsed) END AS posted
    FROM points.posting
    WHERE kind IN ('claw_back', 'return') AND cause = 'refund' AND key LIKE 'refund:%'
) AS p
FULL JOIN (
    SELECT e.member_id, e.refund_id::text AS refund_id, e.book, e.seq, f.order_id,
           (coalesce(sum(amount) FILTER (WHERE kind IN ('points_taken', 'points_returned', 'growth_taken')), 0)::bigint,
            coalesce(sum(amount) FILTER (WHERE kind = 'pending_taken'), 0)::bigint,
            coalesce(sum(amount) FILTER (WHERE kind = 'points_expired'), 0)::bigint,
            coalesce(sum(amount) FILTER (WHERE kind = 'points_owed'), 0)::bigint,
            coalesce(sum(amount) FILTER (WHERE kind IN ('points_in_cash', 'points_let_go')), 0)::bigint) AS recorded
    FROM checkout.reversal_effect AS e LEFT JOIN checkout.refund AS f USING (member_id, refund_id)
    WHERE e.seq IS NOT NULL AND e.owner_id IS NULL
    GROUP BY e.member_id, e.refund_id, e.book, e.seq, f.order_id
) AS e ON e.member_id = p.member_id AND e.refund_id = p.refund_id AND e.book = p.book AND e.seq = p.seq
WHERE (p.posted, p.order_ref) IS DISTINCT FROM (e.recorded, e.order_id);
