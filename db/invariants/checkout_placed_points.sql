-- An order on its way holds the points that it is to be paid with; one that is settled holds none. (CHK-02, PTS-07)
SELECT p.member_id, p.order_id, p.state, p.points, h.points AS held
FROM checkout.placed AS p
LEFT JOIN points.hold AS h ON h.member_id = p.member_id AND h.hold_id = p.order_id
WHERE coalesce(h.points, 0) <> CASE WHEN p.state IN ('placed', 'fulfilled') THEN p.points ELSE 0 END;
