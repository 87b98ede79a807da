-- What was bought for points was paid by one posting of as many; what was undone was given back, and nothing else. What
-- staff set was paid by none.
-- (PTS-08)
SELECT u.member_id, u.upgrade_id, u.points, p.paid, p.back
FROM (SELECT * FROM tiers.upgrade WHERE ground = 'bought') AS u
FULL JOIN (
    SELECT member_id, split_part(key, ':', 2)::uuid AS upgrade_id,
           -coalesce(sum(points) FILTER (WHERE kind = 'spend'), 0) AS paid,
           coalesce(sum(points) FILTER (WHERE kind = 'return'), 0) AS back
    FROM points.posting WHERE key LIKE 'tier\_upgrade:%'
    GROUP BY member_id, split_part(key, ':', 2)::uuid
) AS p ON p.member_id = u.member_id AND p.upgrade_id = u.upgrade_id
WHERE (p.paid, p.back) IS DISTINCT FROM (u.points, CASE WHEN u.undone THEN u.points ELSE 0 END);
