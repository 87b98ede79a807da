-- An account knows the number of its last lot, and no lot with anything remaining stands before its mark. (PTS-10)
SELECT a.member_id, a.book, a.last_lot, l.last_lot AS last_in_lots, a.open_from, a.open_lot, l.open_before
FROM points.account AS a
LEFT JOIN (
    SELECT l.member_id, l.book, max(l.lot_no) AS last_lot,
           count(*) FILTER (WHERE l.remaining > 0 AND (l.expires_on, l.lot_no) < (m.open_from, m.open_lot)) AS open_before
    FROM points.lot AS l
    JOIN points.account AS m ON m.member_id = l.member_id AND m.book = l.book
    GROUP BY l.member_id, l.book
) AS l ON l.member_id = a.member_id AND l.book = a.book
WHERE (a.last_lot, 0) IS DISTINCT FROM (coalesce(l.last_lot, 0), coalesce(l.open_before, 0));
