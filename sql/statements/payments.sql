-- name: payment_make
-- $1 account, $2 payment, $3 environment, $4 provider, $5 amount, $6 currency.
insert into payments (account_id, payment_id, environment, provider, amount_micros, currency)
values ($1::bigint, $2::uuid, $3::smallint, $4::text, $5::bigint, $6::text);

-- name: payment_opened
-- $1 account, $2 payment, $3 checkout URL, $4 seconds after which the provider is first asked, or
-- null: it cannot be asked.
update payments
set checkout_url = $3::text, ask_at = now() + make_interval(secs => $4::int)
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
            else status end as status, provider_reference
from payments
where account_id = $1::bigint and payment_id = $2::uuid;

-- name: payments_to_ask
-- $1 first pause in seconds, $2 limit: what the provider is asked for now. Each pause is twice the one
-- before, and 2 hours at most, with a question shortly before the checkout expires, and the last one
-- after. A failed attempt is not the end: the customer may try again on the same page.
-- tenant: none, the rows found carry their account.
with due as (
  select account_id, payment_id
  from payments
  where ask_at <= now()
  order by ask_at
  limit $2::bigint
  for update skip locked
)
update payments p
set asks = asks + 1, asked_at = now(),
    ask_at = case when status = {payment.paid} or created_at < now() - interval '24 hours' then null
                  when created_at < now() - interval '23 hours 45 minutes'
                    then created_at + interval '24 hours 5 minutes'
                  else least(now() + least(make_interval(secs => $1::int * 2 ^ least(asks, 12)),
                                           interval '2 hours'),
                             created_at + interval '23 hours 50 minutes') end
from due
where p.account_id = due.account_id and p.payment_id = due.payment_id
returning p.account_id, p.payment_id, p.status <> {payment.paid} as is_open;

-- name: payment_ask_now
-- $1 account, $2 payment, $3 seconds between two questions: the customer is back from the checkout.
-- A row: the provider may be asked.
update payments
set asks = asks + 1, asked_at = now()
where account_id = $1::bigint and payment_id = $2::uuid and status <> {payment.paid}
  and ask_at is not null
  and (asked_at is null or asked_at < now() - make_interval(secs => $3::int))
returning payment_id;
