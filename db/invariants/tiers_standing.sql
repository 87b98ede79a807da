-- A member stands where the last change led, the changes are numbered from 1 without a gap, and each begins where the
-- one before it ended. (TIER-01, TIER-03)
SELECT coalesce(s.member_id, c.member_id) AS member_id,
       s.tier, c.to_tier, s.changes, c.seq AS last_change, c.changes AS counted, c.broken_links
FROM tiers.standing AS s
FULL JOIN (
    SELECT DISTINCT ON (member_id) member_id, seq, to_tier, occurred_at, rule_version,
           count(*) OVER every_change AS changes,
           count(*) FILTER (WHERE from_tier IS DISTINCT FROM before) OVER every_change AS broken_links
    FROM (
        SELECT *, lag(to_tier) OVER (PARTITION BY member_id ORDER BY seq) AS before FROM tiers.change
    ) AS linked
    WINDOW every_change AS (PARTITION BY member_id)
    ORDER BY member_id, seq DESC
) AS c ON c.member_id = s.member_id
WHERE (s.tier, s.since, s.rule_version, s.changes, s.changes, 0)
      IS DISTINCT FROM (c.to_tier, c.occurred_at, c.rule_version, c.seq, c.changes, c.broken_links);
