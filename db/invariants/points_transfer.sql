-- What senders' rows say is on its way, and what receivers' rows say has come, is what the journal has in transit, for
-- each transfer: out with the sender, in with the receiver or back with the sender, and never both. (PTS-09, PTS-16)
SELECT coalesce(t.member_id, p.member_id) AS member_id, coalesce(t.transfer_id, p.transfer_id) AS transfer_id,
       t.points AS said, p.points AS posted
FROM (
    SELECT member_id, transfer_id,
           sum(CASE WHEN direction = 'in' THEN points WHEN state = 'returned' THEN 0 ELSE -points END) AS points
    FROM points.transfer
    GROUP BY member_id, transfer_id
) AS t
FULL JOIN (
    SELECT member_id, split_part(key, ':', 2)::uuid AS transfer_id, sum(points) AS points
    FROM points.posting
    WHERE counter_account = 'in_transit' AND key LIKE 'transfer:%'
    GROUP BY member_id, split_part(key, ':', 2)::uuid
) AS p ON p.member_id = t.member_id AND p.transfer_id = t.transfer_id
WHERE t.points IS DISTINCT FROM p.points;
