-- What is left of an owner's outbox is the end of it: consecutive numbers up to the owner's head. Nothing is recorded
-- about rows that are gone, and nobody waits for one. (INT-02)
SELECT coalesce(o.member_id, h.member_id) AS member_id, h.seq AS head, o.first_seq, o.last_seq, o.rows,
       NULL::text AS recorded_for
FROM platform.outbox_head AS h
FULL JOIN (
    SELECT member_id, min(seq) AS first_seq, max(seq) AS last_seq, count(*) AS rows
    FROM platform.outbox
    GROUP BY member_id
) AS o ON o.member_id = h.member_id
WHERE o.rows > 0 AND (h.seq, o.last_seq - o.first_seq + 1) IS DISTINCT FROM (o.last_seq, o.rows)
UNION ALL
SELECT r.member_id, NULL, r.seq, r.seq, NULL, r.subscriber
FROM (
    SELECT member_id, seq, subscriber FROM platform.outbox_delivery
    UNION ALL
    SELECT member_id, seq, subscriber FROM platform.outbox_parked
) AS r
WHERE NOT EXISTS (SELECT FROM platform.outbox AS o WHERE o.member_id = r.member_id AND o.seq = r.seq);
