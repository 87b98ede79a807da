-- A refund takes back exactly what it says, by one posting in each book: what its lines give back, less what was taken
-- back before; what was not found is short. One that takes back nothing has no posting. No posting takes back for a
-- refund that is not there. (CHK-06, PTS-12)
SELECT coalesce(r.member_id, p.member_id) AS member_id,
       coalesce(r.order_id, p.order_ref) AS order_id,
       coalesce(r.key, p.key) AS key,
       coalesce(r.book, p.book) AS book,
       r.taken_back, p.requested AS posted, r.short, p.short AS posted_short
FROM (
    SELECT member_id, order_id, 'refund:' || refund_id AS key, book,
           CASE book WHEN 1 THEN points - points_before ELSE growth END AS taken_back,
           CASE book WHEN 1 THEN points_short ELSE 0 END AS short
    FROM checkout.refund CROSS JOIN (VALUES (1::smallint), (2::smallint)) AS books (book)
    WHERE CASE book WHEN 1 THEN points - points_before ELSE growth END <> 0
) AS r
FULL JOIN (
    SELECT member_id, order_ref, key, book, requested, points - requested - lapsed AS short
    FROM points.posting
    WHERE kind = 'claw_back' AND cause = 'refund' AND key LIKE 'refund:%'
) AS p ON p.member_id = r.member_id AND p.book = r.book AND p.key = r.key AND p.order_ref = r.order_id
WHERE (-r.taken_back, r.short) IS DISTINCT FROM (p.requested, p.short);
