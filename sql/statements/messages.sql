-- name: messages_page
-- $1 account, $2 environments, $3 … $4 ids from (inclusive) to (exclusive), $5 statuses or null,
-- $6 phone or null, $7 batch or null, $8 limit, $9 offset. Newest first: the id is the time.
select message_id, phone, body, sender, route, country, segments, route_cost_micros,
       route_currency, cost_micros, cost_currency, status, error_code, retry_count, delivered_at,
       scheduled_at, environment
from messages
where account_id = $1::bigint and environment = any ($2::smallint[])
  and message_id >= $3::uuid and message_id < $4::uuid
  and ($5::smallint[] is null or status = any ($5::smallint[]))
  and ($6::text is null or phone = $6::text)
  and ($7::uuid is null or batch_id = $7::uuid)
order by message_id desc
limit $8::bigint offset $9::bigint;

-- name: messages_count
-- $1 … $7 as in messages_page, $8 the most worth counting.
select count(*)
from (select 1
      from messages
      where account_id = $1::bigint and environment = any ($2::smallint[])
        and message_id >= $3::uuid and message_id < $4::uuid
        and ($5::smallint[] is null or status = any ($5::smallint[]))
        and ($6::text is null or phone = $6::text)
        and ($7::uuid is null or batch_id = $7::uuid)
      limit $8::bigint) as counted;

-- name: message_by_id
-- $1 account, $2 message.
select message_id, phone, body, sender, route, country, segments, route_cost_micros,
       route_currency, cost_micros, cost_currency, status, error_code, retry_count, delivered_at,
       scheduled_at, environment, error_message, submitted_at, failed_at, encoding, dlr_status
from messages
where account_id = $1::bigint and message_id = $2::uuid;

-- name: message_timeline
-- $1 account, $2 message, in the order in which things were recorded.
select event, status, detail, at, metadata
from message_events
where account_id = $1::bigint and message_id = $2::uuid
order by at, event_id;

-- name: message_totals
-- $1 account, $2 environments, $3 first day, $4 day after the last: counts by status, from the
-- rollup, so that the cost is in days and not in messages.
select coalesce(sum(scheduled), 0)::bigint, coalesce(sum(queued), 0)::bigint,
       coalesce(sum(submitted), 0)::bigint, coalesce(sum(sent), 0)::bigint,
       coalesce(sum(delivered), 0)::bigint, coalesce(sum(failed), 0)::bigint,
       coalesce(sum(retrying), 0)::bigint, coalesce(sum(cancelled), 0)::bigint,
       coalesce(sum(expired), 0)::bigint
from message_daily
where account_id = $1::bigint and environment = any ($2::smallint[])
  and day >= $3::date and day < $4::date;

-- name: message_days
-- $1 account, $2 environment, $3 first day, $4 day after the last.
select day, delivered, failed + expired, scheduled + queued + submitted + sent + retrying,
       delivered + failed + expired + queued + submitted + sent + retrying
from message_daily
where account_id = $1::bigint and environment = $2::smallint
  and day >= $3::date and day < $4::date
order by day;

-- name: wallet_by_key
-- $1 account, $2 environment.
select balance_micros, currency, seq
from wallets
where account_id = $1::bigint and environment = $2::smallint;

-- name: ledger_page
-- $1 account, $2 environment, $3 entries with a smaller seq, $4 limit, $5 offset. Newest first.
select seq, type, amount_micros, balance_after_micros, description, batch_id, message_id,
       created_at, fx_rate
from ledger_entries
where account_id = $1::bigint and environment = $2::smallint and seq < $3::bigint
order by seq desc
limit $4::bigint offset $5::bigint;
