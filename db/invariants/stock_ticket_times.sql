-- No ticket is reserved for more than an hour past its time: by then it was confirmed or freed. (BEN-05)
SELECT t.member_id, t.resource_id, t.holder_kind, t.holder_id, t.expires_at
FROM stock.ticket AS t
WHERE t.state = 'reserved'
  AND t.expires_at < coalesce(nullif(current_setting('huixiang.now', true), '')::timestamptz, statement_timestamp())
                     - interval '1 hour';
