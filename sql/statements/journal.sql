-- The journal's statements: one batch is `begin`, the locking reads, the writes, `commit`.
-- Arrays are the batch; every row is addressed by account_id first.

-- name: journal_lock_wallets
-- $1 account ids, $2 environments, in key order. Locked in that order, so two journals never deadlock.
-- The newest version stands last in the key: those before it may be many (migration 0050).
select w.account_id, w.environment, w.balance_micros, w.seq, w.currency, a.refund_on_any_failure,
       a.low_balance_micros, a.has_opt_outs, a.status
from (
  select q.account_id, q.environment, q.balance_micros, q.seq, q.currency
  from unnest($1::bigint[], $2::smallint[]) as k (account_id, environment)
  cross join lateral (
    select *
    from wallets
    where wallets.account_id = k.account_id and wallets.environment = k.environment
    order by seq desc
    limit 1
    for no key update
  ) as q
  offset 0
) as w
join accounts a on a.account_id = w.account_id;

-- name: journal_lock_messages
-- $1 account ids, $2 message ids. The last column: it is being sent again, by a message that is not
-- over, or so new that this statement's snapshot does not have it.
select m.account_id, m.message_id, m.environment, m.status, m.cost_micros, m.cost_currency,
       m.refunded, m.submitted_at, m.phone, m.route, m.retry_count,
       m.auto_retries,
       m.batch_id, m.app_id, m.carrier_message_id, m.carrier, m.last_retry, m.trace_id,
       m.last_retry is not null and not exists (
         select from messages r
         where r.account_id = m.account_id and r.message_id = m.last_retry
           and r.status in ({message.delivered}, {message.failed}, {message.cancelled}, {message.expired})) as is_being_resent
from unnest($1::bigint[], $2::uuid[]) as k (account_id, message_id)
join messages m on m.account_id = k.account_id and m.message_id = k.message_id
order by m.message_id
for no key update of m;

-- name: journal_lock_dispatch
-- $1 account ids, $2 message ids: which of these wait.
-- Lateral, so that each key is one look-up: a queue that was empty when it was last analysed would
-- otherwise be read whole for every key.
select d.account_id, d.message_id
from unnest($1::bigint[], $2::uuid[]) as k (account_id, message_id)
cross join lateral (
  select q.account_id, q.message_id
  from dispatch q
  where q.account_id = k.account_id and q.message_id = k.message_id
  for update
) as d;

-- name: journal_lock_claims
-- $1 tokens: which claims are still theirs. tenant: none, a claim holds messages of many accounts.
select c.token
from unnest($1::uuid[]) as k (token)
cross join lateral (
  select q.token from claims q where q.token = k.token for no key update
) as c;

-- name: journal_lock_keys
-- $1 account ids, $2 key hashes. Read after the wallets are locked: every send of a key holds
-- its wallet, so a key is seen or is nobody's.
select i.account_id, i.key_hash, i.request_hash, i.message_id, i.balance_after_micros, i.status,
       i.body, (extract(epoch from clock_timestamp() - i.created_at) * 1000)::bigint as age_ms
from unnest($1::bigint[], $2::bytea[]) as k (account_id, key_hash)
join idempotency_keys i on i.account_id = k.account_id and i.key_hash = k.key_hash
order by i.account_id, i.key_hash
for no key update of i;

-- name: journal_read_events
-- $1 account ids, $2 message ids, $3 event keys: which of these are in the timeline already.
-- As the view message_timeline, which is not joined by key.
select e.account_id, e.message_id, e.event_key, e.event_id
from unnest($1::bigint[], $2::uuid[], $3::text[]) as k (account_id, message_id, event_key)
join message_events e on e.account_id = k.account_id and e.message_id = k.message_id
                     and e.event_key = k.event_key
union all
select m.account_id, m.message_id, k.event_key, m.submitted_event
from unnest($1::bigint[], $2::uuid[], $3::text[]) as k (account_id, message_id, event_key)
join messages m on m.account_id = k.account_id and m.message_id = k.message_id
where k.event_key = 'submitted' and m.submitted_event is not null;

-- name: journal_read_charges
-- $1 account ids, $2 message ids. What a commit of unknown outcome had charged, if it happened, and
-- the claim it had made.
select l.account_id, l.message_id, l.balance_after_micros, c.token,
       cardinality(c.message_ids) as claim_size
from unnest($1::bigint[], $2::uuid[]) as k (account_id, message_id)
join ledger_entries l on l.account_id = k.account_id and l.message_id = k.message_id
left join claims c on l.message_id = any (c.message_ids)
where l.type = {ledger.charge} and l.created_at > now() - interval '10 minutes';

-- name: journal_lock_payments
-- $1 account ids, $2 payment ids. Read after the wallets are locked, so a payment is credited or not.
select p.account_id, p.payment_id, p.environment, p.amount_micros,
       p.status = {payment.paid} as is_paid
from unnest($1::bigint[], $2::uuid[]) as k (account_id, payment_id)
join payments p on p.account_id = k.account_id and p.payment_id = k.payment_id
order by p.payment_id
for no key update of p;

-- name: journal_insert_messages
-- $1 … $29 the columns of new messages in the order of the list.
insert into messages (account_id, message_id, environment, status, segments, encoding, cost_micros,
                      route_cost_micros, cost_currency, route_currency, route, country, phone,
                      sender, body, source, scheduled_at, retry_of, not_after, window_opens,
                      window_closes, window_zone, batch_id, app_id, user_ref, shown_body,
                      config_version, named, trace_id)
select unnest($1::bigint[]), unnest($2::uuid[]), unnest($3::smallint[]), unnest($4::smallint[]),
       unnest($5::smallint[]), unnest($6::smallint[]), unnest($7::bigint[]), unnest($8::bigint[]),
       unnest($9::text[]), unnest($10::text[]), unnest($11::text[]), unnest($12::text[]),
       unnest($13::text[]), unnest($14::text[]), unnest($15::text[]), unnest($16::text[]),
       unnest($17::timestamptz[]), unnest($18::uuid[]), unnest($19::timestamptz[]),
       unnest($20::smallint[]), unnest($21::smallint[]), unnest($22::text[]), unnest($23::uuid[]),
       unnest($24::text[]), unnest($25::text[]), unnest($26::text[]), unnest($27::bigint[]),
       unnest($28::smallint[]), unnest($29::uuid[]);

-- name: journal_insert_dispatch
-- $1 account ids, $2 message ids, $3 due times, $4 submits so far, $5 carriers that may have it.
insert into dispatch (account_id, message_id, due_at, attempt, held_by)
select unnest($1::bigint[]), unnest($2::uuid[]), unnest($3::timestamptz[]),
       unnest($4::smallint[]), unnest($5::text[]);

-- name: journal_insert_claim
-- $1 token, $2 lease in ms, $3 account ids, $4 message ids, $5 carriers that will be asked: their
-- first submit. tenant: none, a claim holds messages of many accounts.
insert into claims (token, lease_until, account_ids, message_ids, attempts, carriers)
values ($1::uuid, clock_timestamp() + make_interval(secs => $2::bigint / 1000.0), $3::bigint[],
        $4::uuid[], array_fill(1::smallint, array[cardinality($4::uuid[])]), $5::text[]);

-- name: journal_delete_claims
-- $1 tokens: all their messages are recorded. tenant: none, as journal_insert_claim.
delete from claims where token = any ($1::uuid[]);

-- name: journal_insert_ledger
-- $1 account ids, $2 environments, $3 seqs, $4 types, $5 amounts, $6 balances after,
-- $7 message ids, $8 descriptions, $9 rates, $10 batch ids.
insert into ledger_entries (account_id, environment, seq, type, amount_micros,
                            balance_after_micros, message_id, description, fx_rate, batch_id)
select unnest($1::bigint[]), unnest($2::smallint[]), unnest($3::bigint[]), unnest($4::smallint[]),
       unnest($5::bigint[]), unnest($6::bigint[]), unnest($7::uuid[]), unnest($8::text[]),
       unnest($9::text[]), unnest($10::uuid[]);

-- name: journal_insert_credits
-- $1 account ids, $2 payment ids, $3 environments, $4 seqs, $5 types, $6 amounts, $7 balances after,
-- $8 descriptions, $9 the providers' references. The payments are paid with it.
with credited as (
  select * from unnest($1::bigint[], $2::uuid[], $3::smallint[], $4::bigint[], $5::smallint[],
                       $6::bigint[], $7::bigint[], $8::text[], $9::text[])
    as v (account_id, payment_id, environment, seq, type, amount_micros, balance_after_micros,
          description, provider_reference)
), paid as (
  update payments p
  set status = {payment.paid}, paid_at = clock_timestamp(), provider_reference = v.provider_reference
  from credited v
  where p.account_id = v.account_id and p.payment_id = v.payment_id
)
insert into ledger_entries (account_id, payment_id, environment, seq, type, amount_micros,
                            balance_after_micros, description)
select account_id, payment_id, environment, seq, type, amount_micros, balance_after_micros,
       description
from credited;

-- name: journal_update_wallets
-- $1 account ids, $2 environments, $3 balances, $4 seqs, $5 the seqs they had when they were locked:
-- one row a wallet of the batch. One that is not found fails the batch (division by zero).
with updated as (
  update wallets w
  set balance_micros = v.balance_micros, seq = v.seq
  from unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[])
       as v (account_id, environment, balance_micros, seq, seq_before)
  where w.account_id = v.account_id and w.environment = v.environment and w.seq = v.seq_before
  returning 1
)
select 1 / (count(*) = cardinality($1::bigint[]))::int from updated;

-- name: journal_update_messages
-- $1 account ids, $2 message ids, $3 statuses, $4 accepted by a carrier, $5 refunded,
-- $6 error codes, $7 error texts, $8 DLR words, $9 carrier ids, $10 the status that the batch took
-- for granted (null: it had read and locked the message), $11 retries more, $12 automatic ones of
-- them, $13 due times, $14 the submit that was not taken, or 0, $15 moves of the status, $16 carriers,
-- $17 the messages that send these again, $18 the carriers' own error codes, $19 the ids of the
-- `submitted` events that the message's row stands for (view message_timeline).
-- Null leaves a column as it is.
-- A message that was not as taken for granted fails the whole batch (division by zero, 22012),
-- which the journal then decides again with locks.
-- body: it stays as it is until a carrier has it or none will get it.
with updated as (
  update messages m
  set status = v.status,
      body = case when v.accepted or v.status in ({message.delivered}, {message.failed}, {message.cancelled}, {message.expired}) then coalesce(m.shown_body, m.body)
                  else m.body end,
      refunded = m.refunded or v.refunded,
      error_code = case when v.status = {message.delivered} then null else coalesce(v.error_code, m.error_code) end,
      error_message = case when v.status = {message.delivered} then null
                           else coalesce(v.error_message, m.error_message) end,
      dlr_status = coalesce(v.dlr_status, m.dlr_status),
      carrier_message_id = coalesce(v.carrier_message_id, m.carrier_message_id),
      carrier = coalesce(v.carrier, m.carrier),
      submitted_at = case when v.accepted then coalesce(m.submitted_at, clock_timestamp())
                          else m.submitted_at end,
      delivered_at = case when v.status = {message.delivered} then coalesce(m.delivered_at, clock_timestamp())
                          else m.delivered_at end,
      failed_at = case when v.status = {message.failed} then coalesce(m.failed_at, clock_timestamp()) end,
      retry_count = m.retry_count + v.retries,
      auto_retries = m.auto_retries + v.auto_retries,
      scheduled_at = coalesce(v.scheduled_at, m.scheduled_at),
      submits = greatest(m.submits, v.submits),
      moves = m.moves + v.moves,
      last_retry = coalesce(v.last_retry, m.last_retry),
      carrier_error_code = case when v.status = {message.delivered} then null
                                else coalesce(v.carrier_error_code, m.carrier_error_code) end,
      submitted_event = coalesce(m.submitted_event, v.submitted_event)
  from (select unnest($1::bigint[]) as account_id, unnest($2::uuid[]) as message_id,
               unnest($3::smallint[]) as status, unnest($4::boolean[]) as accepted,
               unnest($5::boolean[]) as refunded, unnest($6::text[]) as error_code,
               unnest($7::text[]) as error_message, unnest($8::text[]) as dlr_status,
               unnest($9::text[]) as carrier_message_id, unnest($10::smallint[]) as expected,
               unnest($11::smallint[]) as retries, unnest($12::smallint[]) as auto_retries,
               unnest($13::timestamptz[]) as scheduled_at, unnest($14::smallint[]) as submits,
               unnest($15::smallint[]) as moves, unnest($16::text[]) as carrier,
               unnest($17::uuid[]) as last_retry, unnest($18::text[]) as carrier_error_code,
               unnest($19::uuid[]) as submitted_event) as v
  where m.account_id = v.account_id and m.message_id = v.message_id
    and (v.expected is null or m.status = v.expected)
  returning 1
)
select 1 / (count(*) = cardinality($2::uuid[]))::int from updated;

-- name: journal_record_submits
-- $1 account ids, $2 message ids, $3 the statuses that the batch took for granted, $4 carrier ids,
-- $5 carriers, $6 ids of the `submitted` events. What journal_update_messages does where a carrier
-- simply took a message, which is nearly always: a third of the columns.
-- body: a carrier has it.
with updated as (
  update messages m
  set status = {message.submitted},
      body = coalesce(m.shown_body, m.body),
      carrier_message_id = coalesce(v.carrier_message_id, m.carrier_message_id),
      carrier = coalesce(v.carrier, m.carrier),
      submitted_at = coalesce(m.submitted_at, clock_timestamp()),
      moves = m.moves + 1,
      submitted_event = coalesce(m.submitted_event, v.submitted_event)
  from (select unnest($1::bigint[]) as account_id, unnest($2::uuid[]) as message_id,
               unnest($3::smallint[]) as expected, unnest($4::text[]) as carrier_message_id,
               unnest($5::text[]) as carrier, unnest($6::uuid[]) as submitted_event) as v
  where m.account_id = v.account_id and m.message_id = v.message_id and m.status = v.expected
  returning 1
)
select 1 / (count(*) = cardinality($2::uuid[]))::int from updated;

-- name: journal_insert_events
-- $1 account ids, $2 message ids, $3 event keys, $4 events, $5 statuses, $6 details,
-- $7 metadata, $8 event ids.
insert into message_events (account_id, message_id, event_key, event, status, detail, metadata,
                            event_id)
select unnest($1::bigint[]), unnest($2::uuid[]), unnest($3::text[]), unnest($4::text[]),
       unnest($5::smallint[]), unnest($6::text[]), unnest($7::text[]), unnest($8::uuid[]);

-- name: journal_delete_dispatch
-- $1 account ids, $2 message ids: withdrawn.
-- By row address, looked up one by one and locked by this transaction before.
delete from dispatch
where ctid = any (array(
  select d.ctid
  from unnest($1::bigint[], $2::uuid[]) as v (account_id, message_id)
  cross join lateral (
    select q.ctid
    from dispatch q
    where q.account_id = v.account_id and q.message_id = v.message_id
    offset 0
  ) as d
));

-- name: journal_move_dispatch
-- $1 account ids, $2 message ids, $3 due times: rescheduled; locked by this transaction before.
update dispatch d
set due_at = v.due_at
from unnest($1::bigint[], $2::uuid[], $3::timestamptz[]) as v (account_id, message_id, due_at)
where d.account_id = v.account_id and d.message_id = v.message_id;

-- name: journal_add_daily
-- $1 account ids, $2 environments, $3 days, $4 shards, then per status the change of its count.
insert into message_daily as t (account_id, environment, day, shard, scheduled, queued, submitted,
                                sent, delivered, failed, retrying, cancelled, expired)
select unnest($1::bigint[]), unnest($2::smallint[]), unnest($3::date[]), unnest($4::smallint[]),
       unnest($5::bigint[]), unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::bigint[]),
       unnest($9::bigint[]), unnest($10::bigint[]), unnest($11::bigint[]), unnest($12::bigint[]),
       unnest($13::bigint[])
on conflict (account_id, environment, day, shard) do update
set scheduled = t.scheduled + excluded.scheduled, queued = t.queued + excluded.queued,
    submitted = t.submitted + excluded.submitted, sent = t.sent + excluded.sent,
    delivered = t.delivered + excluded.delivered, failed = t.failed + excluded.failed,
    retrying = t.retrying + excluded.retrying, cancelled = t.cancelled + excluded.cancelled,
    expired = t.expired + excluded.expired;

-- name: journal_add_route_hours
-- $1 routes, $2 carriers, $3 hours, $4 shards, $5 changes of delivered, $6 of failed. tenant: none,
-- routes are everybody's.
insert into route_hourly as t (route, carrier, hour, shard, delivered, failed)
select unnest($1::text[]), unnest($2::text[]), unnest($3::timestamptz[]), unnest($4::smallint[]),
       unnest($5::bigint[]), unnest($6::bigint[])
on conflict (route, carrier, hour, shard) do update
set delivered = t.delivered + excluded.delivered, failed = t.failed + excluded.failed;

-- name: journal_insert_keys
-- $1 account ids, $2 key hashes, $3 request hashes, $4 message ids, $5 balances after, $6 and $7
-- the answer where it is known already.
insert into idempotency_keys (account_id, key_hash, request_hash, message_id, balance_after_micros,
                              status, body)
select unnest($1::bigint[]), unnest($2::bytea[]), unnest($3::bytea[]), unnest($4::uuid[]),
       unnest($5::bigint[]), unnest($6::smallint[]), unnest($7::text[]);

-- name: journal_store_answers
-- $1 account ids, $2 key hashes, $3 HTTP statuses, $4 bodies. The first answer stays.
update idempotency_keys i
set status = v.status, body = v.body
from unnest($1::bigint[], $2::bytea[], $3::smallint[], $4::text[])
     as v (account_id, key_hash, status, body)
where i.account_id = v.account_id and i.key_hash = v.key_hash and i.status is null;

-- name: journal_insert_receipts
-- $1 delay in ms, $2 account ids, $3 environments, $4 message ids, $5 DLR words.
insert into loopback_receipts (due_at, account_ids, environments, message_ids, words)
values (clock_timestamp() + make_interval(secs => $1::bigint / 1000.0), $2::bigint[],
        $3::smallint[], $4::uuid[], $5::text[]);

-- name: journal_insert_outbox
-- tenant: none, a row holds the events of one batch, of many accounts.
insert into event_outbox (outbox_id, events) values ($1::uuid, $2::text);

-- name: journal_delete_outbox
-- tenant: none, rows of published batches.
delete from event_outbox where outbox_id = any ($1::uuid[]);

-- name: journal_lock_campaigns
-- $1 account ids, $2 batch ids.
select b.account_id, b.batch_id, b.environment, b.status, b.cursors, b.total, b.made,
       b.cost_micros, b.made_micros, b.refunded_micros, b.drip_rate, b.scheduled_at,
       b.next_due_at, b.name
from unnest($1::bigint[], $2::uuid[]) as k (account_id, batch_id)
join batches b on b.account_id = k.account_id and b.batch_id = k.batch_id
order by b.batch_id
for no key update of b;

-- name: journal_read_campaign_charges
-- $1 account ids, $2 batch ids. What a commit of unknown outcome had charged, if it happened.
select l.account_id, l.batch_id, l.balance_after_micros
from unnest($1::bigint[], $2::uuid[]) as k (account_id, batch_id)
join ledger_entries l on l.account_id = k.account_id and l.batch_id = k.batch_id
where l.type = {ledger.charge} and l.created_at > now() - interval '10 minutes';

-- name: journal_insert_campaign
-- $1 account, $2 batch, $3 environment, $4 status, $5 text, $6 source, $7 messages, $8 segments,
-- $9 charge, $10 its currency, $11 drip rate, $12 when it begins (null: now), $13 to $15 window, its
-- zone null for the recipients', $16 last moment, $17 cursors of its lanes, $18 name or null.
insert into batches (account_id, batch_id, environment, status, body, source, total, segments,
                     cost_micros, cost_currency, drip_rate, scheduled_at, window_opens,
                     window_closes, window_zone, not_after, next_due_at, cursors, name)
values ($1::bigint, $2::uuid, $3::smallint, $4::smallint, $5::text, $6::text, $7::int, $8::bigint,
        $9::bigint, $10::text, $11::int, $12::timestamptz, $13::smallint, $14::smallint, $15::text,
        $16::timestamptz, coalesce($12::timestamptz, clock_timestamp()), $17::text, $18::text);

-- name: journal_insert_campaign_plan
-- $1 account, $2 batch, $3 lists, $4 skipped contacts, $5 countries, $6 routes, $7 senders,
-- $8 route currencies, $9 prices, $10 rates, $11 the wallet's rate, $12 time zones.
insert into batch_plans (account_id, batch_id, list_ids, skipped, countries, routes, senders,
                         currencies, prices, rates, wallet_rate, zones)
values ($1::bigint, $2::uuid, $3::bigint[], $4::bytea[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::bigint[], $10::bigint[], $11::bigint, $12::text[]);

-- name: journal_update_campaigns
-- $1 account ids, $2 batch ids, $3 statuses, $4 cursors, $5 made, $6 their cost, $7 refunded, $8 drip
-- rates, $9 scheduled times, $10 next due times.
update batches b
set status = v.status, cursors = v.cursors, made = v.made,
    made_micros = v.made_micros, refunded_micros = v.refunded_micros, drip_rate = v.drip_rate,
    scheduled_at = v.scheduled_at, next_due_at = v.next_due_at,
    started_at = case when v.made > 0 then coalesce(b.started_at, clock_timestamp()) end,
    finished_at = case when v.status in ({campaign.completed}, {campaign.cancelled}, {campaign.expired}) then coalesce(b.finished_at, clock_timestamp()) end
from unnest($1::bigint[], $2::uuid[], $3::smallint[], $4::text[], $5::int[], $6::bigint[],
            $7::bigint[], $8::int[], $9::timestamptz[], $10::timestamptz[])
     as v (account_id, batch_id, status, cursors, made, made_micros, refunded_micros, drip_rate,
           scheduled_at, next_due_at)
where b.account_id = v.account_id and b.batch_id = v.batch_id;

-- name: journal_add_batch_counts
-- $1 account ids, $2 batch ids, $3 shards, then per status the change of its count.
insert into batch_counts as t (account_id, batch_id, shard, scheduled, queued, submitted, sent,
                               delivered, failed, retrying, cancelled, expired)
select unnest($1::bigint[]), unnest($2::uuid[]), unnest($3::smallint[]), unnest($4::bigint[]),
       unnest($5::bigint[]), unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::bigint[]),
       unnest($9::bigint[]), unnest($10::bigint[]), unnest($11::bigint[]), unnest($12::bigint[])
on conflict (account_id, batch_id, shard) do update
set scheduled = t.scheduled + excluded.scheduled, queued = t.queued + excluded.queued,
    submitted = t.submitted + excluded.submitted, sent = t.sent + excluded.sent,
    delivered = t.delivered + excluded.delivered, failed = t.failed + excluded.failed,
    retrying = t.retrying + excluded.retrying, cancelled = t.cancelled + excluded.cancelled,
    expired = t.expired + excluded.expired;

-- name: journal_read_notices
-- $1 account ids, $2 keys: which of these notifications were made already.
select n.account_id, n.dedupe_key, n.event_id
from unnest($1::bigint[], $2::text[]) as k (account_id, dedupe_key)
join notifications n on n.account_id = k.account_id and n.dedupe_key = k.dedupe_key;

-- name: journal_number_notifications
-- $1 how many numbers. tenant: none, one sequence for all.
select nextval('notification_ids') from generate_series(1, $1::bigint);

-- name: journal_insert_notifications
-- $1 account ids, $2 numbers, $3 environments, $4 types, $5 titles, $6 texts, $7 links, $8 keys,
-- $9 event ids.
insert into notifications (account_id, notification_id, environment, type, title, body, link,
                           dedupe_key, event_id)
select unnest($1::bigint[]), unnest($2::bigint[]), unnest($3::smallint[]), unnest($4::text[]),
       unnest($5::text[]), unnest($6::text[]), unnest($7::text[]), unnest($8::text[]),
       unnest($9::uuid[]);

-- name: journal_read_inbound
-- $1 account ids, $2 carriers, $3 their ids: which of these were recorded already, and as what.
select s.account_id, s.carrier, s.carrier_message_id, s.inbound_id
from unnest($1::bigint[], $2::text[], $3::text[]) as k (account_id, carrier, carrier_message_id)
join inbound_seen s on s.account_id = k.account_id and s.carrier = k.carrier
                   and s.carrier_message_id = k.carrier_message_id;

-- name: journal_read_opt_outs
-- $1 account ids, $2 environments, $3 phones: which of these want nothing.
select o.account_id, o.environment, o.phone
from unnest($1::bigint[], $2::smallint[], $3::text[]) as k (account_id, environment, phone)
join opt_outs o on o.account_id = k.account_id and o.environment = k.environment
               and o.phone = k.phone;

-- name: journal_insert_inbound
-- $1 account ids, $2 inbound ids, $3 environments, $4 carriers, $5 their ids, $6 senders,
-- $7 recipients, $8 texts, $9 keywords, $10 apps, $11 wishes, $12 written by a machine.
with made as (
  insert into inbound_messages (account_id, inbound_id, environment, carrier, carrier_message_id,
                                sender, recipient, body, keyword, app_id, wish, auto_reply)
  select * from unnest($1::bigint[], $2::uuid[], $3::smallint[], $4::text[], $5::text[],
                       $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                       $11::smallint[], $12::boolean[])
  returning account_id, carrier, carrier_message_id, inbound_id
)
insert into inbound_seen (account_id, carrier, carrier_message_id, inbound_id)
select account_id, carrier, carrier_message_id, inbound_id from made;

-- name: journal_add_opt_outs
-- $1 account ids, $2 environments, $3 phones, $4 the messages that asked for it.
insert into opt_outs (account_id, environment, phone, source, inbound_id)
select v.account_id, v.environment, v.phone, 1, v.inbound_id
from unnest($1::bigint[], $2::smallint[], $3::text[], $4::uuid[])
       as v (account_id, environment, phone, inbound_id)
on conflict do nothing;

-- name: journal_remove_opt_outs
-- $1 account ids, $2 environments, $3 phones.
delete from opt_outs o
using unnest($1::bigint[], $2::smallint[], $3::text[]) as v (account_id, environment, phone)
where o.account_id = v.account_id and o.environment = v.environment and o.phone = v.phone;

-- name: journal_insert_carrier_ids
-- $1 carriers, $2 their ids, $3 account ids, $4 message ids. An id that a carrier gives twice stays
-- the first message's.
insert into carrier_ids (carrier, carrier_message_id, account_id, message_id)
select unnest($1::text[]), unnest($2::text[]), unnest($3::bigint[]), unnest($4::uuid[])
on conflict do nothing;
