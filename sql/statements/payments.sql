-- name: payment_release_key
-- $1 account, $2 key hash, $3 ms: a top-up that has had no checkout for so long lost its process.
update payments
set key_hash = null, request_hash = null
where account_id = $1::bigint and key_hash = $2::bytea and checkout_url is null
  and created_at < clock_timestamp() - make_interval(secs => $3::bigint / 1000.0);

-- name: payment_make
-- $1 account, $2 payment, $3 environment, $4 provider, $5 amount, $6 currency, $7 key hash,
-- $8 request hash. Changes no row when the key was used before.
insert into payments (account_id, payment_id, environment, provider, amount_micros, currency,
                      key_hash, request_hash)
values ($1::bigint, $2::uuid, $3::smallint, $4::text, $5::bigint, $6::text, $7::bytea, $8::bytea)
on conflict (account_id, key_hash) where key_hash is not null do nothing;

-- name: payment_by_key
-- $1 account, $2 key hash.
select request_hash, checkout_url, amount_micros, currency
from payments
where account_id = $1::bigint and key_hash = $2::bytea;

-- name: payment_opened
-- $1 account, $2 payment, $3 checkout URL.
update payments
set checkout_url = $3::text
where account_id = $1::bigint and payment_id = $2::uuid;

-- name: payment_not_opened
-- $1 account, $2 payment: the provider gave no checkout. Its key is free again.
update payments
set status = 3, key_hash = null, request_hash = null
where account_id = $1::bigint and payment_id = $2::uuid and status = 1;

-- name: payment_failed
-- $1 account, $2 payment.
update payments
set status = 3
where account_id = $1::bigint and payment_id = $2::uuid and status = 1;

-- name: payment_by_id
-- $1 account, $2 payment. Expired by the clock, whether or not upkeep has written it down yet.
select environment, provider, amount_micros, currency,
       case when status = 1 and created_at < now() - interval '24 hours' then 4::smallint
            else status end
from payments
where account_id = $1::bigint and payment_id = $2::uuid;
