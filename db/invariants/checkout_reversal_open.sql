-- What a refund undoes at other owners is done within ten minutes. (PTS-24)
SELECT e.member_id, e.refund_id, e.effect_no, e.kind, e.owner_id, e.recorded_at AS pending_since
FROM checkout.reversal_effect AS e
WHERE e.state = 'pending'
  AND e.recorded_at < coalesce(nullif(current_setting('huixiang.now', true), '')::timestamptz, statement_timestamp())
                      - interval '10 minutes'
  AND NOT EXISTS (
      SELECT FROM checkout.reversal_effect AS d
      WHERE d.member_id = e.member_id AND d.refund_id = e.refund_id AND d.effect_no = e.effect_no AND d.state = 'done'
  );
