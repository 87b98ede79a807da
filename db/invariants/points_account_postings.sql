-- The postings of an account, numbered from 1 without a gap, add up to what it says of itself: balance less debt,
-- held, pending and debt, and when the last was recorded. No posting is without its account. (INV-2, PTS-14)
SELECT coalesce(a.member_id, p.member_id) AS member_id,
       coalesce(a.book, p.book) AS book,
       a.seq, p.postings, p.last_seq,
       a.balance - a.debt AS balance_less_debt, p.points AS posted,
       a.held, p.held AS posted_held,
       a.pending, p.pending AS posted_pending,
       a.debt, p.debt AS posted_debt,
       a.recorded_at, p.recorded_at AS last_recorded_at
FROM points.account AS a
FULL JOIN (
    SELECT member_id, book, count(*) AS postings, max(seq) AS last_seq, sum(points) AS points, sum(held_delta) AS held,
           sum(pending_delta) AS pending, sum(debt_delta) AS debt, max(recorded_at) AS recorded_at
    FROM points.posting
    GROUP BY member_id, book
) AS p ON p.member_id = a.member_id AND p.book = a.book
WHERE (a.seq, a.seq, a.balance - a.debt, a.held, a.pending, a.debt, a.recorded_at)
      IS DISTINCT FROM
      (coalesce(p.postings, 0), coalesce(p.last_seq, 0), coalesce(p.points, 0), coalesce(p.held, 0),
       coalesce(p.pending, 0), coalesce(p.debt, 0), coalesce(p.recorded_at, timestamptz 'epoch'));
