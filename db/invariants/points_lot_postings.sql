-- A lot is what the posting that opened it said, and holds what postings left of it; what expired of it is what they
-- say expired. It waits for its maturity until one says that it matured. No posting speaks of a lot that is not there.
-- (INV-2, PTS-11, PTS-12)
SELECT coalesce(l.member_id, p.member_id) AS member_id,
       coalesce(l.book, p.book) AS book,
       coalesce(l.lot_no, p.lot_no) AS lot_no,
       l.original, l.remaining, l.held, l.lapsed, l.expires_on, l.matures_at,
       p.opened, p.moved, p.held AS held_by_postings, p.lapsed AS expired_by_postings
FROM points.lot AS l
FULL JOIN (
    SELECT member_id, book, lot_no,
           sum(opened) AS opened, sum(moved) AS moved, sum(held) AS held, sum(lapsed) AS lapsed,
           max(day) AS day, max(maturity) AS maturity, bool_or(matured) AS matured,
           max(origin_lot) AS origin_lot, max(opened_by) AS opened_by
    FROM (
        SELECT member_id, book, opened[place] AS lot_no, opened[place + 1] AS opened, opened[place + 1] AS moved,
               0 AS held, 0 AS lapsed, opened[place + 2] AS day, opened[place + 3] AS maturity, false AS matured,
               opened[place + 4] AS origin_lot, seq AS opened_by
        FROM points.posting, generate_series(1, cardinality(opened), 5) AS place
        UNION ALL
        SELECT member_id, book, alloc[place], NULL, alloc[place + 1], alloc[place + 2],
               CASE WHEN kind = 'expire' THEN -alloc[place + 1] ELSE 0 END, NULL, NULL, kind = 'mature', NULL, NULL
        FROM points.posting, generate_series(1, cardinality(alloc), 3) AS place
    ) AS movement
    GROUP BY member_id, book, lot_no
) AS p ON p.member_id = l.member_id AND p.book = l.book AND p.lot_no = l.lot_no
WHERE (l.original, l.remaining, l.held, l.lapsed, l.expires_on - date '1970-01-01', coalesce(l.origin_lot, 0),
       l.origin_posting)
      IS DISTINCT FROM (p.opened, p.moved, p.held, p.lapsed, p.day, p.origin_lot, p.opened_by)
   OR l.matures_at IS DISTINCT FROM CASE
          WHEN p.maturity >= 0 AND NOT p.matured AND l.remaining > 0
          THEN timestamptz 'epoch' + p.maturity * interval '1 microsecond'
      END;
