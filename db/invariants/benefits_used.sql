-- What orders take of an entitlement in its period is counted in it. More may be: where it was given, some of its quota
-- may have been gone. (BEN-03, CHK-02)
SELECT e.member_id, e.entitlement_id, e.used, count(*) AS taken
FROM benefits.entitlement AS e
JOIN benefits.entitlement_use AS u USING (member_id, entitlement_id, period_from)
WHERE u.state <> 'returned'
GROUP BY e.member_id, e.entitlement_id HAVING count(*) > e.used;
