-- A ticket has what its log says it was given and gave back, it was reserved once with what it wanted, and it stands as the
-- last of its changes says. (BEN-05, MALL-03)
SELECT coalesce(t.member_id, l.holder_id) AS member_id, coalesce(t.resource_id, l.resource_id) AS resource_id,
       coalesce(t.holder_id, l.holder_id) AS holder_id, t.state, t.wanted, t.amount, l.amount AS logged
FROM stock.ticket AS t
FULL JOIN (
    SELECT resource_id, holder_id, sum(amount) AS amount, sum(amount) FILTER (WHERE what = 'reserved') AS reserved,
           bool_or(what = 'confirmed') AS confirmed, max(amount) FILTER (WHERE what <> 'reserved') AS most
    FROM stock.ticket_change GROUP BY resource_id, holder_id
) AS l ON l.resource_id = t.resource_id AND l.holder_id = t.holder_id
WHERE (t.amount, t.wanted) IS DISTINCT FROM (l.amount, l.reserved)
   OR t.state <> 'freed' AND l.confirmed <> (t.state = 'confirmed')
   OR l.most > 0;
