-- An order that earned has exactly one posting for it in each book, of its points and of its growth, which was cut by as
-- much as the order says; one that would have earned nothing has none. No posting earns for an order that is not there.
-- (CHK-04, PTS-01, PTS-04)
SELECT coalesce(o.member_id, p.member_id) AS member_id,
       coalesce(o.order_id, p.order_ref) AS order_id,
       coalesce(o.book, p.book) AS book,
       o.earned, p.posted, o.cut, p.cut AS posted_cut, p.postings
FROM (
    SELECT member_id, order_id, book, CASE book WHEN 1 THEN points ELSE growth END AS earned,
           CASE book WHEN 1 THEN points_cut ELSE 0 END AS cut
    FROM checkout.orders CROSS JOIN (VALUES (1::smallint), (2::smallint)) AS books (book)
    WHERE CASE book WHEN 1 THEN points + points_cut ELSE growth END <> 0
) AS o
FULL JOIN (
    SELECT member_id, order_ref, book, sum(points) AS posted, sum(requested - points) AS cut, count(*) AS postings
    FROM points.posting
    WHERE kind = 'earn' AND cause = 'consumption' AND key LIKE 'order:%'
    GROUP BY member_id, order_ref, book
) AS p ON p.member_id = o.member_id AND p.order_ref = o.order_id AND p.book = o.book
WHERE (o.earned, o.cut, 1) IS DISTINCT FROM (p.posted, p.cut, p.postings);
