-- What the scheduler's webhook job asks and records. A lane (table webhook_lanes) is what waits for
-- one endpoint; whoever holds the lane's token works it.

-- name: webhook_take_lanes
-- $1 token, $2 lease in ms, $3 limit, $4 floor: lanes in which something is due and that nobody
-- works. Steps over the queue's index from lane to lane, one look-up each, however many wait in them.
-- Nothing waits from before the floor (webhook_oldest); but what was there stays in the index as long
-- as somebody holds an old snapshot, and without the floor each entry would be looked up in the table.
-- tenant: none, lanes of all accounts.
with recursive waiting as (
  (select account_id, endpoint_id, next_attempt_at
   from webhook_queue
   where platform_open() and next_attempt_at >= $4::timestamptz
   order by account_id, endpoint_id, next_attempt_at
   limit 1)
  union all
  select n.account_id, n.endpoint_id, n.next_attempt_at
  from waiting w
  cross join lateral (
    select q.account_id, q.endpoint_id, q.next_attempt_at
    from webhook_queue q
    where (q.account_id, q.endpoint_id) > (w.account_id, w.endpoint_id)
      and q.next_attempt_at >= $4::timestamptz
    order by q.account_id, q.endpoint_id, q.next_attempt_at
    limit 1
  ) as n
), due as (
  select w.account_id, w.endpoint_id
  from waiting w
  left join webhook_lanes l on l.account_id = w.account_id and l.endpoint_id = w.endpoint_id
  where w.next_attempt_at <= clock_timestamp()
    and (l.token is null or (l.lease_until <= clock_timestamp() and l.not_before <= clock_timestamp()))
  limit $3::bigint
)
insert into webhook_lanes as l (account_id, endpoint_id, token, lease_until)
select account_id, endpoint_id, $1::uuid,
       clock_timestamp() + make_interval(secs => $2::bigint / 1000.0)
from due
on conflict (account_id, endpoint_id) do update
set token = excluded.token, lease_until = excluded.lease_until
where l.lease_until <= clock_timestamp() and l.not_before <= clock_timestamp()
returning account_id, endpoint_id, failures;

-- name: webhook_oldest
-- $1 floor: since when it has waited what waits longest, of what is not from before the floor; now, if
-- nothing waits. As webhook_take_lanes. tenant: none, lanes of all accounts.
with recursive waiting as (
  (select account_id, endpoint_id, next_attempt_at
   from webhook_queue
   where next_attempt_at >= $1::timestamptz
   order by account_id, endpoint_id, next_attempt_at
   limit 1)
  union all
  select n.account_id, n.endpoint_id, n.next_attempt_at
  from waiting w
  cross join lateral (
    select q.account_id, q.endpoint_id, q.next_attempt_at
    from webhook_queue q
    where (q.account_id, q.endpoint_id) > (w.account_id, w.endpoint_id)
      and q.next_attempt_at >= $1::timestamptz
    order by q.account_id, q.endpoint_id, q.next_attempt_at
    limit 1
  ) as n
)
select least(min(next_attempt_at), clock_timestamp()) as oldest
from waiting;

-- name: webhook_fetch
-- $1 token, $2 account ids, $3 endpoint ids, $4 how many of each, $5 the floor of webhook_take_lanes:
-- what is due in these lanes, the oldest first. Then the secrets before that sign too, in base64; the
-- last column says whether the endpoint is live.
select q.account_id, q.endpoint_id, q.delivery_id, q.attempt, d.body, d.trace_id, e.kind, e.url,
       e.secret,
       array(select translate(encode(o.s, 'base64'), E'\n', '')
             from unnest(array_prepend(e.old_secret, e.older_secrets),
                         array_prepend(e.old_secret_until, e.older_untils)) as o (s, u)
             where o.u > clock_timestamp()
             order by o.u desc) as older_secrets,
       coalesce(e.url is not null and e.is_active and e.disabled_at is null, false) as is_on
from unnest($2::bigint[], $3::uuid[], $4::int[]) as k (account_id, endpoint_id, most)
join webhook_lanes l on l.account_id = k.account_id and l.endpoint_id = k.endpoint_id
                    and l.token = $1::uuid
cross join lateral (
  select w.account_id, w.endpoint_id, w.delivery_id, w.attempt
  from webhook_queue w
  where w.account_id = k.account_id and w.endpoint_id = k.endpoint_id
    and w.next_attempt_at >= $5::timestamptz and w.next_attempt_at <= clock_timestamp()
  order by w.account_id, w.endpoint_id, w.next_attempt_at
  limit k.most
) as q
join webhook_deliveries d on d.account_id = q.account_id and d.delivery_id = q.delivery_id
left join webhook_endpoints e on e.account_id = q.account_id and e.endpoint_id = q.endpoint_id;

-- name: webhook_record
-- $1 token, $2 account ids, $3 endpoint ids, $4 delivery ids, $5 states after the attempt (1: it is
-- tried again), $6 ms until then, $7 HTTP statuses, $8 errors, $9 first bytes of the answers, $10 ms
-- they took. Nothing of a lane that the token no longer owns is recorded.
with outcome as (
  select v.*
  from unnest($2::bigint[], $3::uuid[], $4::uuid[], $5::smallint[], $6::bigint[], $7::smallint[],
              $8::text[], $9::text[], $10::int[])
       as v (account_id, endpoint_id, delivery_id, state, wait_ms, status, error, answer, took_ms)
  join webhook_lanes l on l.account_id = v.account_id and l.endpoint_id = v.endpoint_id
                      and l.token = $1::uuid
), done as (
  delete from webhook_queue q
  using outcome o
  where o.state <> {delivery.pending} and q.account_id = o.account_id and q.delivery_id = o.delivery_id
), again as (
  update webhook_queue q
  set next_attempt_at = clock_timestamp() + make_interval(secs => o.wait_ms / 1000.0),
      attempt = q.attempt + 1
  from outcome o
  where o.state = {delivery.pending} and q.account_id = o.account_id and q.delivery_id = o.delivery_id
), dead as (
  insert into webhook_dead (account_id, delivery_id)
  select account_id, delivery_id from outcome where state = {delivery.dead}
  on conflict do nothing
)
update webhook_deliveries d
set state = o.state, attempts = d.attempts + 1, last_attempt_at = clock_timestamp(),
    last_status = o.status, last_error = o.error, last_answer = o.answer, last_ms = o.took_ms
from outcome o
where d.account_id = o.account_id and d.delivery_id = o.delivery_id;

-- name: webhook_keep_lanes
-- $1 token, $2 lease in ms, $3 the hours of only failures after which an endpoint is given up,
-- $4 account ids, $5 endpoint ids, $6 failures one after the other, $7 ms to leave it alone, or 0,
-- $8 true: the lane is let go. Returns the lanes that are still the token's, and whether the
-- endpoint has failed for too long.
update webhook_lanes l
set lease_until = clock_timestamp()
                  + case when v.let_go then interval '0'
                         else make_interval(secs => $2::bigint / 1000.0) end,
    failures = v.failures,
    failing_since = case when v.failures > 0 then coalesce(l.failing_since, clock_timestamp()) end,
    not_before = case when v.hold_ms > 0
                      then clock_timestamp() + make_interval(secs => v.hold_ms / 1000.0)
                      else l.not_before end
from unnest($4::bigint[], $5::uuid[], $6::int[], $7::bigint[], $8::boolean[])
     as v (account_id, endpoint_id, failures, hold_ms, let_go)
where l.account_id = v.account_id and l.endpoint_id = v.endpoint_id and l.token = $1::uuid
returning l.account_id, l.endpoint_id,
          coalesce(l.failing_since < clock_timestamp() - make_interval(hours => $3::int), false) as is_failing_long;

-- name: webhook_disable
-- $1 account ids, $2 endpoint ids, $3 reasons: we stop calling them.
update webhook_endpoints e
set disabled_at = clock_timestamp(), disabled_reason = v.reason, notice_due = true
from unnest($1::bigint[], $2::uuid[], $3::text[]) as v (account_id, endpoint_id, reason)
where e.account_id = v.account_id and e.endpoint_id = v.endpoint_id and e.disabled_at is null;

-- name: webhook_drain
-- $1 token, $2 account, $3 endpoint, $4 limit: what waits for an endpoint that is off or gone is
-- given up, and can be replayed when it is on again.
with waiting as (
  select q.account_id, q.delivery_id
  from webhook_lanes l
  join webhook_queue q on q.account_id = l.account_id and q.endpoint_id = l.endpoint_id
  where l.account_id = $2::bigint and l.endpoint_id = $3::uuid and l.token = $1::uuid
    and not exists (select 1
                    from webhook_endpoints e
                    where e.account_id = l.account_id and e.endpoint_id = l.endpoint_id
                      and e.url is not null and e.is_active and e.disabled_at is null)
  limit $4::bigint
), gone as (
  delete from webhook_queue q
  using waiting w
  where q.account_id = w.account_id and q.delivery_id = w.delivery_id
  returning q.account_id, q.delivery_id
), dead as (
  insert into webhook_dead (account_id, delivery_id)
  select account_id, delivery_id from gone
  on conflict do nothing
)
update webhook_deliveries d
set state = {delivery.dead}, last_error = 'the endpoint is off'
from gone g
where d.account_id = g.account_id and d.delivery_id = g.delivery_id;

-- name: webhook_notices
-- $1 limit: endpoints that we switched off and whose owners do not know yet. tenant: none, those of
-- all accounts.
select account_id, endpoint_id, kind, disabled_reason, disabled_at
from webhook_endpoints
where notice_due
limit $1::bigint;

-- name: webhook_noticed
-- $1 account, $2 endpoint: its owner was told.
update webhook_endpoints
set notice_due = false
where account_id = $1::bigint and endpoint_id = $2::uuid;
