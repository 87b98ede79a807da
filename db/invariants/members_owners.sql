-- Accounts, standings and orders belong to members that are there; accounts to family pools, too. (INV-4)
SELECT owner.member_id, owner.has
FROM (
    SELECT member_id, 'an account' AS has FROM points.account
    UNION
    SELECT member_id, 'a standing' FROM tiers.standing
    UNION
    SELECT member_id, 'an order' FROM checkout.orders
) AS owner
WHERE NOT EXISTS (SELECT FROM members.members_facts AS m WHERE m.member_id = owner.member_id)
  AND NOT EXISTS (SELECT FROM members.members_aliases_facts AS a WHERE a.member_id = owner.member_id)
  AND NOT EXISTS (SELECT FROM points.pool AS p WHERE p.member_id = owner.member_id AND owner.has = 'an account');
