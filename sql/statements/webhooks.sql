-- What the binaries ask that configure webhooks and show what became of the calls.

-- name: webhook_account
-- $1 account: a row for dlr_url, then one for mo_url; none before the first look.
select e.endpoint_id, e.url, e.events, e.secret,
       case when e.old_secret_until > now() then e.old_secret_until end as old_secret_until,
       e.is_active,
       e.disabled_at, e.disabled_reason, l.failing_since
from webhook_endpoints e
left join webhook_lanes l on l.account_id = e.account_id and l.endpoint_id = e.endpoint_id
where e.account_id = $1::bigint and e.kind in (1, 2)
order by e.kind;

-- name: webhook_account_make
-- $1 account, $2 and $3 ids, $4 sealed secret. Receipts of final states (5, 6, 8, 9), and inbound.
insert into webhook_endpoints (account_id, endpoint_id, kind, events, secret)
values ($1::bigint, $2::uuid, 1, (1 << 5) | (1 << 6) | (1 << 8) | (1 << 9), $4::bytea),
       ($1::bigint, $3::uuid, 2, 1, $4::bytea)
on conflict do nothing;

-- name: webhook_account_change
-- $1 account, $2 dlr_url is given, $3 dlr_url, $4 mo_url is given, $5 mo_url, $6 is_active or null,
-- $7 events of receipts or null. A new URL and `is_active` end what we had switched off.
with changed as (
  update webhook_endpoints
  set url = case when kind = 1 and $2::boolean then $3::text
                 when kind = 2 and $4::boolean then $5::text
                 else url end,
      is_active = coalesce($6::boolean, is_active),
      events = case when kind = 1 then coalesce($7::int, events) else events end,
      disabled_at = case when $6::boolean or (kind = 1 and $2::boolean)
                              or (kind = 2 and $4::boolean) then null else disabled_at end,
      disabled_reason = case when $6::boolean or (kind = 1 and $2::boolean)
                                  or (kind = 2 and $4::boolean) then null
                             else disabled_reason end,
      configured_at = clock_timestamp()
  where account_id = $1::bigint and kind in (1, 2)
  returning account_id, endpoint_id, disabled_at
)
update webhook_lanes l
set failures = 0, failing_since = null, not_before = '-infinity'
from changed c
where l.account_id = c.account_id and l.endpoint_id = c.endpoint_id and c.disabled_at is null;

-- name: webhook_account_clear
-- $1 account: no URLs, everything else as at the beginning but the secret.
update webhook_endpoints
set url = null, is_active = true, disabled_at = null, disabled_reason = null,
    events = case when kind = 1 then (1 << 5) | (1 << 6) | (1 << 8) | (1 << 9) else events end,
    configured_at = clock_timestamp()
where account_id = $1::bigint and kind in (1, 2);

-- name: webhook_account_rotate
-- $1 account, $2 sealed secret, $3 hours for which the one before signs too. So do those before it,
-- until their own hours are over; at most 5 in all.
update webhook_endpoints e
set (older_secrets, older_untils) = (
      select coalesce(array_agg(o.s order by o.u desc), '{}'),
             coalesce(array_agg(o.u order by o.u desc), '{}')
      from (select s, u
            from unnest(array_prepend(e.old_secret, e.older_secrets),
                        array_prepend(e.old_secret_until, e.older_untils)) as both_arrays (s, u)
            where u > clock_timestamp()
            order by u desc
            limit 4) as o),
    old_secret = secret, old_secret_until = clock_timestamp() + make_interval(hours => $3::int),
    secret = $2::bytea
where account_id = $1::bigint and kind in (1, 2, 4)
returning old_secret_until;

-- name: webhook_set_app
-- $1 account, $2 id, $3 app, $4 URL, $5 sealed secret for a new one. Returns the secret in force.
insert into webhook_endpoints as e (account_id, endpoint_id, kind, app_id, url, events, secret)
values ($1::bigint, $2::uuid, 3, $3::text, $4::text, 1, $5::bytea)
on conflict (account_id, app_id) where kind = 3 do update
set url = excluded.url, is_active = true, disabled_at = null, disabled_reason = null,
    configured_at = clock_timestamp()
returning e.secret;

-- name: webhook_remove_app
-- $1 account, $2 app.
delete from webhook_endpoints
where account_id = $1::bigint and kind = 3 and app_id = $2::text;

-- name: webhook_subscribe
-- $1 account, $2 id, $3 URL, $4 number or null, $5 most subscriptions of an account. The secret is
-- the account's. No row: there are that many.
insert into webhook_endpoints (account_id, endpoint_id, kind, phone, url, events, secret,
                               old_secret, old_secret_until, older_secrets, older_untils)
select e.account_id, $2::uuid, 4, $4::text, $3::text, 1, e.secret, e.old_secret, e.old_secret_until,
       e.older_secrets, e.older_untils
from webhook_endpoints e
where e.account_id = $1::bigint and e.kind = 1
  and (select count(*)
       from webhook_endpoints t
       where t.account_id = $1::bigint and t.kind = 4) < $5::bigint
returning endpoint_id;

-- name: webhook_unsubscribe
-- $1 account, $2 id.
delete from webhook_endpoints
where account_id = $1::bigint and endpoint_id = $2::uuid and kind = 4;

-- name: webhook_insert_test
-- $1 account, $2 endpoint, $3 event, $4 body. Behind the whole schedule, so that it is tried once.
with made as (
  insert into webhook_deliveries (account_id, delivery_id, endpoint_id, kind, event, body)
  select e.account_id, uuid7_now(), e.endpoint_id, e.kind, $3::text, $4::text
  from webhook_endpoints e
  where e.account_id = $1::bigint and e.endpoint_id = $2::uuid
    and e.url is not null and e.is_active and e.disabled_at is null
  returning account_id, delivery_id, endpoint_id
)
insert into webhook_queue (account_id, delivery_id, endpoint_id, next_attempt_at, attempt)
select account_id, delivery_id, endpoint_id, clock_timestamp(), 99 from made
returning delivery_id;

-- The four pages of the log have the same columns and differ in where they look: generic plans
-- would not choose.

-- name: webhook_deliveries_page
-- $1 account, $2 … $3 ids from (inclusive) to (exclusive), $4 state or null, $5 event or null,
-- $6 limit, $7 offset.
select d.delivery_id, d.kind, d.event, d.message_id, d.state, d.attempts, d.last_status,
       d.last_error, d.last_answer, d.last_attempt_at, d.last_ms, q.next_attempt_at
from webhook_deliveries d
left join webhook_queue q on q.account_id = d.account_id and q.delivery_id = d.delivery_id
where d.account_id = $1::bigint and d.delivery_id >= $2::uuid and d.delivery_id < $3::uuid
  and ($4::smallint is null or d.state = $4::smallint)
  and ($5::text is null or d.event = $5::text)
order by d.delivery_id desc
limit $6::bigint offset $7::bigint;

-- name: webhook_deliveries_page_of_message
-- As webhook_deliveries_page, and $8 message.
select d.delivery_id, d.kind, d.event, d.message_id, d.state, d.attempts, d.last_status,
       d.last_error, d.last_answer, d.last_attempt_at, d.last_ms, q.next_attempt_at
from webhook_deliveries d
left join webhook_queue q on q.account_id = d.account_id and q.delivery_id = d.delivery_id
where d.account_id = $1::bigint and d.delivery_id >= $2::uuid and d.delivery_id < $3::uuid
  and ($4::smallint is null or d.state = $4::smallint)
  and ($5::text is null or d.event = $5::text)
  and d.message_id = $8::uuid
order by d.delivery_id desc
limit $6::bigint offset $7::bigint;

-- name: webhook_deliveries_page_of_pending
-- As webhook_deliveries_page, of what waits; $4 is not looked at.
select d.delivery_id, d.kind, d.event, d.message_id, d.state, d.attempts, d.last_status,
       d.last_error, d.last_answer, d.last_attempt_at, d.last_ms, q.next_attempt_at
from webhook_queue q
join webhook_deliveries d on d.account_id = q.account_id and d.delivery_id = q.delivery_id
where q.account_id = $1::bigint and q.delivery_id >= $2::uuid and q.delivery_id < $3::uuid
  and ($4::smallint is not null) and ($5::text is null or d.event = $5::text)
order by q.delivery_id desc
limit $6::bigint offset $7::bigint;

-- name: webhook_deliveries_page_of_dead
-- As webhook_deliveries_page, of what was given up; $4 is not looked at.
select d.delivery_id, d.kind, d.event, d.message_id, d.state, d.attempts, d.last_status,
       d.last_error, d.last_answer, d.last_attempt_at, d.last_ms,
       null::timestamptz as next_attempt_at
from webhook_dead x
join webhook_deliveries d on d.account_id = x.account_id and d.delivery_id = x.delivery_id
where x.account_id = $1::bigint and x.delivery_id >= $2::uuid and x.delivery_id < $3::uuid
  and ($4::smallint is not null) and ($5::text is null or d.event = $5::text)
order by x.delivery_id desc
limit $6::bigint offset $7::bigint;

-- name: webhook_delivery
-- $1 account, $2 delivery: the columns of webhook_deliveries_page, and the body.
select d.delivery_id, d.kind, d.event, d.message_id, d.state, d.attempts, d.last_status,
       d.last_error, d.last_answer, d.last_attempt_at, d.last_ms, q.next_attempt_at, d.body
from webhook_deliveries d
left join webhook_queue q on q.account_id = d.account_id and q.delivery_id = d.delivery_id
where d.account_id = $1::bigint and d.delivery_id = $2::uuid;

-- name: webhook_replay
-- $1 account, $2 deliveries: to be called again from the start of the schedule, whatever they are
-- now, if their endpoint is live. Returns those.
with found as (
  select d.account_id, d.delivery_id, d.endpoint_id
  from unnest($2::uuid[]) as k (delivery_id)
  join webhook_deliveries d on d.account_id = $1::bigint and d.delivery_id = k.delivery_id
  join webhook_endpoints e on e.account_id = d.account_id and e.endpoint_id = d.endpoint_id
  where e.url is not null and e.is_active and e.disabled_at is null
), raised as (
  delete from webhook_dead x
  using found f
  where x.account_id = f.account_id and x.delivery_id = f.delivery_id
), queued as (
  insert into webhook_queue (account_id, delivery_id, endpoint_id, next_attempt_at)
  select account_id, delivery_id, endpoint_id, clock_timestamp() from found
  on conflict (account_id, delivery_id) do update
  set next_attempt_at = excluded.next_attempt_at, attempt = 0
)
update webhook_deliveries d
set state = {delivery.pending}
from found f
where d.account_id = f.account_id and d.delivery_id = f.delivery_id
returning d.delivery_id;

-- name: webhook_replayable
-- $1 account, $2 … $3 ids from (inclusive) to (exclusive), $4 event or null, $5 endpoint or null,
-- $6 limit: given up.
select d.delivery_id
from webhook_dead x
join webhook_deliveries d on d.account_id = x.account_id and d.delivery_id = x.delivery_id
where x.account_id = $1::bigint and x.delivery_id >= $2::uuid and x.delivery_id < $3::uuid
  and ($4::text is null or d.event = $4::text)
  and ($5::uuid is null or d.endpoint_id = $5::uuid)
order by x.delivery_id
limit $6::bigint;

-- name: webhook_replayable_delivered
-- As webhook_replayable, of what had arrived.
select d.delivery_id
from webhook_deliveries d
where d.account_id = $1::bigint and d.delivery_id >= $2::uuid and d.delivery_id < $3::uuid
  and d.state = {delivery.delivered} and ($4::text is null or d.event = $4::text)
  and ($5::uuid is null or d.endpoint_id = $5::uuid)
order by d.delivery_id
limit $6::bigint;

-- name: webhook_endpoints_of_account
-- $1 account: every endpoint, and how many calls wait for it and were given up.
select e.endpoint_id, e.kind, e.app_id, e.url, e.is_active, e.disabled_at, e.disabled_reason,
       (select count(*) from webhook_queue q
        where q.account_id = e.account_id and q.endpoint_id = e.endpoint_id) as waiting,
       (select count(*)
        from webhook_dead x
        join webhook_deliveries d on d.account_id = x.account_id
                                 and d.delivery_id = x.delivery_id
        where x.account_id = e.account_id and d.endpoint_id = e.endpoint_id) as dead
from webhook_endpoints e
where e.account_id = $1::bigint
order by e.kind, e.endpoint_id;
