-- A grant of coupons gives no more copies than were kept for it of those that all members share; while it runs it has what
-- was kept, and when it is over what it gave. (CPN-02)
SELECT b.grant_id AS member_id, b.grant_id, b.state, b.kept, b.given, t.amount
FROM grants.bulk AS b
LEFT JOIN (
    SELECT k.holder_id, k.amount FROM stock.ticket AS k
    JOIN stock.resource AS r ON r.resource_id = k.resource_id AND r.kind = 'coupon_template'
    WHERE k.holder_kind = 'grant'
) AS t ON t.holder_id = b.grant_id
WHERE b.given > b.kept
   OR t.amount <> CASE WHEN b.ended_at IS NULL THEN b.kept ELSE b.given END;
