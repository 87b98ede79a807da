-- Within an account no posting was recorded before the one that it follows. (PTS-15, PTS-20)
SELECT member_id, book, seq, recorded_at, previous
FROM (
    SELECT member_id, book, seq, recorded_at,
           lag(recorded_at) OVER (PARTITION BY member_id, book ORDER BY seq) AS previous
    FROM points.posting
) AS p
WHERE recorded_at < previous;
