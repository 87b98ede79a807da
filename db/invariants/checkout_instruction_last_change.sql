-- An instruction is what the last of its changes says, has as many changes as it counts, and was sent as often as it says.
-- (CHK-09)
SELECT coalesce(i.member_id, l.member_id) AS member_id, coalesce(i.instruction_id, l.instruction_id) AS instruction_id,
       i.state, l.state AS logged, i.changes, l.changes AS logged_changes
FROM checkout.instruction AS i
FULL JOIN (
    SELECT DISTINCT ON (instruction_id) instruction_id, member_id, state, reference, seq,
           count(*) OVER of_it AS changes, count(*) FILTER (WHERE what IN ('asked', 'retried')) OVER of_it AS tries
    FROM checkout.instruction_change
    WINDOW of_it AS (PARTITION BY instruction_id)
    ORDER BY instruction_id, seq DESC
) AS l ON l.instruction_id = i.instruction_id
WHERE i.instruction_id IS NULL OR l.instruction_id IS NULL
   OR (i.state, i.reference, i.changes::bigint, i.changes::bigint, i.tries::bigint)
      IS DISTINCT FROM (l.state, l.reference, l.changes, l.seq::bigint, l.tries);
