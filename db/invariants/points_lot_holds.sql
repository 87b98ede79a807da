-- What is held of a lot is what the open holds pin of it. (INV-2, PTS-07)
SELECT coalesce(l.member_id, h.member_id) AS member_id,
       coalesce(l.book, h.book) AS book,
       coalesce(l.lot_no, h.lot_no) AS lot_no,
       l.held, h.pinned
FROM (SELECT * FROM points.lot WHERE held > 0) AS l
FULL JOIN (
    SELECT member_id, book, alloc[place] AS lot_no, sum(alloc[place + 1]) AS pinned
    FROM points.hold, generate_series(1, cardinality(alloc), 2) AS place
    GROUP BY member_id, book, lot_no
) AS h ON h.member_id = l.member_id AND h.book = l.book AND h.lot_no = l.lot_no
WHERE l.held IS DISTINCT FROM h.pinned;
