-- What routing is made of (common/carrier/routing.h). tenant: none but for the overrides, which are
-- read for all accounts at once.

-- name: carriers_all
-- tenant: none, carriers are everybody's. Without kind it only calls us.
select carrier, kind, settings, coalesce(segments_per_s, 0) as segments_per_s,
       coalesce(sender_segments_per_s, 0) as sender_segments_per_s
from carriers
where is_active;

-- name: routing_routes
-- tenant: none, routes are everybody's.
select code, country, policy, coalesce(segments_per_s, 0) as segments_per_s, connector from routes;

-- name: routing_legs
-- tenant: none, routes are everybody's.
select l.carrier, l.priority, l.weight, l.cost_micros,
       coalesce(l.segments_per_s, 0) as segments_per_s, l.is_active,
       r.code
from route_carriers l
join routes r on r.route_id = l.route_id
where l.valid_until is null
order by r.code, l.leg_id;

-- name: routing_overrides
-- tenant: none, every process that sends knows all of them.
select coalesce(country, '') as country, coalesce(route, '') as route, carrier, choice, account_id
from carrier_overrides
where valid_until is null
order by account_id, override_id;
