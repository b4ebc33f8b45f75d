-- name: carriers_all
-- tenant: none, carriers are everybody's.
select carrier, kind, settings from carriers where is_active and kind is not null;

-- name: routes_carriers
-- tenant: none, routes are everybody's.
select code, connector from routes;
