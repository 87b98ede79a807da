-- Nobody was issued more copies under a version of a template than that lets one member have; what came by a merge was
-- another's. (CPN-04)
SELECT c.member_id, c.template, c.template_version, count(*) AS copies, (d.body->>'per_member')::int AS per_member
FROM coupons.coupon AS c
JOIN rulebook.document AS d
  ON d.kind = 'coupon_template' AND d.code = c.template AND d.version = c.template_version
WHERE c.merges = '{}'
GROUP BY c.member_id, c.template, c.template_version, d.body
HAVING count(*) > (d.body->>'per_member')::int;
