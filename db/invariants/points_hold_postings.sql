-- An open hold was made by a posting of as many points that none has finished, and every such posting has its hold.
-- (PTS-07, PTS-14)
SELECT coalesce(h.member_id, p.member_id) AS member_id,
       coalesce(h.book, p.book) AS book,
       coalesce('hold:' || h.hold_id, p.key) AS key,
       h.points, p.held_delta
FROM points.hold AS h
FULL JOIN (
    SELECT member_id, book, key, held_delta
    FROM points.posting AS made
    WHERE kind = 'hold' AND NOT EXISTS (
        SELECT FROM points.posting AS ended
        WHERE ended.member_id = made.member_id AND ended.book = made.book AND ended.origin_key = made.key
    )
) AS p ON p.member_id = h.member_id AND p.book = h.book AND p.key = 'hold:' || h.hold_id
WHERE h.points IS DISTINCT FROM p.held_delta;
