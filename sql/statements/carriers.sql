-- name: carriers_all
-- tenant: none, carriers are everybody's.
select name, kind, settings from carriers where is_active;

-- name: routes_carriers
-- tenant: none, routes are everybody's.
select code, connector from routes;
