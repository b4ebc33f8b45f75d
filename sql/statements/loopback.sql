-- name: lease_loopback_receipts
-- $1 limit. Due receipts, put off by 5 s while they are being played, so that schedulers share
-- them and a killed one's come again. tenant: none, the carrier's side.
with due as (
  select receipt_id
  from loopback_receipts
  where due_at <= clock_timestamp()
  order by due_at
  limit $1::bigint
  for update skip locked
), leased as (
  update loopback_receipts r
  set due_at = clock_timestamp() + interval '5 seconds'
  from due
  where r.receipt_id = due.receipt_id
  returning r.receipt_id, r.account_id, r.message_id, r.word, r.carrier_message_id
)
select l.receipt_id, l.account_id, l.message_id, l.word, l.carrier_message_id, m.environment
from leased l
join messages m on m.account_id = l.account_id and m.message_id = l.message_id
order by l.receipt_id;

-- name: delete_loopback_receipts
-- $1 receipt ids. tenant: none, the carrier's side.
delete from loopback_receipts where receipt_id = any ($1::bigint[]);
