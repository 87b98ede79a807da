-- Nothing of an account is negative, nothing is held or pending that is not there, and there is a debt only where nothing
-- is available or pending. Nothing of a lot is negative, or held that is not there. (INV-2, PTS-14)
SELECT member_id, book, NULL::bigint AS lot_no, balance AS remaining, held, pending, debt
FROM points.account
WHERE least(balance, held, pending, debt, balance - held - pending) < 0 OR (debt > 0 AND balance > held)
UNION ALL
SELECT member_id, book, lot_no, remaining, held, NULL, NULL
FROM points.lot WHERE least(held, lapsed, remaining - held) < 0;
