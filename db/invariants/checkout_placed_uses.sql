-- What a member has used of the caps of rules is what their orders used: not those that were cancelled, nor those that
-- came back whole. (PRC-05, CHK-05, PTS-24)
SELECT coalesce(u.member_id, p.member_id) AS member_id, coalesce(u.rule, p.rule) AS rule,
       coalesce(u.in_a, p.in_a) AS in_a, coalesce(u.starts_on, p.starts_on) AS starts_on,
       (u.fen, u.uses, u.pieces)::text AS counted, (p.fen, p.uses, p.pieces)::text AS of_orders
FROM (SELECT * FROM pricing.member_use WHERE (fen, uses, pieces) <> (0, 0, 0)) AS u
FULL JOIN (
    SELECT p.member_id, t.one->>0 AS rule, t.one->>1 AS in_a, (t.one->>2)::date AS starts_on,
           sum((t.one->>3)::bigint)::bigint AS fen, sum((t.one->>4)::bigint)::bigint AS uses,
           sum((t.one->>5)::bigint)::bigint AS pieces
    FROM checkout.placed AS p
    LEFT JOIN checkout.orders AS o USING (member_id, order_id)
    CROSS JOIN jsonb_array_elements(p.uses) AS t (one)
    WHERE p.state <> 'cancelled' AND o.state IS DISTINCT FROM 'refunded'
    GROUP BY 1, 2, 3, 4
) AS p USING (member_id, rule, in_a, starts_on)
WHERE (u.fen, u.uses, u.pieces) IS DISTINCT FROM (p.fen, p.uses, p.pieces);
