-- name: message_send_answer
-- $1 account id, $2 message id: what the answer to its send shows.
select status, segments, encoding, cost_micros, cost_currency, route_cost_micros, route_currency,
       route, scheduled_at, error_message
from messages
where account_id = $1::bigint and message_id = $2::uuid;

-- name: message_for_cancel
-- $1 account id, $2 message id, $3 environment.
select status
from messages
where account_id = $1::bigint and message_id = $2::uuid and environment = $3::smallint;
