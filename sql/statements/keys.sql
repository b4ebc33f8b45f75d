-- Idempotency keys of what is created outside the journal.

-- name: lock_key
-- $1 account, $2 hash of an Idempotency-Key: whether this transaction has it now.
-- tenant: none, the account is part of the lock.
select pg_try_advisory_xact_lock(hashtextextended(encode($2::bytea, 'hex'), $1::bigint));

-- name: answer_of_key
-- $1 account, $2 hash of an Idempotency-Key.
select request_hash, status, body
from idempotency_keys
where account_id = $1::bigint and key_hash = $2::bytea;

-- name: insert_answered_key
-- $1 account, $2 hash of the key, $3 hash of the request, $4 HTTP status, $5 body.
insert into idempotency_keys (account_id, key_hash, request_hash, status, body)
values ($1::bigint, $2::bytea, $3::bytea, $4::smallint, $5::text);
