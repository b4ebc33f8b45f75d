-- Payments into a wallet, and the balance under which an account wants to be told.

-- Who intended which money: made before anybody is asked to pay, and moved to `paid` by the journal
-- in the transaction that posts the ledger entry. That makes a repeated callback harmless.
create table payments (
  account_id bigint not null,
  payment_id uuid not null,                      -- UUIDv7
  environment smallint not null,
  provider text not null,                        -- sandbox, flutterwave; manual: by hand
  amount_micros bigint not null check (amount_micros <> 0),  -- negative: a debit by hand
  currency text not null,                        -- of the wallet
  status smallint not null default 1,            -- 1 pending 2 paid 3 failed 4 expired
  provider_reference text,                       -- the provider's id of what was paid
  checkout_url text,
  key_hash bytea,                                -- of the Idempotency-Key, for 24 hours
  request_hash bytea,
  created_at timestamptz not null default now(),
  paid_at timestamptz,
  primary key (account_id, payment_id),
  check ((status = 2) = (paid_at is not null))
);
create unique index payments_by_key on payments (account_id, key_hash) where key_hash is not null;
-- What the scheduler's upkeep looks for.
create index payments_to_tidy on payments (created_at) where status = 1 or key_hash is not null;

-- The payment behind a credit.
alter table ledger_entries add column payment_id uuid;

-- null: no word about a low balance.
alter table accounts add column low_balance_micros bigint check (low_balance_micros > 0);
