-- What the journal does for webhooks, in the transaction of the change.

-- name: journal_read_webhooks
-- $1 account ids: which of them have a live endpoint, and the events that any of its own wants.
select e.account_id, bit_or(e.events) as events
from unnest($1::bigint[]) as k (account_id)
join webhook_endpoints e on e.account_id = k.account_id
where e.url is not null and e.is_active and e.disabled_at is null
group by e.account_id;

-- name: journal_insert_deliveries
-- $1 account ids, $2 message ids, $3 statuses they moved to, $4 error codes, $5 how many moves of
-- the message the batch has after this one. A row for the account's dlr_url, if it wants the event.
-- The documented fields come first, our own after them. The body is made here, from the row as it
-- is now, and never again.
with told as (
  select e.account_id, e.endpoint_id, e.kind, v.message_id, v.status,
         (array['scheduled', 'queued', 'submitted', 'sent', 'delivered', 'failed', 'retrying',
                'cancelled', 'expired'])[v.status] as word,
         case when v.status <> {message.delivered} then coalesce(v.error_code, m.error_code) end as error_code,
         case when v.status <> {message.delivered} then m.carrier_error_code end as carrier_error_code,
         m.moves - v.later as sequence, m.environment, m.phone, m.sender, m.segments,
         m.route_cost_micros, m.route_currency, m.cost_micros, m.cost_currency, m.retry_count,
         case when v.status = {message.delivered} then coalesce(m.delivered_at, now()) end as delivered_at,
         case when v.status = {message.failed} then coalesce(m.failed_at, now()) end as failed_at,
         m.trace_id
  from unnest($1::bigint[], $2::uuid[], $3::smallint[], $4::text[], $5::smallint[])
       with ordinality as v (account_id, message_id, status, error_code, later, place)
  join webhook_endpoints e on e.account_id = v.account_id and e.kind = 1
  join messages m on m.account_id = v.account_id and m.message_id = v.message_id
  where e.url is not null and e.is_active and e.disabled_at is null
    and e.events & (1 << v.status) <> 0
  order by v.place
), made as (
  insert into webhook_deliveries (account_id, delivery_id, endpoint_id, kind, message_id, event,
                                  trace_id, body)
  select t.account_id, uuid7_now(), t.endpoint_id, t.kind, t.message_id, 'message.' || t.word,
         t.trace_id, left(row_to_json(b)::text, -1)
           || case when t.environment = 1 then ',"test":true}' else '}' end
  from told t
  cross join lateral (
    select 'message.' || t.word as event, 'msg-' || t.message_id as message_id, t.word as status,
           t.phone, t.sender as sender_id, t.segments, money_number(t.route_cost_micros) as cost,
           t.error_code, t.retry_count, z_time(t.delivered_at) as delivered_at,
           z_time(t.failed_at) as failed_at, t.route_currency as currency,
           money_number(t.cost_micros) as wallet_cost, t.cost_currency as wallet_currency,
           t.carrier_error_code, t.sequence
  ) as b
  returning account_id, delivery_id, endpoint_id
)
insert into webhook_queue (account_id, delivery_id, endpoint_id, next_attempt_at)
select account_id, delivery_id, endpoint_id, clock_timestamp() from made;

-- name: journal_insert_inbound_deliveries
-- $1 account ids, $2 inbound ids: a row for the account's mo_url, for each active app with a
-- webhook and for each trigger of the number, every one in its own words.
with told as (
  select e.account_id, e.endpoint_id, e.kind, i.inbound_id,
         'mo_' || replace(i.inbound_id::text, '-', '') as mo_id,
         'msg_' || replace(i.inbound_id::text, '-', '') as msg_id,
         i.environment, i.sender, i.recipient, i.body as text, i.keyword, i.wish,
         i.carrier_message_id, a.tenant_id, uuid7_time(i.inbound_id) as at
  from unnest($1::bigint[], $2::uuid[]) as v (account_id, inbound_id)
  join inbound_messages i on i.account_id = v.account_id and i.inbound_id = v.inbound_id
  join accounts a on a.account_id = v.account_id
  join webhook_endpoints e on e.account_id = v.account_id
  where e.url is not null and e.is_active and e.disabled_at is null and e.events & 1 <> 0
    and (e.phone is null or ltrim(e.phone, '+') = ltrim(i.recipient, '+'))
    and (e.kind <> 3 or exists (select 1
                                from apps p
                                where p.account_id = e.account_id and p.app_id = e.app_id
                                  and p.is_active))
), made as (
  insert into webhook_deliveries (account_id, delivery_id, endpoint_id, kind, message_id, event,
                                  body)
  select t.account_id, uuid7_now(), t.endpoint_id, t.kind, t.inbound_id, 'message.inbound',
         case t.kind when 2 then left(row_to_json(mo)::text, -1)
                                 || case when t.environment = 1 then ',"test":true}' else '}' end
                     when 3 then row_to_json(app)::text
                     else row_to_json(callback)::text end
  from told t
  cross join lateral (
    select 'message.inbound' as event, t.mo_id as message_id, t.sender as "from",
           t.recipient as "to", t.text, t.keyword, case t.wish when 1 then 'stop' when 2 then 'start' end as opt_out,
           z_time(t.at) as received_at,
           (select row_to_json(s)
            from (select null as service_id, t.recipient as number, t.keyword,
                         case when t.keyword is null then 'dedicated' else 'shared' end as type,
                         false as toll_free) as s) as two_way
  ) as mo
  cross join lateral (
    select 'sms_inbound' as type, t.msg_id as "messageId", t.sender as "from",
           t.recipient as "to", t.text as body, t.carrier_message_id as "rcMessageId",
           t.tenant_id as "tenantId", z_time_ms(t.at) as timestamp
  ) as app
  cross join lateral (
    select t.msg_id as "messageId", t.sender as "from", t.recipient as "to", t.text,
           z_time_ms(t.at) as "receivedAt"
  ) as callback
  returning account_id, delivery_id, endpoint_id
)
insert into webhook_queue (account_id, delivery_id, endpoint_id, next_attempt_at)
select account_id, delivery_id, endpoint_id, clock_timestamp() from made;
