-- The lots of an account add up to its balance, what is held of them to held, and those that are not yet mature to
-- pending. A book without lots has none. (INV-2, PTS-10)
SELECT coalesce(a.member_id, l.member_id) AS member_id,
       coalesce(a.book, l.book) AS book,
       a.balance, l.remaining, a.held, l.held AS held_in_lots, a.pending, l.pending AS pending_in_lots
FROM (SELECT * FROM points.account JOIN points.book USING (book) WHERE has_lots) AS a
FULL JOIN (
    SELECT member_id, book, sum(remaining) AS remaining, sum(held) AS held,
           sum(remaining) FILTER (WHERE matures_at IS NOT NULL) AS pending
    FROM points.lot
    GROUP BY member_id, book
) AS l ON l.member_id = a.member_id AND l.book = a.book
WHERE (a.balance, a.held, a.pending)
      IS DISTINCT FROM (coalesce(l.remaining, 0), coalesce(l.held, 0), coalesce(l.pending, 0));
