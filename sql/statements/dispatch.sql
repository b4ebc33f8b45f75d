-- The scheduler's claims. Only PostgreSQL's clock says what is due. Taking rows out of `dispatch`
-- and putting them under a fresh token into `claims`, in one statement, is the claim. What an earlier
-- state of the database would claim again asks platform_open() (deploy/restoring.md).

-- name: claim_due
-- $1 token, $2 lease in ms, $3 limit, $4 how many ms to look back: lateness in microseconds of each
-- claimed message. tenant: none, schedulers serve all accounts; the rows found carry theirs.
with due as (
  delete from dispatch
  where ctid = any (array(
    select ctid
    from dispatch
    where platform_open() and due_at <= clock_timestamp()
      and due_at >= now() - make_interval(secs => $4::bigint / 1000.0)
    order by due_at
    limit $3::bigint
    for update skip locked
  ))
  returning account_id, message_id, attempt + 1 as attempt, due_at, held_by
), claimed as (
  insert into claims (token, lease_until, account_ids, message_ids, attempts, carriers)
  select $1::uuid, clock_timestamp() + make_interval(secs => $2::bigint / 1000.0),
         array_agg(account_id), array_agg(message_id), array_agg(attempt::smallint),
         array_agg(held_by)
  from due
  having count(*) > 0
)
select account_id, message_id,
       (extract(epoch from clock_timestamp() - due_at) * 1000000)::bigint as late_us
from due;

-- name: claim_named
-- $1 token, $2 lease in ms, $3 account ids, $4 message ids: what Redis calls due. As claim_due.
with due as (
  delete from dispatch
  where ctid = any (array(
    select d.place
    from unnest($3::bigint[], $4::uuid[]) as k (account_id, message_id)
    cross join lateral (
      select q.ctid as place
      from dispatch q
      where q.account_id = k.account_id and q.message_id = k.message_id
        and q.due_at <= clock_timestamp() and platform_open()
      for update skip locked
    ) as d
  ))
  returning account_id, message_id, attempt + 1 as attempt, due_at, held_by
), claimed as (
  insert into claims (token, lease_until, account_ids, message_ids, attempts, carriers)
  select $1::uuid, clock_timestamp() + make_interval(secs => $2::bigint / 1000.0),
         array_agg(account_id), array_agg(message_id), array_agg(attempt::smallint),
         array_agg(held_by)
  from due
  having count(*) > 0
)
select account_id, message_id,
       (extract(epoch from clock_timestamp() - due_at) * 1000000)::bigint as late_us
from due;

-- name: claim_interrupted
-- $1 lease in ms, at least, and longer for older claims, which wait for a receipt; $2 limit, $3
-- messages after which no further claim is taken, $4 how many ms to look back: claims whose lease ended get a new token, so that
-- their old owner, if it still lives, can record nothing more. Few messages at a time: what a
-- process that dies leaves has then either moved on or not been touched. What is still open is read
-- again afterwards, by submissions_of: a statement sees only what was committed when it began.
-- tenant: none.
with ended as (
  select token, account_ids, message_ids, attempts, lease_until
  from claims
  where platform_open() and lease_until < clock_timestamp()
    and lease_until >= now() - make_interval(secs => $4::bigint / 1000.0)
  order by lease_until
  limit $2::bigint
  for update skip locked
), few as (
  select *
  from (select *, sum(cardinality(message_ids)) over (order by lease_until, token)
                  - cardinality(message_ids) as before
        from ended) as e
  where before < $3::bigint
), looked as (
  select f.token,
         (select count(*)
          from unnest(f.account_ids, f.message_ids, f.attempts)
                 as v (account_id, message_id, attempt)
          join messages m on m.account_id = v.account_id and m.message_id = v.message_id
          where m.status in ({message.scheduled}, {message.queued}, {message.retrying}) and m.submits < v.attempt) as open
  from few f
)
update claims c
set token = gen_random_uuid(), recoveries = recoveries + 1, open = l.open,
    stalled = case when l.open < coalesce(c.open, cardinality(c.message_ids)) then 0
                   else c.stalled + 1 end,
    lease_until = clock_timestamp() + greatest(make_interval(secs => $1::bigint / 1000.0),
                                               (clock_timestamp() - made_at) / 8)
from looked l
where c.token = l.token
returning c.token;

-- name: submissions_of
-- $1 tokens: what a carrier needs of the messages of these claims that are still open.
-- Then: how often in a row it was recovered and nothing had moved, automatic retries so far, whether
-- its last moment has passed, when its window opens (null: no window, or open now), its campaign,
-- app, route, the carrier that may have the message already (null: none), whether the recipient has
-- opted out since it was accepted, the age of the claim in seconds, the message's place, from 1,
-- among how many, whether the claim was recovered, the account's status, whether the route is
-- active, whether the sender name that was asked for may still be used, when it was to leave, and its
-- last moment, and the trace of its caller's.
-- tenant: none, a claim holds messages of many accounts, each joined by its own.
-- body: the carrier gets the real text.
select c.token, (v.attempt + c.recoveries)::bigint as attempt, m.account_id, m.message_id,
       m.environment,
       m.status, m.phone, m.sender, m.body, m.encoding, m.segments, c.stalled, m.auto_retries,
       coalesce(m.not_after < clock_timestamp(), false) as is_too_late,
       nullif(window_opens(now(), m.window_opens, m.window_closes, m.window_zone), now()) as window_opens_at,
       m.batch_id, m.app_id, m.route,
       coalesce((select split_part(e.event_key, ':', 4)
                 from message_events e
                 where c.recoveries > 0 and e.account_id = m.account_id
                   and e.message_id = m.message_id
                   and case e.event when 'rerouted' then split_part(e.event_key, ':', 2)::int end
                       >= v.attempt
                 order by e.at desc, e.event_id desc
                 limit 1), v.carrier) as rerouted_from,
       m.source not in ('opt_out_reply', 'verify') and exists (
         select from opt_outs o
         where o.account_id = m.account_id and o.environment = m.environment
           and o.phone = m.phone) as is_opted_out,
       extract(epoch from clock_timestamp() - c.made_at)::bigint as claimed_ago_s,
       v.place, cardinality(c.message_ids) as claim_size, c.recoveries > 0 as is_recovered,
       a.status as account_status,
       coalesce(r.is_active, false) as is_active,
       m.sender is not distinct from r.sender_default or m.batch_id is null and m.named & 2 = 0
         or sender_stands(m.account_id, m.sender, m.route, m.country) as sender_stands,
       m.scheduled_at, m.not_after, m.trace_id
from claims c,
     unnest(c.account_ids, c.message_ids, c.attempts, c.carriers) with ordinality
       as v (account_id, message_id, attempt, carrier, place)
join messages m on m.account_id = v.account_id and m.message_id = v.message_id
join accounts a on a.account_id = m.account_id
left join routes r on r.code = m.route
where c.token = any ($1::uuid[]) and m.status in ({message.scheduled}, {message.queued}, {message.retrying}) and m.submits < v.attempt;

-- name: release_held
-- What was held while its account was suspended is due: the account is suspended no more. Accounts
-- are found by hopping over the index of what is held, which is as short as there are such accounts.
-- tenant: none, each account's rows by its own id.
with recursive held as (
  (select account_id from dispatch where due_at >= '9999-01-01Z' order by account_id limit 1)
  union all
  select (select d.account_id
          from dispatch d
          where d.due_at >= '9999-01-01Z' and d.account_id > h.account_id
          order by d.account_id
          limit 1)
  from held h
  where h.account_id is not null
)
update dispatch d
set due_at = clock_timestamp()
from held h
join accounts a on a.account_id = h.account_id
where a.status <> {account.suspended} and d.account_id = h.account_id
  and d.due_at >= '9999-01-01Z';

-- name: claim_choose
-- $1 token, $2 carriers in step with its messages: whom its owner will ask. No row: it is somebody
-- else's by now. tenant: none, a claim holds messages of many accounts.
update claims set carriers = $2::text[] where token = $1::uuid returning token;

-- name: waiting_page
-- $1 account, $2 message after which to go on, $3 limit: all waiting rows in key order, to build
-- the due index anew. tenant: none, the index is everybody's.
select account_id, message_id, (extract(epoch from due_at) * 1000)::bigint as due_at_ms
from dispatch
where (account_id, message_id) > ($1::bigint, $2::uuid)
order by account_id, message_id
limit $3::bigint;

-- name: due_depth
-- $1 how many ms to look back. tenant: none, a gauge for the whole platform.
select count(*)
from dispatch
where due_at <= clock_timestamp()
  and due_at >= now() - make_interval(secs => $1::bigint / 1000.0);
