-- name: payment_make
-- $1 account, $2 payment, $3 environment, $4 provider, $5 amount, $6 currency.
insert into payments (account_id, payment_id, environment, provider, amount_micros, currency)
values ($1::bigint, $2::uuid, $3::smallint, $4::text, $5::bigint, $6::text);

-- name: payment_opened
-- $1 account, $2 payment, $3 checkout URL.
update payments
set checkout_url = $3::text
where account_id = $1::bigint and payment_id = $2::uuid;

-- name: payment_failed
-- $1 account, $2 payment: there was no checkout for it, or no money.
update payments
set status = {payment.failed}
where account_id = $1::bigint and payment_id = $2::uuid and status = {payment.pending};

-- name: payment_by_id
-- $1 account, $2 payment. Expired by the clock, whether or not upkeep has written it down yet.
select environment, provider, amount_micros, currency,
       case when status = {payment.pending} and created_at < now() - interval '24 hours' then {payment.expired}::smallint
            else status end
from payments
where account_id = $1::bigint and payment_id = $2::uuid;
