-- A member is counted to have as many copies of a template as they have. (CPN-01)
SELECT coalesce(m.member_id, c.member_id) AS member_id, coalesce(m.template, c.template) AS template, m.issued, c.copies
FROM coupons.member_issued AS m
FULL JOIN (
    SELECT member_id, template, count(*) AS copies FROM coupons.coupon WHERE template IS NOT NULL
    GROUP BY member_id, template
) AS c ON c.member_id = m.member_id AND c.template = m.template
WHERE coalesce(m.issued, 0) <> coalesce(c.copies, 0);
