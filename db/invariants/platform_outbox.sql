-- What is left of an owner's outbox is the end of it: consecutive numbers up to the owner's head, in the order of time,
-- those that stand aside first. Only parked owners' rows stand aside. Nothing is recorded about rows that are gone, and
-- nobody waits for one. (INT-02)
SELECT * FROM (
    WITH rows_left AS (
        SELECT member_id, seq, recorded_at, false AS aside FROM platform.outbox
        UNION ALL
        SELECT member_id, seq, recorded_at, true FROM platform.outbox_aside
    )
    SELECT coalesce(o.member_id, h.member_id) AS member_id, h.seq AS head, o.first_seq, o.last_seq, o.rows,
           NULL::text AS recorded_for
    FROM platform.outbox_head AS h
    FULL JOIN (
        SELECT member_id, min(seq) AS first_seq, max(seq) AS last_seq, count(*) AS rows, max(recorded_at) AS recorded_at,
               max(seq) FILTER (WHERE aside) AS last_aside, min(seq) FILTER (WHERE NOT aside) AS first_there
        FROM rows_left
        GROUP BY member_id
    ) AS o ON o.member_id = h.member_id
    WHERE o.rows > 0 AND (
        (h.seq, o.last_seq - o.first_seq + 1) IS DISTINCT FROM (o.last_seq, o.rows)
        OR o.recorded_at > h.recorded_at OR o.last_aside > o.first_there
    )
    UNION ALL
    SELECT member_id, NULL, lag, seq, NULL, NULL
    FROM (
        SELECT member_id, seq, recorded_at, lag(seq) OVER earlier AS lag, lag(recorded_at) OVER earlier AS recorded_before
        FROM rows_left WINDOW earlier AS (PARTITION BY member_id ORDER BY seq)
    ) AS o
    WHERE recorded_at < recorded_before
    UNION ALL
    SELECT r.member_id, NULL, r.seq, r.seq, NULL, r.subscriber
    FROM (
        SELECT member_id, seq, subscriber FROM platform.outbox_delivery
        UNION ALL
        SELECT member_id, seq, subscriber FROM platform.outbox_parked
    ) AS r
    WHERE NOT EXISTS (SELECT FROM rows_left AS o WHERE o.member_id = r.member_id AND o.seq = r.seq)
    UNION ALL
    SELECT a.member_id, NULL, a.seq, a.seq, NULL, NULL
    FROM platform.outbox_aside AS a
    WHERE NOT EXISTS (SELECT FROM platform.outbox_parked AS p WHERE p.member_id = a.member_id)
) AS breach;
