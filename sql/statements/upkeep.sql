-- name: left_in_outbox
-- $1 rows older than this id, $2 limit. tenant: none, batches of many accounts.
select outbox_id, events from event_outbox
where outbox_id < $1::uuid
order by outbox_id
limit $2::bigint;

-- name: tidy_payments
-- $1 limit. A checkout that nobody finished ends after 24 hours.
-- tenant: none, upkeep of all accounts.
with old as (
  select account_id, payment_id
  from payments
  where status = 1 and created_at < now() - interval '24 hours'
  limit $1::bigint
  for update skip locked
)
update payments p
set status = 4
from old
where p.account_id = old.account_id and p.payment_id = old.payment_id;
