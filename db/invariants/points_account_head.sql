-- The head of an account is the hash of its last posting; an account without postings has 32 zero bytes. (PTS-15)
SELECT a.member_id, a.book, a.seq
FROM points.account AS a
LEFT JOIN points.posting AS p ON p.member_id = a.member_id AND p.book = a.book AND p.seq = a.seq
WHERE a.head IS DISTINCT FROM coalesce(p.hash, decode(repeat('00', 32), 'hex'));
