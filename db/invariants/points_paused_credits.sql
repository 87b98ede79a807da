-- Each credit that was posted under a pause is in the journal with its points. Until a person decides, and where it is
-- released until its day, what is left of it is pending without end, and nothing else is; a voided one is taken back
-- whole. (PTS-23)
SELECT coalesce(c.member_id, l.member_id) AS member_id, coalesce(c.book, l.book) AS book, c.key, c.state, l.lot_no
FROM (
    SELECT c.member_id, c.book, c.key, c.state, p.seq,
           c.state = 'waiting' OR (c.state = 'released' AND c.cleared_at IS NULL) AS waits,
           p.points = c.points AND p.kind IN ('earn', 'adjust') AND (c.state <> 'voided' OR p.points = (
               SELECT coalesce(sum(-r.requested), 0) FROM points.posting AS r
               WHERE r.member_id = c.member_id AND r.book = c.book AND r.origin_key = c.key
           )) AS posted
    FROM points.paused_credit AS c
    LEFT JOIN points.posting AS p ON p.member_id = c.member_id AND p.book = c.book AND p.key = c.key
) AS c
FULL JOIN (
    SELECT member_id, book, lot_no, origin_posting, matures_at IS NOT DISTINCT FROM '9998-01-01+00' AS waits
    FROM points.lot
    WHERE matures_at = '9998-01-01+00' OR (remaining > 0 AND (member_id, book, origin_posting) IN (
        SELECT p.member_id, p.book, p.seq
        FROM points.paused_credit AS c JOIN points.posting AS p USING (member_id, book, key)
    ))
) AS l ON l.member_id = c.member_id AND l.book = c.book AND l.origin_posting = c.seq
WHERE c.posted IS NOT TRUE OR (l.lot_no IS NOT NULL AND l.waits <> c.waits);
