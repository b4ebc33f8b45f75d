-- name: config_version_now
-- tenant: none, one number for the whole platform.
select version from config_version;

-- name: snapshot_routes
-- tenant: none, routes are everybody's. The price in force is the newest that has begun.
select r.route_id, r.code, r.name, r.country, c.name as country_name, r.currency,
       r.sender_default,
       r.inline_wait_ms, r.is_active, p.price_id, p.price_micros
from routes r
join countries c on c.code = r.country
join lateral (select price_id, price_micros from route_prices
              where route_id = r.route_id and valid_from <= now()
              order by valid_from desc, price_id desc limit 1) p on true
order by r.code;

-- name: snapshot_fx
-- tenant: none, rates are everybody's.
select distinct on (currency) currency, per_usd_micros
from fx_rates
where valid_from <= now()
order by currency, valid_from desc, fx_id desc;
