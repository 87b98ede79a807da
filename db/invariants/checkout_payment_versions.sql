-- A payment of a statement is what it was told to be last, and was told as often as it counts. (CHK-09)
SELECT NULL::uuid AS member_id, coalesce(p.reference, v.reference) AS reference, coalesce(p.kind, v.kind) AS kind,
       p.version, v.version AS told_version
FROM checkout.payment AS p
FULL JOIN (
    SELECT DISTINCT ON (reference, kind) *, count(*) OVER (PARTITION BY reference, kind) AS versions
    FROM checkout.payment_version ORDER BY reference, kind, version DESC
) AS v ON v.reference = p.reference AND v.kind = p.kind
WHERE (p.instruction_id, p.fen, p.paid_at, p.day, p.version, p.version::bigint, p.told_at)
      IS DISTINCT FROM (v.instruction_id, v.fen, v.paid_at, v.day, v.version, v.versions, v.told_at);
