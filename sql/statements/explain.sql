-- Why a message went where it went: the configuration as it was when it was accepted.

-- name: message_decision
-- $1 account, $2 message.
select phone, route, country, segments, encoding, sender, cost_micros, cost_currency,
       route_cost_micros, route_currency, config_version, named, source, batch_id, retry_of,
       environment, refunded
from messages
where account_id = $1::bigint and message_id = $2::uuid;

-- name: routes_then
-- $1 country, $2 version of the configuration (null: go by the time), $3 time. In the order in which
-- routes are looked at. tenant: none, routes are everybody's.
select code, is_active, sender_default
from (select distinct on (route_id) code, country, is_active, sender_default
      from route_history
      where config_version <= $2::bigint or $2::bigint is null and changed_at <= $3::timestamptz
      order by route_id, config_version desc) as r
where country = $1::text
order by code;

-- name: prices_then
-- $1 route, $2 time: the newest versions of its price by then. tenant: none, prices are everybody's.
select p.price_id, p.price_micros, p.valid_from
from routes r
join route_prices p on p.route_id = r.route_id
where r.code = $1::text and p.valid_from <= $2::timestamptz
order by p.valid_from desc, p.price_id desc
limit 5;

-- name: rates_then
-- $1 currency, $2 time: the newest versions of its rate by then. tenant: none, rates are everybody's.
select fx_id, per_usd_micros, valid_from
from fx_rates
where currency = $1::text and valid_from <= $2::timestamptz
order by valid_from desc, fx_id desc
limit 5;
