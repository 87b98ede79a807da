-- A resource's capacity is what its sub-counters have left and what tickets have; only where nothing is left is less than
-- nothing left, and that in the first of as many sub-counters as it says. (BEN-05, CPN-04)
SELECT r.resource_id AS member_id, r.kind, r.key, r.capacity, c.remaining, t.taken, c.parts, r.shards
FROM stock.resource AS r
LEFT JOIN (
    SELECT resource_id, sum(remaining) AS remaining, count(*) AS parts, min(shard) AS first, max(shard) AS last,
           min(remaining) < 0 AND max(remaining) > 0 AS torn
    FROM stock.counter GROUP BY resource_id
) AS c ON c.resource_id = r.resource_id
LEFT JOIN (SELECT resource_id, sum(amount) AS taken FROM stock.ticket GROUP BY resource_id) AS t
    ON t.resource_id = r.resource_id
WHERE (r.capacity, r.shards, 0, r.shards - 1, false)
      IS DISTINCT FROM (c.remaining + coalesce(t.taken, 0), c.parts, c.first, c.last, c.torn)
UNION ALL
SELECT o.resource_id, 'no resource', o.has, NULL, NULL, NULL, NULL, NULL
FROM (SELECT resource_id, 'counter' AS has FROM stock.counter UNION SELECT resource_id, 'ticket' FROM stock.ticket) AS o
WHERE NOT EXISTS (SELECT FROM stock.resource AS r WHERE r.resource_id = o.resource_id);
