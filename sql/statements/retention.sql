-- What is kept how long. tenant: all, retention is the platform's.

-- name: upkeep_partitions
-- $1 months ahead.
select ensure_partitions($1::int);

-- name: months_due
-- $1 tables, $2 end: how many months of theirs ended by then.
select count(*) from old_months($1::text[], $2::timestamptz);

-- name: drop_old_month
-- $1 tables, $2 end, $3 ms to wait for a lock. Null when there is nothing to drop.
select drop_old_month($1::text[], $2::timestamptz, $3::int)::text;

-- name: rows_due
-- How many rows are due, of each at most 100,000: $1 cutoff of idempotency keys, $2 of sessions, $3
-- of the audit log, $4 of verifications, $5 of notifications, $6 of unrouted texts, $7 of repeated
-- texts, $8 of receipts in parts, $9 of carriers' ids, $10 of unmatched receipts, $11 of
-- texts. A null cutoff: none.
select (select count(*) from (select from idempotency_keys
                              where created_at < $1::timestamptz limit 100000) as x) as idempotency_keys,
       (select count(*) from (select from sessions
                              where ends_at < $2::timestamptz limit 100000) as x) as sessions,
       (select count(*) from (select from audit_log where at < $3::timestamptz limit 100000) as x) as audit_log,
       (select count(*) from (select from verifications
                              where verification_id < uuid7_floor($4::timestamptz)
                              limit 100000) as x) as verifications,
       (select count(*) from (select from notifications
                              where created_at < $5::timestamptz limit 100000) as x) as notifications,
       (select count(*) from (select from inbound_unrouted
                              where received_at < $6::timestamptz limit 100000) as x) as inbound_unrouted,
       (select count(*) from (select from inbound_seen
                              where seen_at < $7::timestamptz limit 100000) as x) as inbound_seen,
       (select count(*) from (select from receipt_inbox
                              where received_at < $8::timestamptz limit 100000) as x) as receipt_inbox,
       (select count(*) from (select from carrier_ids
                              where message_id < uuid7_floor($9::timestamptz) limit 100000) as x) as carrier_ids,
       (select count(*) from (select from carrier_receipts
                              where received_at < $10::timestamptz limit 100000) as x) as carrier_receipts,
       (select count(*) from (select from messages
                              where message_id < uuid7_floor($11::timestamptz) and body <> ''
                                and status in ({message.submitted}, {message.sent}, {message.delivered}, {message.failed}, {message.cancelled}, {message.expired}) limit 100000) as x) as texts;

-- name: forget_idempotency_keys
-- $1 cutoff, $2 limit.
with old as (
  select account_id, key_hash
  from idempotency_keys
  where created_at < $1::timestamptz
  limit $2::bigint
  for update skip locked
)
delete from idempotency_keys i
using old
where i.account_id = old.account_id and i.key_hash = old.key_hash;

-- name: forget_sessions
-- $1 cutoff: what ended before, $2 limit.
delete from sessions
where token_hash in (select token_hash from sessions
                     where ends_at < $1::timestamptz limit $2::bigint
                     for update skip locked);

-- name: forget_audit_log
-- $1 cutoff, $2 limit of each account: a row for each line that went.
select generate_series(1, forget_audit($1::timestamptz, $2::bigint));

-- name: forget_verifications
-- $1 cutoff, $2 limit.
delete from verifications
where ctid = any (array(
  select ctid from verifications where verification_id < uuid7_floor($1::timestamptz)
  limit $2::bigint
  for update skip locked
));

-- name: forget_notifications
-- $1 cutoff, $2 limit.
with old as (
  select account_id, notification_id
  from notifications
  where created_at < $1::timestamptz
  limit $2::bigint
  for update skip locked
)
delete from notifications n
using old
where n.account_id = old.account_id and n.notification_id = old.notification_id;

-- name: forget_unrouted
-- $1 cutoff, $2 limit.
delete from inbound_unrouted
where ctid = any (array(
  select ctid from inbound_unrouted where received_at < $1::timestamptz limit $2::bigint
  for update skip locked
));

-- name: forget_inbound_seen
-- $1 cutoff, $2 limit: no carrier repeats a callback later.
with old as (
  select account_id, carrier, carrier_message_id
  from inbound_seen
  where seen_at < $1::timestamptz
  limit $2::bigint
  for update skip locked
)
delete from inbound_seen s
using old
where s.account_id = old.account_id and s.carrier = old.carrier
  and s.carrier_message_id = old.carrier_message_id;

-- name: forget_receipts
-- $1 cutoff, $2 limit: of messages whose other parts were never heard of.
delete from receipt_inbox
where ctid = any (array(
  select ctid from receipt_inbox where received_at < $1::timestamptz limit $2::bigint
  for update skip locked
));

-- name: forget_carrier_ids
-- $1 cutoff, $2 limit.
delete from carrier_ids
where ctid = any (array(
  select ctid from carrier_ids where message_id < uuid7_floor($1::timestamptz) limit $2::bigint
  for update skip locked
));

-- name: forget_carrier_receipts
-- $1 cutoff, $2 limit.
delete from carrier_receipts
where ctid = any (array(
  select ctid from carrier_receipts where received_at < $1::timestamptz limit $2::bigint
  for update skip locked
));

-- name: texts_to_blank
-- $1 cutoff: from where on texts are still there, and to where they may go: none that still waits to
-- be sent.
select coalesce((select before from retention_marks where what = 'texts'),
                (select min(m)::timestamp at time zone 'UTC'
                 from old_months('{messages,inbound_messages}', now() + interval '1 month') as m),
                $1::timestamptz) as blanked_until,
       least($1::timestamptz, (select min(uuid7_time(message_id)) from dispatch),
             (select min(uuid7_time(id)) from claims, unnest(message_ids) as id)) as blank_until;

-- name: blank_texts
-- $1 … $2 when they were made, $3 limit: what is not waiting to be sent loses its text. By account, so
-- that the keys of the table find them.
with old as (
  select m.account_id, m.message_id
  from accounts a
  join messages m on m.account_id = a.account_id
  where m.message_id >= uuid7_floor($1::timestamptz) and m.message_id < uuid7_floor($2::timestamptz)
    and m.body <> '' and m.status in ({message.submitted}, {message.sent}, {message.delivered}, {message.failed}, {message.cancelled}, {message.expired})
  limit $3::bigint
  for update of m skip locked
)
update messages m
set body = '', shown_body = null
from old
where m.account_id = old.account_id and m.message_id = old.message_id;

-- name: blank_inbound_texts
-- As blank_texts, of texts that came in.
with old as (
  select m.account_id, m.inbound_id
  from accounts a
  join inbound_messages m on m.account_id = a.account_id
  where m.inbound_id >= uuid7_floor($1::timestamptz) and m.inbound_id < uuid7_floor($2::timestamptz)
    and m.body <> ''
  limit $3::bigint
  for update of m skip locked
)
update inbound_messages m
set body = ''
from old
where m.account_id = old.account_id and m.inbound_id = old.inbound_id;

-- name: mark_texts_blanked
-- $1 end of what has been blanked.
insert into retention_marks as r (what, before) values ('texts', $1::timestamptz)
on conflict (what) do update set before = greatest(r.before, excluded.before);
