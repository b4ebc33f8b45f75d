-- What the ws-bridge asks.

-- name: bridge_tenants
-- $1 account ids.
select account_id, tenant_id from accounts where account_id = any ($1::bigint[]);
