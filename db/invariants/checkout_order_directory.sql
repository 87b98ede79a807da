-- The directory finds every order by its id and by its source's number, those that are on their way or were cancelled too,
-- and names none that is not there. (INV-4)
SELECT coalesce(d.member_id, o.member_id) AS member_id, coalesce(d.object_id, o.order_id) AS order_id,
       coalesce(d.kind, o.kind) AS kind, d.key AS key_in_directory, o.key AS key_of_order
FROM (SELECT * FROM platform.directory WHERE kind IN ('order', 'order_external')) AS d
FULL JOIN (
    SELECT member_id, order_id, kind, CASE kind WHEN 'order' THEN order_id::text ELSE source || ':' || external_id END AS key
    FROM (
        SELECT member_id, order_id, source, external_id FROM checkout.orders
        UNION ALL
        SELECT member_id, order_id, source, external_id FROM checkout.placed WHERE state <> 'completed'
    ) AS every_order
    CROSS JOIN (VALUES ('order'), ('order_external')) AS kinds (kind)
) AS o ON o.kind = d.kind AND o.key = d.key AND o.member_id = d.member_id AND o.order_id = d.object_id
WHERE d.key IS NULL OR o.key IS NULL;
