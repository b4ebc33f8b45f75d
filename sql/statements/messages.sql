-- The id is the time: `message_id desc` is newest first, and a range of ids prunes partitions.
-- One statement a shape of filter, because plans are generic: an optional filter on the column
-- that leads an index would keep the planner from it.

-- name: messages_page
-- $1 account, $2 environments, $3 … $4 ids from (inclusive) to (exclusive), $5 statuses, $6 words of receipts
-- that `failed` ones must have, or null,
-- $7 limit, $8 offset.
select message_id, phone, coalesce(shown_body, body) as body, sender, route, country, segments,
       route_cost_micros,
       route_currency, cost_micros, cost_currency, status, error_code, retry_count, delivered_at
from messages
where account_id = $1::bigint and environment = any ($2::smallint[])
  and message_id >= $3::uuid and message_id < $4::uuid
  and status = any ($5::smallint[])
  and ($6::text[] is null or status <> {message.failed} or dlr_status = any ($6::text[]))
order by message_id desc
limit $7::bigint offset $8::bigint;

-- name: messages_page_failed
-- As messages_page with only `failed` among the statuses: by the index messages_failed, however few
-- there are.
select message_id, phone, coalesce(shown_body, body) as body, sender, route, country, segments,
       route_cost_micros,
       route_currency, cost_micros, cost_currency, status, error_code, retry_count, delivered_at
from messages
where account_id = $1::bigint and environment = any ($2::smallint[])
  and message_id >= $3::uuid and message_id < $4::uuid
  and status = any ($5::smallint[])
  and ($6::text[] is null or status <> {message.failed} or dlr_status = any ($6::text[])) and failed_at is not null
order by message_id desc
limit $7::bigint offset $8::bigint;

-- name: messages_newest
-- $1 account, $2 environments, $3 … $4 ids from (inclusive) to (exclusive), $5 limit: the columns of
-- messages_page. Of the account's newest messages, those of the environments: it never reads more
-- than the limit, so it may be asked before it is known what there is.
-- body: the outer one is what the inner select shows.
select message_id, phone, body, sender, route, country, segments, route_cost_micros,
       route_currency, cost_micros, cost_currency, status, error_code, retry_count, delivered_at
from (select message_id, phone, coalesce(shown_body, body) as body, sender, route, country,
             segments, route_cost_micros, route_currency, cost_micros, cost_currency, status,
             error_code, retry_count, delivered_at, environment
      from messages
      where account_id = $1::bigint and message_id >= $3::uuid and message_id < $4::uuid
      order by message_id desc
      limit $5::bigint) as newest
where environment = any ($2::smallint[])
order by message_id desc;

-- name: messages_seek
-- $1 account, $2 … $3 ids from (inclusive) to (exclusive), $4 offset: the message that far from the
-- newest, whatever it is. By the index alone: ten times as fast as passing over rows.
select message_id
from messages
where account_id = $1::bigint and message_id >= $2::uuid and message_id < $3::uuid
order by message_id desc
limit 1 offset $4::bigint;

-- name: messages_page_of_phone
-- $1 … $6 as in messages_page, $7 phone, $8 batch or null, $9 limit, $10 offset.
select message_id, phone, coalesce(shown_body, body) as body, sender, route, country, segments,
       route_cost_micros,
       route_currency, cost_micros, cost_currency, status, error_code, retry_count, delivered_at
from messages
where account_id = $1::bigint and environment = any ($2::smallint[])
  and message_id >= $3::uuid and message_id < $4::uuid
  and status = any ($5::smallint[])
  and ($6::text[] is null or status <> {message.failed} or dlr_status = any ($6::text[]))
  and phone = $7::text and ($8::uuid is null or batch_id = $8::uuid)
order by message_id desc
limit $9::bigint offset $10::bigint;

-- name: messages_page_of_batch
-- $1 … $6 as in messages_page, $7 batch, $8 limit, $9 offset.
select message_id, phone, coalesce(shown_body, body) as body, sender, route, country, segments,
       route_cost_micros,
       route_currency, cost_micros, cost_currency, status, error_code, retry_count, delivered_at
from messages
where account_id = $1::bigint and environment = any ($2::smallint[])
  and message_id >= $3::uuid and message_id < $4::uuid
  and status = any ($5::smallint[])
  and ($6::text[] is null or status <> {message.failed} or dlr_status = any ($6::text[]))
  and batch_id = $7::uuid
order by message_id desc
limit $8::bigint offset $9::bigint;

-- name: messages_count
-- $1 … $6 as in messages_page, $7 the most worth counting.
select count(*)
from (select 1
      from messages
      where account_id = $1::bigint and environment = any ($2::smallint[])
        and message_id >= $3::uuid and message_id < $4::uuid
        and status = any ($5::smallint[])
        and ($6::text[] is null or status <> {message.failed} or dlr_status = any ($6::text[]))
      limit $7::bigint) as counted;

-- name: messages_count_of_phone
-- $1 … $6 as in messages_page, $7 phone, $8 batch or null, $9 the most worth counting.
select count(*)
from (select 1
      from messages
      where account_id = $1::bigint and environment = any ($2::smallint[])
        and message_id >= $3::uuid and message_id < $4::uuid
        and status = any ($5::smallint[])
        and ($6::text[] is null or status <> {message.failed} or dlr_status = any ($6::text[]))
        and phone = $7::text and ($8::uuid is null or batch_id = $8::uuid)
      limit $9::bigint) as counted;

-- name: messages_count_of_batch
-- $1 … $6 as in messages_page, $7 batch, $8 the most worth counting.
select count(*)
from (select 1
      from messages
      where account_id = $1::bigint and environment = any ($2::smallint[])
        and message_id >= $3::uuid and message_id < $4::uuid
        and status = any ($5::smallint[])
        and ($6::text[] is null or status <> {message.failed} or dlr_status = any ($6::text[]))
        and batch_id = $7::uuid
      limit $8::bigint) as counted;

-- name: message_by_id
-- $1 account, $2 message, $3 the environments that the caller sees. The first 15 columns are those
-- of messages_page; a row an event, in the order in which things were recorded, and one without an
-- event when nothing happened yet. An event_key may come twice: the first counts.
select m.message_id, m.phone, coalesce(m.shown_body, m.body) as body, m.sender, m.route, m.country,
       m.segments,
       m.route_cost_micros, m.route_currency, m.cost_micros, m.cost_currency, m.status,
       m.error_code, m.retry_count, m.delivered_at, m.scheduled_at, m.environment,
       m.error_message, m.submitted_at, m.failed_at, m.encoding, m.dlr_status, m.source,
       e.event, e.status as event_status, e.detail, e.at, e.metadata, m.carrier_error_code,
       e.event_key
from messages m
left join timeline_of($1::bigint, $2::uuid, m.submitted_event, m.submitted_at,
                      m.carrier_message_id) e on true
where m.account_id = $1::bigint and m.message_id = $2::uuid
  and m.environment = any ($3::smallint[])
order by e.at, e.event_id;

-- name: messages_by_ids
-- $1 account, $2 messages, $3 the environments that the caller sees. The columns of messages_page, in
-- the order asked.
select m.message_id, m.phone, coalesce(m.shown_body, m.body) as body, m.sender, m.route, m.country,
       m.segments,
       m.route_cost_micros, m.route_currency, m.cost_micros, m.cost_currency, m.status,
       m.error_code, m.retry_count, m.delivered_at
from unnest($2::uuid[]) with ordinality as asked (message_id, place)
join messages m on m.account_id = $1::bigint and m.message_id = asked.message_id
where m.environment = any ($3::smallint[])
order by asked.place;
