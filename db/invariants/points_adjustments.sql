-- An adjustment that was posted is the posting that it names, under its own key and of the points that were asked for;
-- one that waits or was refused is none, and whoever approved it is not who asked. (PTS-13)
SELECT coalesce(a.member_id, p.member_id) AS member_id, coalesce('adjustment:' || a.adjustment_id, p.key) AS adjustment,
       a.points AS asked, p.requested AS posted, d.seq AS said, p.seq
FROM points.adjustment AS a
LEFT JOIN points.adjustment_decision AS d ON d.member_id = a.member_id AND d.adjustment_id = a.adjustment_id
FULL JOIN (
    SELECT member_id, seq, key, requested FROM points.posting
    WHERE book = 1 AND kind IN ('adjust', 'claw_back') AND key LIKE 'adjustment:%'
) AS p ON p.member_id = a.member_id AND p.key = 'adjustment:' || a.adjustment_id
WHERE a.member_id IS NULL OR d.seq IS DISTINCT FROM p.seq OR p.requested <> a.points OR d.checked_by = a.made_by;
