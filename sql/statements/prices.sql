-- Prices and exchange rates: versions that are only added. tenant: all, they are everybody's.

-- name: lock_prices
-- One import at a time.
select pg_advisory_xact_lock(hashtext('dundun.prices'));

-- name: prices_in_force
-- Every route's code and price now, or null.
select r.code as name,
       (select p.price_micros from route_prices p
                where p.route_id = r.route_id and p.valid_from <= now()
                order by p.valid_from desc, p.price_id desc limit 1) as micros
from routes r;

-- name: rates_in_force
select distinct on (currency) currency as name, per_usd_micros as micros
from fx_rates
where valid_from <= now()
order by currency, valid_from desc, fx_id desc;

-- name: import_prices
-- $1 codes of routes, $2 prices, $3 SHA-256 of the file, $4 from when each counts (null: now). Under
-- lock_prices. What is in force already, and nothing else waits to follow, makes no new version. How many
-- were made, and the version of the configuration after it.
with made as (
  insert into route_prices (route_id, price_micros, valid_from)
  select r.route_id, v.price_micros, coalesce(v.valid_from, now())
  from unnest($1::text[], $2::bigint[], $4::timestamptz[]) as v (code, price_micros, valid_from)
  join routes r on r.code = v.code
  cross join lateral (select coalesce(v.valid_from, now()) as at) as begins
  where v.price_micros is distinct from (
    select p.price_micros from route_prices p
    where p.route_id = r.route_id and p.valid_from <= begins.at
    order by p.valid_from desc, p.price_id desc limit 1)
  returning 1
), noted as (
  insert into price_imports (kind, sha256, rows)
  select 'prices', $3::bytea, count(*) from made
), moved as (
  update config_version set version = version + 1, prices_until = now()
  where exists (select from made)
  returning version
)
select (select count(*) from made) as made,
       coalesce((select version from moved), (select version from config_version)) as version;

-- name: import_rates
-- $1 currencies, $2 micros of each for a USD, $3 SHA-256 of the file, $4 from when each counts (null:
-- now). Under lock_prices. How many versions were made, and the version of the configuration after it.
with made as (
  insert into fx_rates (currency, per_usd_micros, valid_from)
  select v.currency, v.per_usd_micros, begins.at
  from unnest($1::text[], $2::bigint[], $4::timestamptz[]) as v (currency, per_usd_micros, valid_from)
  cross join lateral (select coalesce(v.valid_from, now()) as at) as begins
  where v.per_usd_micros is distinct from (
    select f.per_usd_micros from fx_rates f
    where f.currency = v.currency and f.valid_from <= begins.at
    order by f.valid_from desc, f.fx_id desc limit 1)
  returning 1
), noted as (
  insert into price_imports (kind, sha256, rows)
  select 'fx', $3::bytea, count(*) from made
), moved as (
  update config_version set version = version + 1, prices_until = now()
  where exists (select from made)
  returning version
)
select (select count(*) from made) as made,
       coalesce((select version from moved), (select version from config_version)) as version;

-- name: last_import
-- $1 kind: SHA-256 of the last file that was taken.
select sha256 from price_imports where kind = $1::text order by import_id desc limit 1;

-- name: route_health
-- $1 hours back: how the messages made since then ended, by route and carrier.
select route, carrier, sum(delivered)::bigint as delivered, sum(failed)::bigint as failed
from route_hourly
where hour >= date_trunc('hour', now()) - make_interval(hours => $1::int)
group by route, carrier;

-- name: forget_route_hours
-- $1 days kept.
delete from route_hourly where hour < now() - make_interval(days => $1::int);
