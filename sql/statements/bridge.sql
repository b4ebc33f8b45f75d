-- What the ws-bridge asks: who stands behind the secrets that its sockets showed.

-- name: bridge_keys
-- $1 SHA-256 of API keys. A row for each that is in force; the fourth column says whether it
-- may query.
select k.key_hash, k.account_id, k.environment, 'query' = any (k.scopes), k.expires_at
from api_keys k
join accounts a on a.account_id = k.account_id
where k.key_hash = any ($1::bytea[])
  and k.is_active
  and (k.expires_at is null or k.expires_at > now())
  and a.status = 1;

-- name: bridge_sessions
-- $1 SHA-256 of session tokens. A row for each that is in force.
select s.token_hash, s.account_id, s.expires_at
from sessions s
join accounts a on a.account_id = s.account_id
where s.token_hash = any ($1::bytea[])
  and s.revoked_at is null
  and s.expires_at > now()
  and a.status = 1;
