-- Idempotency keys of what is changed outside the journal (common/web/audited_change.h).

-- name: answer_claim
-- $1 account, $2 hash of an Idempotency-Key, $3 hash of the request, $4 the work that goes on after
-- this transaction, or null. Changes no row while another transaction has the key, nor when the key
-- is taken; never waits.
insert into idempotency_keys (account_id, key_hash, request_hash, message_id)
select $1::bigint, $2::bytea, $3::bytea, $4::uuid
where pg_try_advisory_xact_lock(hashtextextended(encode($2::bytea, 'hex'), $1::bigint))
on conflict do nothing;

-- name: answer_of_key
-- $1 account, $2 hash of an Idempotency-Key.
select request_hash, status, body
from idempotency_keys
where account_id = $1::bigint and key_hash = $2::bytea;

-- name: answer_take_over
-- $1 account, $2 key hash, $3 hash of the request, $4 ms: the work of a claim so old that who began
-- it is gone, for one who goes on with it.
update idempotency_keys
set created_at = clock_timestamp()
where account_id = $1::bigint and key_hash = $2::bytea and request_hash = $3::bytea
  and status is null and message_id is not null
  and created_at < clock_timestamp() - make_interval(secs => $4::bigint / 1000.0)
returning message_id;

-- name: answer_keep
-- $1 account, $2 key hash, $3 HTTP status, $4 body. The first answer stays.
update idempotency_keys
set status = $3::smallint, body = $4::text
where account_id = $1::bigint and key_hash = $2::bytea and status is null;

-- name: answer_release
-- $1 account, $2 key hash: nothing came of the request.
delete from idempotency_keys
where account_id = $1::bigint and key_hash = $2::bytea and status is null;
