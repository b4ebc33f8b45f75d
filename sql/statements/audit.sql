-- What every change of rights, money or configuration shares.

-- name: audit_record
-- $1 account (0: the platform), $2 kind of actor, $3 its id, $4 its name, $5 address, $6 action,
-- $7 subject, $8 detail (JSON).
insert into audit_log (account_id, actor_kind, actor_id, actor, address, action, subject, detail)
values ($1::bigint, $2::text, $3::bigint, $4::text, $5::text, $6::text, $7::text, $8::text);

-- name: audit_page
-- $1 account, $2 entries with a smaller id, $3 limit. Newest first.
select audit_id, at, actor_kind, actor_id, actor, address, action, subject, detail
from audit_log
where account_id = $1::bigint and audit_id < $2::bigint
order by audit_id desc
limit $3::bigint;

-- name: config_version_move
-- tenant: none, one number for the whole platform.
update config_version set version = version + 1 returning version;

-- name: answer_claim
-- $1 account, $2 hash of an Idempotency-Key, $3 hash of the request. Waits for a transaction that
-- has claimed the key and not ended; changes no row when the key is taken.
insert into idempotency_keys (account_id, key_hash, request_hash)
values ($1::bigint, $2::bytea, $3::bytea)
on conflict do nothing;

-- name: answer_keep
-- $1 account, $2 key hash, $3 HTTP status, $4 body.
update idempotency_keys
set status = $3::smallint, body = $4::text
where account_id = $1::bigint and key_hash = $2::bytea;
