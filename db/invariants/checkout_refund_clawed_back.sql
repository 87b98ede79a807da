-- A refund takes back exactly what it says, by one posting in each book; one that takes back nothing has none. No
-- posting takes back for a refund that is not there. (CHK-06, PTS-12)
SELECT coalesce(r.member_id, p.member_id) AS member_id,
       coalesce(r.order_id, p.order_ref) AS order_id,
       coalesce(r.key, p.key) AS key,
       coalesce(r.book, p.book) AS book,
       r.taken_back, p.points AS posted
FROM (
    SELECT member_id, order_id, 'refund:' || refund_id AS key, book,
           CASE book WHEN 1 THEN points ELSE growth END AS taken_back
    FROM checkout.refund CROSS JOIN (VALUES (1::smallint), (2::smallint)) AS books (book)
    WHERE CASE book WHEN 1 THEN points ELSE growth END <> 0
) AS r
FULL JOIN (
    SELECT member_id, order_ref, key, book, points
    FROM points.posting
    WHERE kind = 'claw_back' AND cause = 'refund'
) AS p ON p.member_id = r.member_id AND p.book = r.book AND p.key = r.key AND p.order_ref = r.order_id
WHERE -r.taken_back IS DISTINCT FROM p.points;
