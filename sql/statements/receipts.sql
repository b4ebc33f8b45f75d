-- Receipts that cannot be applied by themselves (table receipt_inbox).

-- name: keep_receipt
-- $1 carrier, $2 account, $3 environment, $4 message, $5 part, $6 parts, $7 word. Once each.
insert into receipt_inbox (carrier, account_id, environment, message_id, part, parts, word)
values ($1::text, $2::bigint, $3::smallint, $4::uuid, $5::smallint, $6::smallint, $7::text)
on conflict do nothing;

-- name: keep_named_receipt
-- $1 carrier, $2 its id of the message, normalised, $3 word. Once each.
-- tenant: none, whose it is is found by the id.
insert into receipt_inbox (carrier, carrier_message_id, word)
values ($1::text, $2::text, $3::text)
on conflict do nothing;

-- name: lease_receipts
-- $1 limit. Due receipts, put off by 5 s while they are being matched, so that schedulers share them
-- and a killed one's come again. tenant: none, the carriers' side.
update receipt_inbox r
set due_at = clock_timestamp() + interval '5 seconds', tries = r.tries + 1
where r.ctid = any (array(
  select ctid
  from receipt_inbox
  where due_at <= clock_timestamp()
  order by due_at
  limit $1::bigint
  for update skip locked
))
returning r.receipt_id, r.carrier, r.carrier_message_id, r.account_id, r.message_id;

-- name: find_carrier_refs
-- $1 carriers, $2 forms of an id of theirs, $3 the receipts: the newest message of each id. A carrier
-- uses its ids again: an old one is another message's. tenant: none, this is where it comes from.
select distinct on (k.receipt_id) k.receipt_id, f.account_id, f.environment, f.message_id, f.part,
       f.parts
from unnest($1::text[], $2::text[], $3::bigint[]) as k (carrier, carrier_message_id, receipt_id)
join carrier_refs f on f.carrier = k.carrier and f.carrier_message_id = k.carrier_message_id
where f.made_at > now() - interval '7 days'
order by k.receipt_id, f.made_at desc;

-- name: name_receipts
-- $1 receipts, $2 account ids, $3 environments, $4 messages, $5 parts, $6 of so many: whose they are.
-- One whose message has such a word already goes.
with named as (
  select * from unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::uuid[], $5::smallint[],
                       $6::smallint[])
    as v (receipt_id, account_id, environment, message_id, part, parts)
), dropped as (
  delete from receipt_inbox r
  using named v
  where r.receipt_id = v.receipt_id and exists (
    select 1 from receipt_inbox o
    where o.account_id = v.account_id and o.message_id = v.message_id and o.part = v.part
      and o.word = r.word and o.receipt_id <> r.receipt_id)
)
update receipt_inbox r
set account_id = v.account_id, environment = v.environment, message_id = v.message_id,
    part = v.part, parts = v.parts
from named v
where r.receipt_id = v.receipt_id and not exists (
  select 1 from receipt_inbox o
  where o.account_id = v.account_id and o.message_id = v.message_id and o.part = v.part
    and o.word = r.word and o.receipt_id <> r.receipt_id);

-- name: receipts_of_messages
-- $1 account ids, $2 message ids: all that is known of their parts.
select r.account_id, r.message_id, r.environment, r.part, r.parts, r.word, r.receipt_id
from unnest($1::bigint[], $2::uuid[]) as k (account_id, message_id)
join receipt_inbox r on r.account_id = k.account_id and r.message_id = k.message_id;

-- name: receipts_applied
-- $1 receipts, $2 whether their message's last word is in: then they go, otherwise they wait for its
-- other parts. Only those that were read: another part's may have come since.
-- tenant: none, by the ids that were read.
with applied as (
  select * from unnest($1::bigint[], $2::boolean[]) as v (receipt_id, finished)
), gone as (
  delete from receipt_inbox r using applied v where r.receipt_id = v.receipt_id and v.finished
)
update receipt_inbox r
set due_at = null
from applied v
where r.receipt_id = v.receipt_id and not v.finished and r.due_at is not null;

-- name: receipts_unmatched
-- $1 receipts whose message nobody knows yet: again later, for two days; then they stay for the
-- operator. tenant: none, nobody knows whose they are.
update receipt_inbox
set due_at = case
  when received_at < now() - interval '2 days' then null
  else clock_timestamp() + least(interval '1 second' * 2 ^ least(tries, 10), interval '10 minutes')
end
where receipt_id = any ($1::bigint[]);

-- name: receipts_waiting
-- tenant: none, gauges for the whole platform: receipts of nobody's messages, and parts that wait.
select count(*) filter (where message_id is null), count(*) filter (where message_id is not null)
from receipt_inbox;

-- name: drop_old_receipts
-- tenant: none, the carriers' side.
with refs as (delete from carrier_refs where made_at < now() - interval '30 days')
delete from receipt_inbox where received_at < now() - interval '30 days';
