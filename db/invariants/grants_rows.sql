-- A grant's counts are those of its rows; one that has ended has no row left to settle, and one that was undone has looked
-- at all it gave. (CON-07)
SELECT b.grant_id AS member_id, b.state, b.listed, r.*
FROM grants.bulk AS b
LEFT JOIN (
    SELECT grant_id, count(*) AS rows, count(*) FILTER (WHERE state = 'granted') AS granted,
           count(*) FILTER (WHERE state = 'skipped') AS skipped, count(*) FILTER (WHERE state = 'failed') AS failed,
           sum(given) AS given, count(taken) AS looked_at, coalesce(sum(taken), 0) AS taken
    FROM grants.recipient GROUP BY grant_id
) AS r ON r.grant_id = b.grant_id
WHERE (b.listed, b.granted, b.skipped, b.failed, b.given, b.looked_at, b.taken)
      IS DISTINCT FROM (coalesce(r.rows, 0), coalesce(r.granted, 0), coalesce(r.skipped, 0), coalesce(r.failed, 0),
                        coalesce(r.given, 0), coalesce(r.looked_at, 0), coalesce(r.taken, 0));
