-- name: left_in_outbox
-- $1 rows older than this id, $2 limit. tenant: none, batches of many accounts.
select outbox_id, events from event_outbox
where outbox_id < $1::uuid
order by outbox_id
limit $2::bigint;

-- name: upkeep_partitions
-- $1 months ahead. tenant: none.
select ensure_partitions($1::int);

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
