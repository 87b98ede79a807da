-- What a posting says of points, debt and holds is what it did to lots, and it never takes more than was asked. A book
-- without lots has no part in the first. (INV-2, PTS-14)
SELECT p.member_id, p.book, p.seq, p.points, p.debt_delta, p.held_delta, moved.remaining, moved.held, moved.opened
FROM points.posting AS p
JOIN points.book AS b ON b.book = p.book
CROSS JOIN LATERAL (
    SELECT coalesce((SELECT sum(alloc[place + 1]) FROM generate_series(1, cardinality(alloc), 3) AS place), 0),
           coalesce((SELECT sum(alloc[place + 2]) FROM generate_series(1, cardinality(alloc), 3) AS place), 0),
           coalesce((SELECT sum(opened[place + 1]) FROM generate_series(1, cardinality(opened), 5) AS place), 0)
) AS moved (remaining, held, opened)
WHERE (b.has_lots AND (p.points + p.debt_delta, p.held_delta) IS DISTINCT FROM (moved.remaining + moved.opened, moved.held))
   OR abs(p.points) + p.lapsed > abs(p.requested)
   OR p.points * p.requested < 0;
