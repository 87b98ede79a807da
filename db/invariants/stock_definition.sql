-- A resource is as large as the latest of its definitions says. (BEN-05, PRC-05)
SELECT coalesce(r.resource_id, d.resource_id) AS member_id, r.kind, r.key, r.version, r.capacity, d.version AS defined,
       d.capacity AS said
FROM stock.resource AS r
FULL JOIN (
    SELECT DISTINCT ON (resource_id) resource_id, version, capacity
    FROM stock.definition ORDER BY resource_id, version DESC
) AS d ON d.resource_id = r.resource_id
WHERE (r.version, r.capacity) IS DISTINCT FROM (d.version, d.capacity);
