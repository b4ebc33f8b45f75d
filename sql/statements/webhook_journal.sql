-- What the journal does for webhooks, in the transaction of the change.

-- name: journal_read_webhooks
-- $1 account ids: which of them have a live endpoint, and the events that any of its own wants.
select e.account_id, bit_or(e.events)
from unnest($1::bigint[]) as k (account_id)
join webhook_endpoints e on e.account_id = k.account_id
where e.url is not null and e.is_active and e.disabled_at is null
group by e.account_id;

-- name: journal_insert_deliveries
-- $1 account ids, $2 message ids, $3 statuses they moved to, $4 error codes, $5 how many moves of
-- the message the batch has after this one. A row for the account's dlr_url, if it wants the event.
-- The body is api.md 6.2 with what is ours behind it; it is made here, from the row as it is now,
-- and never again.
with told as (
  select e.account_id, e.endpoint_id, e.kind, v.message_id, v.status,
         (array['scheduled', 'queued', 'submitted', 'sent', 'delivered', 'failed', 'retrying',
                'cancelled', 'expired'])[v.status] as word,
         case when v.status <> 5 then coalesce(v.error_code, m.error_code) end as error_code,
         m.moves - v.later as sequence, m.environment, m.phone, m.sender, m.segments,
         m.route_cost_micros, m.route_currency, m.cost_micros, m.cost_currency, m.retry_count,
         case when v.status = 5 then coalesce(m.delivered_at, now()) end as delivered_at,
         case when v.status = 6 then coalesce(m.failed_at, now()) end as failed_at
  from unnest($1::bigint[], $2::uuid[], $3::smallint[], $4::text[], $5::smallint[])
       with ordinality as v (account_id, message_id, status, error_code, later, place)
  join webhook_endpoints e on e.account_id = v.account_id and e.kind = 1
  join messages m on m.account_id = v.account_id and m.message_id = v.message_id
  where e.url is not null and e.is_active and e.disabled_at is null
    and e.events & (1 << v.status) <> 0
  order by v.place
), made as (
  insert into webhook_deliveries (account_id, delivery_id, endpoint_id, kind, message_id, event,
                                  body)
  select t.account_id, uuid7_now(), t.endpoint_id, t.kind, t.message_id, 'message.' || t.word,
         left(row_to_json(b)::text, -1)
           || case when t.environment = 1 then ',"test":true}' else '}' end
  from told t
  cross join lateral (
    select 'message.' || t.word as event, 'msg-' || t.message_id as message_id, t.word as status,
           t.phone, t.sender as sender_id, t.segments, money_number(t.route_cost_micros) as cost,
           t.error_code, t.retry_count, z_time(t.delivered_at) as delivered_at,
           z_time(t.failed_at) as failed_at, t.route_currency as currency,
           money_number(t.cost_micros) as wallet_cost, t.cost_currency as wallet_currency,
           t.sequence
  ) as b
  returning account_id, delivery_id, endpoint_id
)
insert into webhook_queue (account_id, delivery_id, endpoint_id, next_attempt_at)
select account_id, delivery_id, endpoint_id, clock_timestamp() from made;
