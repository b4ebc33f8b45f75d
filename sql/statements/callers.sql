-- Who stands behind the secrets that somebody showed: for the API and for the bridge.

-- name: callers_of_keys
-- $1 SHA-256 of API keys. A row for each that was not revoked; an expired key and a suspended
-- account say so. tenant: none, this is where the account comes from.
select k.key_hash, k.key_id, k.account_id, k.environment, k.scopes, k.rate_limit_per_s,
       coalesce(extract(epoch from k.expires_at)::bigint, 0) as expires_at_s, a.status, a.currency,
       a.tenant_id,
       k.app_id, p.role, k.allowed_addresses, k.rate_window_s
from api_keys k
join accounts a on a.account_id = k.account_id
left join apps p on p.account_id = k.account_id and p.app_id = k.app_id
where k.key_hash = any ($1::bytea[]) and k.is_active and (k.app_id is null or p.is_active);

-- name: callers_of_sessions
-- $1 SHA-256 of tokens. A row for each session in force; a suspended account says so. The last
-- columns: its use has not been written down for a minute; when the second factor was last shown.
-- tenant: none, this is where the account comes from.
select s.token_hash, s.session_id, s.account_id, s.user_id, u.role, u.email, a.status, a.currency,
       a.tenant_id, s.expires_at,
       s.last_seen_at < now() - interval '60 seconds' as unseen_for_a_minute,
       s.second_factor_at
from sessions s
join users u on u.account_id = s.account_id and u.user_id = s.user_id
join accounts a on a.account_id = s.account_id
where s.token_hash = any ($1::bytea[]) and s.revoked_at is null and s.expires_at > now()
  and u.is_active;

-- name: caller_sender_ids
-- $1 account id.
select name, status, countries
from sender_ids
where account_id = $1::bigint;
