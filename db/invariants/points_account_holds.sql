-- What an account has held is the sum of its open holds. (INV-2, PTS-07)
SELECT coalesce(a.member_id, h.member_id) AS member_id, coalesce(a.book, h.book) AS book, a.held, h.points AS in_holds
FROM points.account AS a
FULL JOIN (
    SELECT member_id, book, sum(points) AS points FROM points.hold GROUP BY member_id, book
) AS h ON h.member_id = a.member_id AND h.book = a.book
WHERE a.held IS DISTINCT FROM coalesce(h.points, 0);
