-- A lot holds what its postings put in less what they took out, and began with what its first posting put in. No
-- posting speaks of a lot that is not there. Maturing moves nothing in or out. (INV-2, PTS-12)
SELECT coalesce(l.member_id, p.member_id) AS member_id,
       coalesce(l.book, p.book) AS book,
       coalesce(l.lot_no, p.lot_no) AS lot_no,
       l.remaining, p.moved, l.original, p.opened, l.origin_posting, p.first_posting
FROM points.lot AS l
FULL JOIN (
    SELECT member_id, book, alloc[place] AS lot_no,
           sum(alloc[place + 1]) FILTER (WHERE kind <> 'mature') AS moved,
           (array_agg(alloc[place + 1] ORDER BY seq))[1] AS opened,
           min(seq) AS first_posting
    FROM points.posting, generate_series(1, cardinality(alloc), 2) AS place
    GROUP BY member_id, book, lot_no
) AS p ON p.member_id = l.member_id AND p.book = l.book AND p.lot_no = l.lot_no
WHERE (l.remaining, l.original, l.origin_posting) IS DISTINCT FROM (p.moved, p.opened, p.first_posting);
