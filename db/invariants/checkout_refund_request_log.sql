-- A refund request is what the last of its changes says, and has as many changes as it counts; no change is without its
-- request. (CHK-10)
SELECT coalesce(r.member_id, c.member_id) AS member_id, coalesce(r.request_id, c.request_id) AS request_id,
       r.state, r.goods, c.change, r.changes, c.changes AS logged_changes
FROM checkout.refund_request AS r
FULL JOIN (
    SELECT DISTINCT ON (member_id, request_id) member_id, request_id, change, change_no,
           count(*) OVER (PARTITION BY member_id, request_id) AS changes
    FROM checkout.refund_request_change ORDER BY member_id, request_id, change_no DESC
) AS c ON c.member_id = r.member_id AND c.request_id = r.request_id
WHERE (r.changes::bigint, c.change_no::bigint) IS DISTINCT FROM (c.changes, c.changes)
   OR c.change IS DISTINCT FROM CASE r.goods WHEN 'ok' THEN 'goods_ok' WHEN 'not_ok' THEN 'goods_not_ok' ELSE r.state END;
