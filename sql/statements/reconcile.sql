-- What `reconcile` proves: each statement counts the breaches of one rule. All compare rows of
-- one account only. tenant: all of these run over every account on purpose.

-- name: reconcile_totals
select (select count(*) from wallets) as wallets,
       (select count(*) from ledger_entries) as ledger_entries,
       (select count(*) from messages) as messages;

-- name: breach_wallet_is_last_entry
select count(*)
from wallets w
left join ledger_entries l on l.account_id = w.account_id and l.environment = w.environment
                          and l.seq = w.seq
where w.seq > 0 and l.balance_after_micros is distinct from w.balance_micros
   or w.seq = 0 and w.balance_micros <> 0;

-- name: breach_ledger_has_gaps
select count(*)
from (select w.account_id, w.environment, w.seq, count(l.seq) as entries, min(l.seq) as first,
             max(l.seq) as last, count(distinct l.seq) as different
      from wallets w
      left join ledger_entries l on l.account_id = w.account_id and l.environment = w.environment
      group by w.account_id, w.environment, w.seq) as s
where entries <> seq or different <> entries or coalesce(last, 0) <> seq
   or (entries > 0 and first <> 1);

-- name: breach_ledger_does_not_chain
select count(*)
from (select balance_after_micros, amount_micros,
             lag(balance_after_micros, 1, 0::bigint)
               over (partition by account_id, environment order by seq) as before
      from ledger_entries) as s
where balance_after_micros <> before + amount_micros;

-- name: breach_charged_once
select count(*)
from messages m
left join (select account_id, message_id, count(*) as charges, sum(amount_micros) as charged
           from ledger_entries where type = {ledger.charge} group by account_id, message_id) c
  on c.account_id = m.account_id and c.message_id = m.message_id
where m.batch_id is null and (c.charges is distinct from 1 or c.charged <> -m.cost_micros)
   or m.batch_id is not null and c.charges is not null;

-- name: breach_campaign_charged_once
select count(*)
from batches b
left join (select account_id, batch_id, count(*) filter (where type = {ledger.charge}) as charges,
                  sum(amount_micros) filter (where type = {ledger.charge}) as charged,
                  count(*) filter (where type = {ledger.refund}) as refunds,
                  sum(amount_micros) filter (where type = {ledger.refund}) as refunded
           from ledger_entries
           where batch_id is not null and message_id is null
           group by account_id, batch_id) l
  on l.account_id = b.account_id and l.batch_id = b.batch_id
where l.charges is distinct from 1 or l.charged <> -b.cost_micros or l.refunds > 1
   or coalesce(l.refunded, 0) <> b.refunded_micros
   or b.refunded_micros <> case when b.status in ({campaign.cancelled}, {campaign.expired}) then b.cost_micros - b.made_micros else 0 end;

-- name: breach_campaign_made_each_once
-- Of campaigns all of whose messages are kept.
select count(*)
from batches b
left join (select account_id, batch_id, count(*) as made, count(distinct phone) as numbers,
                  sum(cost_micros) as cost
           from messages
           where batch_id is not null
           group by account_id, batch_id) m
  on m.account_id = b.account_id and m.batch_id = b.batch_id
where b.created_at >= kept_since('messages')
  and (coalesce(m.made, 0) <> b.made or coalesce(m.numbers, 0) <> b.made
   or coalesce(m.cost, 0) <> b.made_micros or b.made > b.total
   or (b.status = {campaign.completed} and (b.made <> b.total or b.made_micros <> b.cost_micros)));

-- name: breach_campaign_rollup_is_count
with counted as (
  select account_id, batch_id,
         count(*) filter (where status = {message.queued}) as queued,
         count(*) filter (where status = {message.submitted}) as submitted,
         count(*) filter (where status = {message.sent}) as sent,
         count(*) filter (where status = {message.delivered}) as delivered,
         count(*) filter (where status = {message.failed}) as failed,
         count(*) filter (where status in ({message.scheduled}, {message.retrying}, {message.cancelled}, {message.expired})) as others
  from messages
  where batch_id is not null
  group by account_id, batch_id
), kept as (
  select account_id, batch_id, sum(queued) as queued, sum(submitted) as submitted,
         sum(sent) as sent, sum(delivered) as delivered, sum(failed) as failed,
         sum(scheduled + retrying + cancelled + expired) as others
  from batch_counts
  group by account_id, batch_id
)
select count(*)
from counted c
full join kept k on k.account_id = c.account_id and k.batch_id = c.batch_id
where coalesce(k.batch_id, c.batch_id) >= uuid7_floor(greatest(kept_since('messages'),
                                                               to_timestamp(0)))
  and (c.queued, c.submitted, c.sent, c.delivered, c.failed, c.others)
   is distinct from (k.queued, k.submitted, k.sent, k.delivered, k.failed, k.others);

-- name: breach_refunded_as_state_says
select count(*)
from messages m
left join (select account_id, message_id, count(*) as refunds, sum(amount_micros) as refunded
           from ledger_entries where type = {ledger.refund} group by account_id, message_id) r
  on r.account_id = m.account_id and r.message_id = m.message_id
where m.refunded <> (coalesce(r.refunds, 0) = 1)
   or coalesce(r.refunds, 0) > 1
   or (m.refunded and (r.refunded <> m.cost_micros or m.status not in (6, 8, 9)))
   or (not m.refunded and m.submitted_at is null and m.status in ({message.failed}, {message.cancelled}, {message.expired})
       and m.cost_micros > 0);

-- name: breach_charge_without_message
-- Of messages that are kept.
select count(*)
from ledger_entries l
left join messages m on m.account_id = l.account_id and m.message_id = l.message_id
where l.type = {ledger.charge} and l.batch_id is null and m.message_id is null
  and l.message_id >= uuid7_floor(greatest(kept_since('messages'), to_timestamp(0)));

-- name: breach_payment_is_credited_once
select count(*)
from payments p
full join (select account_id, payment_id, environment, count(*) as credits,
                  sum(amount_micros) as credited
           from ledger_entries
           where payment_id is not null
           group by account_id, payment_id, environment) c
  on c.account_id = p.account_id and c.payment_id = p.payment_id
where coalesce(p.status = {payment.paid}, false) <> (c.credits is not null)
   or c.credits > 1
   or c.credited <> p.amount_micros
   or c.environment <> p.environment;

-- name: breach_route_hours_are_counts
with kept as (
  select route, hour, sum(delivered) as delivered, sum(failed) as failed
  from route_hourly
  group by route, hour
), counted as (
  select route,
         date_trunc('hour', to_timestamp(('x' || substr(replace(message_id::text, '-', ''), 1, 12))
                                         ::bit(48)::bigint / 1000.0)) as hour,
         count(*) filter (where status = {message.delivered}) as delivered, count(*) filter (where status = {message.failed}) as failed
  from messages
  where environment = 0
  group by 1, 2
)
select count(*)
from kept k
left join counted c on c.route = k.route and c.hour = k.hour
where k.hour >= kept_since('messages')
  and (k.delivered, k.failed) is distinct from (coalesce(c.delivered, 0), coalesce(c.failed, 0));

-- name: breach_failed_has_its_time
-- The list of what failed goes by failed_at.
select count(*) from messages where (status = {message.failed}) <> (failed_at is not null);

-- name: breach_rollup_is_count
with counted as (
  select account_id, environment,
         (to_timestamp(('x' || substr(replace(message_id::text, '-', ''), 1, 12))::bit(48)::bigint
                       / 1000.0) at time zone 'UTC')::date as day,
         count(*) filter (where status = {message.scheduled}) as scheduled,
         count(*) filter (where status = {message.queued}) as queued,
         count(*) filter (where status = {message.submitted}) as submitted,
         count(*) filter (where status = {message.sent}) as sent,
         count(*) filter (where status = {message.delivered}) as delivered,
         count(*) filter (where status = {message.failed}) as failed,
         count(*) filter (where status = {message.retrying}) as retrying,
         count(*) filter (where status = {message.cancelled}) as cancelled,
         count(*) filter (where status = {message.expired}) as expired
  from messages
  group by 1, 2, 3
), kept as (
  select account_id, environment, day, sum(scheduled) as scheduled, sum(queued) as queued,
         sum(submitted) as submitted, sum(sent) as sent, sum(delivered) as delivered,
         sum(failed) as failed, sum(retrying) as retrying, sum(cancelled) as cancelled,
         sum(expired) as expired
  from message_daily
  group by account_id, environment, day
)
select count(*)
from counted c
full join kept d on d.account_id = c.account_id and d.environment = c.environment
                         and d.day = c.day
where (c.scheduled, c.queued, c.submitted, c.sent, c.delivered, c.failed, c.retrying, c.cancelled,
       c.expired)
   is distinct from
      (d.scheduled, d.queued, d.submitted, d.sent, d.delivered, d.failed, d.retrying, d.cancelled,
       d.expired);

-- name: breach_open_message_has_a_place
select count(*)
from messages m
left join (select account_id, message_id from dispatch
           union
           select v.account_id, v.message_id
           from claims c, unnest(c.account_ids, c.message_ids) as v (account_id, message_id)) d
  on d.account_id = m.account_id and d.message_id = m.message_id
where m.status in ({message.scheduled}, {message.queued}, {message.retrying}) and d.message_id is null;

-- name: breach_final_message_left_the_queue
select count(*)
from dispatch d
join messages m on m.account_id = d.account_id and m.message_id = d.message_id
where m.status in ({message.failed}, {message.cancelled}, {message.expired});
