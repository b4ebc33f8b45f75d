-- name: message_send_answer
-- $1 account id, $2 message id: what the answer to its send shows.
select status, segments, encoding, cost_micros, cost_currency, route_cost_micros, route_currency,
       route, scheduled_at, error_message
from messages
where account_id = $1::bigint and message_id = $2::uuid;

-- name: stored_answer
-- $1 account id, $2 hash of an Idempotency-Key, $3 hash of the request: the answer it has already.
select status, body
from idempotency_keys
where account_id = $1::bigint and key_hash = $2::bytea and request_hash = $3::bytea
  and status is not null;

-- name: message_window
-- $1 wanted time, $2 and $3 the window in minutes after midnight, $4 time zone, or null for that of
-- $5 the recipient's country: when it may leave, and the zone's name. A null time: no such zone.
-- tenant: none, clocks are everybody's.
select window_opens($1::timestamptz, $2::int, $3::int, z.name) as opens_at, z.name
from (select coalesce($4::text, (select time_zone from countries where code = $5::text), 'UTC')
        as name) as z;

-- name: message_for_retry
-- $1 account id, $2 message id, $3 environment: what a new send of it needs, and whether its text
-- is not for sending again (the code of a verification).
-- body: what is sent again is the real text.
select status, phone, body, sender, route, retry_count, shown_body is not null as has_shown_body
from messages
where account_id = $1::bigint and message_id = $2::uuid and environment = $3::smallint;

-- name: message_for_reschedule
-- $1 account id, $2 message id, $3 environment, $4 wanted time: status, last moment, and when it may
-- leave by its window.
select status, not_after,
       coalesce(window_opens($4::timestamptz, window_opens, window_closes, window_zone),
                $4::timestamptz) as due_at
from messages
where account_id = $1::bigint and message_id = $2::uuid and environment = $3::smallint;

-- name: message_for_cancel
-- $1 account id, $2 message id, $3 environment.
select status
from messages
where account_id = $1::bigint and message_id = $2::uuid and environment = $3::smallint;
