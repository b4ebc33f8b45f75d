-- Why a message went where it went: the configuration as it was when it was accepted.

-- name: message_decision
-- $1 account, $2 message, $3 the environments that the caller sees.
select phone, route, country, segments, encoding, sender, cost_micros, cost_currency,
       route_cost_micros, route_currency, config_version, named, source, batch_id, retry_of,
       environment, refunded, error_code
from messages
where account_id = $1::bigint and message_id = $2::uuid and environment = any ($3::smallint[]);

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
-- $1 the route's currency, $2 the wallet's, $3 time: the newest versions of the rates of both by
-- then, those of each from the newest on. tenant: none, rates are everybody's.
select c.is_route, f.fx_id, f.per_usd_micros, f.valid_from
from (values (true, $1::text), (false, $2::text)) as c (is_route, currency)
cross join lateral (
  select fx_id, per_usd_micros, valid_from
  from fx_rates
  where currency = c.currency and valid_from <= $3::timestamptz
  order by valid_from desc, fx_id desc
  limit 5
) as f
order by c.is_route, f.valid_from desc, f.fx_id desc;

-- name: message_journey
-- $1 account, $2 message: route, country, environment, who took it or was asked last, whether it was
-- taken, what was wrong, when that was (the moment whose configuration counts), and by which policy
-- its route chose then.
select m.route, m.country, m.environment, m.carrier, m.submitted_at is not null as was_submitted,
       m.error_message, coalesce(m.submitted_at, m.failed_at, now()) as submitted_at,
       (select h.policy
        from route_history h
        where h.code = m.route and h.changed_at <= coalesce(m.submitted_at, m.failed_at, now())
        order by h.config_version desc
        limit 1) as policy
from messages m
where m.account_id = $1::bigint and m.message_id = $2::uuid;

-- name: legs_then
-- $1 route, $2 time: its carriers by then; without any the one that it named itself. tenant: none,
-- routes are everybody's.
with legs as (
  select l.carrier, l.priority, l.weight, l.cost_micros,
         coalesce(l.segments_per_s, 0) as segments_per_s,
         l.is_active
  from routes r
  join route_carriers l on l.route_id = r.route_id
  where r.code = $1::text and l.valid_from <= $2::timestamptz
    and (l.valid_until is null or l.valid_until > $2::timestamptz)
)
select carrier, priority, weight, cost_micros, segments_per_s, is_active
from legs
union all
select connector, 1, 1, null, 0, true
from (select connector
      from route_history
      where code = $1::text and changed_at <= $2::timestamptz
      order by config_version desc
      limit 1) as named
where not exists (select from legs);

-- name: overrides_then
-- $1 account, $2 time.
select coalesce(country, '') as country, coalesce(route, '') as route, carrier, choice
from carrier_overrides
where account_id = $1::bigint and valid_from <= $2::timestamptz
  and (valid_until is null or valid_until > $2::timestamptz);

-- name: message_reroutes
-- $1 account, $2 message: from which carrier it went to another, and why.
select split_part(event_key, ':', 3) as carrier, detail
from message_events
where account_id = $1::bigint and message_id = $2::uuid and event = 'rerouted'
order by at;
