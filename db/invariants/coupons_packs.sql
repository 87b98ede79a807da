-- A member who was given a pack was given all its copies, and no copy is of a pack that was not given. (CPN-02)
SELECT coalesce(p.member_id, c.member_id) AS member_id, coalesce(p.pack, c.pack) AS pack, p.copies, c.issued
FROM coupons.pack_issued AS p
FULL JOIN (
    SELECT first.member_id, copy.pack, count(*) AS issued
    FROM coupons.coupon AS copy JOIN coupons.coupon_change AS first ON first.coupon_id = copy.coupon_id AND first.seq = 1
    WHERE copy.pack IS NOT NULL GROUP BY first.member_id, copy.pack
) AS c ON c.member_id = p.member_id AND c.pack = p.pack
WHERE p.copies IS DISTINCT FROM c.issued;
