-- A request that was refunded has exactly the refund that was made under its key, of the same lines; every other has none,
-- and no refund is made under the key of a request that is not there. (CHK-10, CHK-06)
SELECT coalesce(r.member_id, f.member_id) AS member_id, coalesce(r.order_id, f.order_id) AS order_id,
       coalesce(r.key, f.external_id) AS key, r.state, r.refund_id, f.refund_id AS refund_made, r.lines, f.lines AS came_back
FROM (
    SELECT q.member_id, q.order_id, 'request ' || q.request_id AS key, q.state, q.refund_id,
           (SELECT string_agg(l.line_no || ':' || l.quantity, ' ' ORDER BY l.line_no)
            FROM checkout.refund_request_line AS l
            WHERE l.member_id = q.member_id AND l.request_id = q.request_id) AS lines
    FROM checkout.refund_request AS q
) AS r
FULL JOIN (
    SELECT f.member_id, f.order_id, f.external_id, f.refund_id,
           (SELECT string_agg(l.line_no || ':' || l.quantity, ' ' ORDER BY l.line_no)
            FROM checkout.refund_line AS l
            WHERE l.member_id = f.member_id AND l.refund_id = f.refund_id) AS lines
    FROM checkout.refund AS f WHERE f.external_id LIKE 'request %'
) AS f ON f.member_id = r.member_id AND f.order_id = r.order_id AND f.external_id = r.key
WHERE (r.state = 'refunded') IS DISTINCT FROM (f.refund_id IS NOT NULL)
   OR r.refund_id IS DISTINCT FROM f.refund_id
   OR (f.refund_id IS NOT NULL AND r.lines IS DISTINCT FROM f.lines)
   OR r.lines IS NULL AND r.key IS NOT NULL;
