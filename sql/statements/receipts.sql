-- Receipts for one part of several (table receipt_inbox).

-- name: keep_receipt
-- $1 account, $2 environment, $3 message, $4 part, $5 parts, $6 word, $7 error code or empty. Once
-- each.
insert into receipt_inbox (account_id, environment, message_id, part, parts, word, error)
values ($1::bigint, $2::smallint, $3::uuid, $4::smallint, $5::smallint, $6::text, $7::text)
on conflict do nothing;

-- name: lease_receipts
-- $1 limit, $2 how many ms to look back: the messages of receipts that are due. They are put off by
-- 5 s while they are being put together, so that schedulers share them and a killed one's come again.
-- tenant: none, schedulers serve all accounts.
update receipt_inbox r
set due_at = clock_timestamp() + interval '5 seconds'
where r.ctid = any (array(
  select ctid
  from receipt_inbox
  where due_at <= clock_timestamp()
    and due_at >= now() - make_interval(secs => $2::bigint / 1000.0)
  order by due_at
  limit $1::bigint
  for update skip locked
))
returning r.account_id, r.message_id;

-- name: receipts_of_messages
-- $1 account ids, $2 message ids: all that is known of their parts.
select r.account_id, r.message_id, r.environment, r.part, r.parts, r.word, r.error
from unnest($1::bigint[], $2::uuid[]) as k (account_id, message_id)
join receipt_inbox r on r.account_id = k.account_id and r.message_id = k.message_id;

-- name: receipts_applied
-- $1 account ids, $2 message ids, $3 parts, $4 words, $5 whether their message's last word is in: then
-- they go, otherwise they wait for its other parts. Only those that were read: another part's may
-- have come since.
with applied as (
  select * from unnest($1::bigint[], $2::uuid[], $3::smallint[], $4::text[], $5::boolean[])
    as v (account_id, message_id, part, word, finished)
), gone as (
  delete from receipt_inbox r
  using applied v
  where r.account_id = v.account_id and r.message_id = v.message_id and r.part = v.part
    and r.word = v.word and v.finished
)
update receipt_inbox r
set due_at = null
from applied v
where r.account_id = v.account_id and r.message_id = v.message_id and r.part = v.part
  and r.word = v.word and not v.finished and r.due_at is not null;

-- name: receipts_waiting
-- tenant: none, a gauge for the whole platform.
select count(*) from receipt_inbox;
