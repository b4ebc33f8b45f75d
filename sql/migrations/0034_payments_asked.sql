-- When the provider is asked for a payment that nobody has told us of: its callback may be lost.
-- Null: not any more, or not at all.
alter table payments
  add column ask_at timestamptz,
  add column asked_at timestamptz,
  add column asks smallint not null default 0;

create index payments_to_ask on payments (ask_at) where ask_at is not null;

-- Checkouts that are open now.
update payments
set ask_at = now() + interval '2 minutes'
where status = 1 and provider = 'flutterwave' and checkout_url is not null;
