-- A code that is had for good has the copy that it was taken for, and a batch has as many codes as it says: so no code is good
-- twice, and none is good that was not handed out. (CPN-02)
SELECT c.taken_by AS member_id, c.batch_id, c.coupon_id, 1 AS codes
FROM coupons.code AS c
WHERE c.taken_by IS NOT NULL AND c.taken_until IS NULL
  AND NOT EXISTS (SELECT FROM coupons.coupon_change AS h WHERE h.coupon_id = c.coupon_id AND h.what = 'issued')
UNION ALL
SELECT NULL, b.batch_id, NULL, b.stored
FROM coupons.code_batch AS b
LEFT JOIN coupons.code AS c ON c.batch_id = b.batch_id AND c.attempt = b.attempt
GROUP BY b.batch_id
HAVING b.stored <> count(c.batch_id);
