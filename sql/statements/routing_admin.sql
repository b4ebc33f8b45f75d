-- Legs of routes and overrides of accounts, as those change them who run the platform. A change ends
-- the version in force and makes another.

-- name: admin_legs
-- $1 route. tenant: none, routes are everybody's.
select l.carrier, l.priority, l.weight, l.cost_micros,
       coalesce(l.segments_per_s, 0) as segments_per_s, l.is_active
from route_carriers l
join routes r on r.route_id = l.route_id
where r.code = $1::text and l.valid_until is null
order by l.priority, l.carrier;

-- name: admin_carrier_exists
-- $1 carrier. tenant: none.
select $1::text = 'loopback' or exists (select from carriers where carrier = $1::text);

-- name: admin_leg_make
-- $1 route, $2 carrier, $3 priority, $4 weight, $5 USD micros a segment or null, $6 segments a second
-- or 0, $7 active. Changes no row when there is no such route or it has this carrier. tenant: none.
insert into route_carriers (route_id, carrier, priority, weight, cost_micros, segments_per_s,
                            is_active)
select route_id, $2::text, $3::int, $4::int, $5::bigint, nullif($6::int, 0), $7::boolean
from routes
where code = $1::text
on conflict (route_id, carrier) where valid_until is null do nothing;

-- name: admin_leg_end
-- $1 route, $2 carrier: as it was. tenant: none.
update route_carriers l
set valid_until = now()
from routes r
where r.code = $1::text and l.route_id = r.route_id and l.carrier = $2::text
  and l.valid_until is null
returning l.carrier, l.priority, l.weight, l.cost_micros,
          coalesce(l.segments_per_s, 0) as segments_per_s, l.is_active;

-- name: admin_overrides
-- $1 account.
select override_id, carrier, choice, country, route, valid_from
from carrier_overrides
where account_id = $1::bigint and valid_until is null
order by override_id
limit 1000;

-- name: admin_override_make
-- $1 account, $2 carrier, $3 choice, $4 country or null, $5 route or null. No row when it is there.
insert into carrier_overrides (account_id, carrier, choice, country, route)
values ($1::bigint, $2::text, $3::text, $4::text, $5::text)
on conflict (account_id, carrier, coalesce(country, ''), coalesce(route, ''))
  where valid_until is null do nothing
returning override_id, carrier, choice, country, route, valid_from;

-- name: admin_override_end
-- $1 account, $2 override.
update carrier_overrides
set valid_until = now()
where account_id = $1::bigint and override_id = $2::bigint and valid_until is null
returning carrier, choice;
