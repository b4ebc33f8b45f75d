-- API keys as their owners see them. Keys of apps belong to the second dialect and do not show here.

-- name: keys_of_account
-- $1 account, $2 the environments that the caller sees. Newest first.
select key_id, name, prefix, environment, scopes, is_active, allowed_addresses, expires_at,
       last_used_at, created_at
from api_keys
where account_id = $1::bigint and app_id is null
  and environment = any ($2::smallint[])
order by key_id desc;

-- name: keys_in_force
-- $1 account.
select count(*) from api_keys where account_id = $1::bigint and is_active and app_id is null;

-- name: key_make
-- $1 SHA-256 of the key, $2 account, $3 environment, $4 name, $5 what is shown of it, $6 scopes,
-- $7 networks, $8 end or null.
insert into api_keys (key_hash, account_id, environment, name, prefix, scopes, allowed_addresses,
                      expires_at)
values ($1::bytea, $2::bigint, $3::smallint, $4::text, $5::text, $6::text[], $7::text[],
        $8::timestamptz)
returning key_id, created_at;

-- name: key_revoke
-- $1 account, $2 key, $3 the environments that the caller sees.
update api_keys
set is_active = false, revoked_at = now()
where account_id = $1::bigint and key_id = $2::bigint and is_active and app_id is null
  and environment = any ($3::smallint[])
returning prefix;
