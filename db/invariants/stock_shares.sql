-- What a member has of a resource that limits its members is what the member's tickets have; nobody has a share of any
-- other. (BEN-05, CPN-04)
SELECT coalesce(s.member_id, t.member_id) AS member_id, coalesce(s.resource_id, t.resource_id) AS resource_id, s.held,
       t.taken
FROM stock.share AS s
FULL JOIN (
    SELECT k.resource_id, k.member_id, sum(k.amount) AS taken
    FROM stock.ticket AS k JOIN stock.resource AS r ON r.resource_id = k.resource_id AND r.per_member IS NOT NULL
    GROUP BY k.resource_id, k.member_id
) AS t ON t.resource_id = s.resource_id AND t.member_id = s.member_id
WHERE s.held IS DISTINCT FROM t.taken;
