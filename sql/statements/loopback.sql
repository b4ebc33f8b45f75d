-- name: lease_loopback_receipts
-- $1 limit of rows, $2 how many ms to look back. Due receipts, put off by 5 s while they are being
-- played, so that schedulers share them and a killed one's come again. tenant: none, the carrier's
-- side.
with due as (
  select ctid as place
  from loopback_receipts
  where due_at <= clock_timestamp()
    and due_at >= now() - make_interval(secs => $2::bigint / 1000.0)
  order by due_at
  limit $1::bigint
  for update skip locked
), leased as (
  update loopback_receipts r
  set due_at = clock_timestamp() + interval '5 seconds'
  where r.ctid = any (array(select place from due))
  returning r.receipt_id, r.account_ids, r.environments, r.message_ids, r.words
)
select l.receipt_id, v.account_id, v.environment, v.message_id, v.word
from leased l,
     unnest(l.account_ids, l.environments, l.message_ids, l.words)
       as v (account_id, environment, message_id, word)
order by l.receipt_id;

-- name: delete_loopback_receipts
-- $1 receipt ids. tenant: none, the carrier's side.
delete from loopback_receipts where receipt_id = any ($1::bigint[]);
