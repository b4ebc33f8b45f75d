-- name: left_in_outbox
-- $1 from this id, $2 to this one, $3 limit. tenant: none, batches of many accounts.
select outbox_id, events from event_outbox
where outbox_id >= $1::uuid and outbox_id < $2::uuid
order by outbox_id
limit $3::bigint;

-- name: tidy_payments
-- $1 limit. A checkout that nobody finished ends after 24 hours.
-- tenant: none, upkeep of all accounts.
with old as (
  select account_id, payment_id
  from payments
  where status = {payment.pending} and created_at < now() - interval '24 hours'
  limit $1::bigint
  for update skip locked
)
update payments p
set status = {payment.expired}
from old
where p.account_id = old.account_id and p.payment_id = old.payment_id;

-- name: fold_message_days
-- $1 limit of rows. One at a time, and never beside the end of old months: both would be about the
-- same days. Journal writers take new shards all the time, and what they hold is left for the next
-- time. tenant: none, upkeep of all accounts.
with apart as materialized (
  select account_id, environment, day, shard
  from message_daily
  where shard >= 0 and (select pg_try_advisory_xact_lock(hashtext('dundun.partitions')))
  order by day
  limit $1::bigint
  for update skip locked
), gone as (
  delete from message_daily d
  using apart a
  where d.account_id = a.account_id and d.environment = a.environment and d.day = a.day
    and d.shard = a.shard
  returning d.*
), added as (
  insert into message_daily as t (account_id, environment, day, shard, scheduled, queued, submitted, sent,
                                  delivered, failed, retrying, cancelled, expired)
  select account_id, environment, day, -1, sum(scheduled), sum(queued), sum(submitted), sum(sent),
         sum(delivered), sum(failed), sum(retrying), sum(cancelled), sum(expired)
  from gone
  group by account_id, environment, day
  on conflict (account_id, environment, day, shard) do update
  set scheduled = t.scheduled + excluded.scheduled, queued = t.queued + excluded.queued,
      submitted = t.submitted + excluded.submitted, sent = t.sent + excluded.sent,
      delivered = t.delivered + excluded.delivered, failed = t.failed + excluded.failed,
      retrying = t.retrying + excluded.retrying, cancelled = t.cancelled + excluded.cancelled,
      expired = t.expired + excluded.expired
)
select count(*) as folded from gone;
