-- What gives back, takes back, clears or finishes an earlier posting is about one that is there and of the right kind,
-- and in all about no more than it moved. (PTS-12, PTS-07)
SELECT r.member_id, r.book, r.origin_key, r.kind, r.requested, origin.kind AS origin_kind, origin.points
FROM (
    SELECT member_id, book, origin_key, CASE WHEN kind = 'release' THEN 'capture' ELSE kind END AS kind,
           sum(abs(requested)) AS requested, min(seq) AS first_seq
    FROM points.posting
    WHERE origin_key IS NOT NULL
    GROUP BY member_id, book, origin_key, 4
) AS r
LEFT JOIN LATERAL (
    SELECT p.kind, p.points, p.held_delta, p.seq FROM points.posting AS p
    WHERE p.member_id = r.member_id AND p.book = r.book AND p.key = r.origin_key
    OFFSET 0  -- each by its key: merged by account, a long account would be read again for each of its reversals
) AS origin ON origin.seq < r.first_seq
WHERE CASE r.kind
          WHEN 'claw_back' THEN origin.kind IN ('earn', 'adjust', 'transfer_in', 'merged_in')
                                AND r.requested <= origin.points
          WHEN 'return' THEN origin.kind IN ('spend', 'capture', 'adjust', 'transfer_out', 'merged_out')
                             AND r.requested <= -origin.points
          WHEN 'mature' THEN origin.kind IN ('earn', 'adjust')
          WHEN 'capture' THEN origin.kind = 'hold' AND r.requested <= origin.held_delta
          ELSE false
      END IS NOT TRUE;
