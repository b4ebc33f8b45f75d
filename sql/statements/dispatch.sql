-- The scheduler's claims. Only PostgreSQL's clock says what is due, and the change of state from
-- waiting (1) to submitting (2) under a fresh token is the claim.

-- name: claim_due
-- $1 token, $2 lease in ms, $3 limit. tenant: none, schedulers serve all accounts; the rows found
-- carry theirs.
with due as (
  select ctid as place
  from dispatch
  where state = 1 and due_at <= clock_timestamp()
  order by due_at
  limit $3::bigint
  for update skip locked
)
update dispatch d
set state = 2, token = $1::uuid, attempt = d.attempt + 1,
    lease_until = clock_timestamp() + make_interval(secs => $2::bigint / 1000.0)
where d.ctid = any (array(select place from due))
returning d.account_id, d.message_id, d.attempt,
          (extract(epoch from clock_timestamp() - d.due_at) * 1000000)::bigint;

-- name: claim_named
-- $1 account ids, $2 message ids (what Redis calls due), $3 token, $4 lease in ms.
with due as (
  select d.place
  from unnest($1::bigint[], $2::uuid[]) as k (account_id, message_id)
  cross join lateral (
    select q.ctid as place
    from dispatch q
    where q.account_id = k.account_id and q.message_id = k.message_id
      and q.state = 1 and q.due_at <= clock_timestamp()
    for update skip locked
  ) as d
)
update dispatch d
set state = 2, token = $3::uuid, attempt = d.attempt + 1,
    lease_until = clock_timestamp() + make_interval(secs => $4::bigint / 1000.0)
where d.ctid = any (array(select place from due))
returning d.account_id, d.message_id, d.attempt,
          (extract(epoch from clock_timestamp() - d.due_at) * 1000000)::bigint;

-- name: claim_interrupted
-- $1 token, $2 lease in ms, $3 limit. Submits whose record never came. tenant: none, as claim_due.
with lost as (
  select ctid as place
  from dispatch
  where state = 2 and lease_until < clock_timestamp()
  order by lease_until
  limit $3::bigint
  for update skip locked
)
update dispatch d
set token = $1::uuid, attempt = d.attempt + 1,
    lease_until = clock_timestamp() + make_interval(secs => $2::bigint / 1000.0)
where d.ctid = any (array(select place from lost))
returning d.account_id, d.message_id, d.attempt, 0::bigint;

-- name: submissions_of
-- $1 account ids, $2 message ids: what a carrier needs of claimed messages.
select m.account_id, m.message_id, m.environment, m.phone, m.sender, m.body, m.encoding,
       m.segments
from unnest($1::bigint[], $2::uuid[]) as k (account_id, message_id)
join messages m on m.account_id = k.account_id and m.message_id = k.message_id;

-- name: waiting_page
-- $1 account, $2 message after which to go on, $3 limit: all waiting rows in key order, to build
-- the due index anew.
select account_id, message_id, (extract(epoch from due_at) * 1000)::bigint
from dispatch
where state = 1 and (account_id, message_id) > ($1::bigint, $2::uuid)
order by account_id, message_id
limit $3::bigint;

-- name: due_depth
-- tenant: none, a gauge for the whole platform.
select count(*) from dispatch where state = 1 and due_at <= clock_timestamp();
