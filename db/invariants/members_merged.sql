-- Who goes by another's id was merged into somebody who goes by their own, and has no coupon, plan or benefit left. (MEM-02)
SELECT a.member_id, a.into_id
FROM members.members_aliases_facts AS a
WHERE EXISTS (SELECT FROM members.members_aliases_facts AS i WHERE i.member_id = a.into_id)
   OR NOT EXISTS (
          SELECT FROM members.merge AS m
          WHERE m.member_id = a.member_id AND m.state IN ('moving', 'done', 'undoing')
      )
UNION ALL
SELECT m.member_id, m.into_id
FROM members.merge AS m
WHERE m.state = 'done' AND (
          NOT EXISTS (SELECT FROM members.members_aliases_facts AS a WHERE a.member_id = m.member_id)
          OR EXISTS (SELECT FROM coupons.coupon AS c WHERE c.member_id = m.member_id)
          OR EXISTS (SELECT FROM plans.subscription AS s WHERE s.member_id = m.member_id)
          OR EXISTS (SELECT FROM benefits.entitlement AS e WHERE e.member_id = m.member_id)
          OR EXISTS (SELECT FROM benefits.entitlement_use AS u WHERE u.member_id = m.member_id)
      );
