-- Receipts of carriers that name messages by ids of their own (tables carrier_ids, carrier_receipts).

-- name: messages_of_carrier_ids
-- $1 carrier, $2 its ids: those that are known. tenant: none, this is where the account comes from.
select carrier_message_id, account_id, message_id
from carrier_ids
where carrier = $1::text and carrier_message_id = any ($2::text[]);

-- name: keep_carrier_receipts
-- $1 carrier, $2 its ids, $3 account ids or null, $4 message ids or null, $5 words, $6 errors,
-- $7 carrier's times, $8 masked numbers, $9 networks, $10 carrier's prices: each counted once more when it is there.
insert into carrier_receipts as r (carrier, carrier_message_id, account_id, message_id, word, error,
                                   carrier_time, number, network, cost, times)
select $1::text, v.carrier_message_id, v.account_id, v.message_id, v.word, min(v.error),
       min(v.carrier_time), min(v.number), min(v.network), min(v.cost), count(*)
from unnest($2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::text[], $10::text[])
  as v (carrier_message_id, account_id, message_id, word, error, carrier_time, number, network,
        cost)
group by v.carrier_message_id, v.account_id, v.message_id, v.word
order by v.carrier_message_id, v.message_id, v.word
on conflict (carrier, carrier_message_id, message_id, word) do update
set times = r.times + excluded.times, last_received_at = clock_timestamp();

-- name: match_carrier_receipts
-- $1 limit: of the receipts that are due, those whose message is known. All of them are put off: by
-- 1 s in their first minute, by 1 min in their first hour, then by 10 min.
-- tenant: none, this is where the account comes from.
with due as (
  select receipt_id
  from carrier_receipts
  where due_at <= clock_timestamp()
  order by due_at
  limit $1::bigint
  for update skip locked
), leased as (
  update carrier_receipts r
  set due_at = clock_timestamp()
               + case when r.received_at > clock_timestamp() - interval '1 minute'
                        then interval '1 second'
                      when r.received_at > clock_timestamp() - interval '1 hour'
                        then interval '1 minute'
                      else interval '10 minutes' end
  from due
  where r.receipt_id = due.receipt_id
  returning r.*
)
select l.receipt_id, coalesce(l.account_id, i.account_id) as account_id,
       coalesce(l.message_id, i.message_id) as message_id,
       l.word, l.carrier_message_id, l.error, l.carrier_time, l.network, l.cost
from leased l
left join carrier_ids i on l.account_id is null and i.carrier = l.carrier
                       and i.carrier_message_id = l.carrier_message_id
where coalesce(l.account_id, i.account_id) is not null
order by l.receipt_id;

-- name: drop_carrier_receipts
-- $1 receipts that are committed, or that the operator discards. tenant: none, as above.
delete from carrier_receipts where receipt_id = any ($1::bigint[]);

-- name: carrier_receipts_unmatched
-- A gauge: older than a record of a submit may take. tenant: none, the whole platform.
select count(*) from carrier_receipts where received_at < clock_timestamp() - interval '1 minute';

-- name: carrier_receipts_page
-- $1 carrier or null, $2 receipts before this one or null, $3 limit. Newest first.
-- tenant: none, the operator's.
select receipt_id, carrier, carrier_message_id, account_id, message_id, word, error, carrier_time,
       number, times, received_at, last_received_at,
       extract(epoch from clock_timestamp() - received_at)::bigint as age_s
from carrier_receipts
where ($1::text is null or carrier = $1::text) and ($2::bigint is null or receipt_id < $2::bigint)
order by receipt_id desc
limit $3::bigint;

-- name: carrier_receipts_of_trial
-- $1 carrier, $2 its id or empty, $3 message: receipts of a message that the operator tried, oldest
-- first. tenant: none, it is nobody's message.
select receipt_id, word, error, carrier_time, network, cost
from carrier_receipts
where carrier = $1::text
  and (message_id = $3::uuid or $2::text <> '' and carrier_message_id = $2::text)
order by received_at, receipt_id;
