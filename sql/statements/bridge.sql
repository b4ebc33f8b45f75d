-- What the ws-bridge asks: who stands behind the secrets that its sockets showed.

-- name: bridge_keys
-- $1 SHA-256 of API keys. A row for each that is in force; the fourth column says whether it
-- may query, the last whether its app is the platform's admin.
select k.key_hash, k.account_id, k.environment, 'query' = any (k.scopes), k.expires_at,
       a.tenant_id, k.app_id, coalesce(p.role = {app.admin}, false)
from api_keys k
join accounts a on a.account_id = k.account_id
left join apps p on p.account_id = k.account_id and p.app_id = k.app_id
where k.key_hash = any ($1::bytea[])
  and k.is_active
  and (k.app_id is null or p.is_active)
  and (k.expires_at is null or k.expires_at > now())
  and a.status = {account.active};

-- name: bridge_sessions
-- $1 SHA-256 of session tokens. A row for each that is in force.
select s.token_hash, s.account_id, s.expires_at, a.tenant_id
from sessions s
join accounts a on a.account_id = s.account_id
where s.token_hash = any ($1::bytea[])
  and s.revoked_at is null
  and s.expires_at > now()
  and a.status = {account.active};

-- name: bridge_tenants
-- $1 account ids.
select account_id, tenant_id from accounts where account_id = any ($1::bigint[]);
