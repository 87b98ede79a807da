-- What a grant of points says it gave and took back is in the journal, once for each member, and nothing else is. (CON-07)
SELECT coalesce(r.member_id, p.member_id) AS member_id, coalesce(r.grant_id, p.grant_id) AS grant_id,
       r.given, p.given AS posted, r.taken, p.taken AS clawed_back
FROM (
    SELECT r.member_id, r.grant_id, r.given, coalesce(r.taken, 0) AS taken
    FROM grants.recipient AS r JOIN grants.bulk AS b ON b.grant_id = r.grant_id
    WHERE r.state = 'granted' AND b.gift ->> 'kind' = 'points'
) AS r
FULL JOIN (
    SELECT member_id, split_part(key, ':', 2)::uuid AS grant_id,
           coalesce(sum(points) FILTER (WHERE kind = 'earn'), 0) AS given,
           coalesce(-sum(points) FILTER (WHERE kind = 'claw_back'), 0) AS taken
    FROM points.posting WHERE key LIKE 'grant:%' GROUP BY member_id, split_part(key, ':', 2)::uuid
) AS p ON p.member_id = r.member_id AND p.grant_id = r.grant_id
WHERE (r.given, r.taken) IS DISTINCT FROM (p.given, p.taken);
