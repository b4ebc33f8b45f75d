-- name: left_in_outbox
-- $1 rows older than this id, $2 limit. tenant: none, batches of many accounts.
select outbox_id, events from event_outbox
where outbox_id < $1::uuid
order by outbox_id
limit $2::bigint;

-- name: upkeep_partitions
-- $1 months ahead. tenant: none.
select ensure_partitions($1::int) + ensure_inbound_partitions($1::int);

-- name: tidy_payments
-- $1 limit. A checkout that nobody finished and a key of a top-up end after 24 hours.
-- tenant: none, upkeep of all accounts.
with old as (
  select account_id, payment_id
  from payments
  where (status = 1 or key_hash is not null) and created_at < now() - interval '24 hours'
  limit $1::bigint
  for update skip locked
)
update payments p
set status = case when p.status = 1 then 4 else p.status end, key_hash = null, request_hash = null
from old
where p.account_id = old.account_id and p.payment_id = old.payment_id;

-- name: forget_idempotency_keys
-- $1 limit. Keys live 24 hours. tenant: none, upkeep of all accounts.
with old as (
  select account_id, key_hash
  from idempotency_keys
  where created_at < now() - interval '24 hours'
  limit $1::bigint
  for update skip locked
)
delete from idempotency_keys i
using old
where i.account_id = old.account_id and i.key_hash = old.key_hash;
