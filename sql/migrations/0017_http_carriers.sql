-- Carriers that are spoken to by HTTP, as their settings describe.
alter table carriers drop constraint carriers_kind_check;
alter table carriers add constraint carriers_kind_check check (kind in ('kannel', 'http'));

-- Which message a carrier means by an id of its own: look-up that does not start from an account.
-- Written with the record of the submit, only for carriers whose receipts have nothing else.
create table carrier_ids (
  carrier text not null,
  carrier_message_id text not null,              -- as it came
  account_id bigint not null,
  message_id uuid not null,                      -- UUIDv7: its time says when a row may go
  primary key (carrier, carrier_message_id)
);
create index carrier_ids_by_age on carrier_ids (message_id);

-- Receipts that wait: their submit is not on record yet, several came in one callback, or nobody
-- knows their message. The scheduler matches them; what stays is for the operator to see.
create table carrier_receipts (
  receipt_id bigint generated always as identity primary key,
  carrier text not null,
  carrier_message_id text not null,              -- empty where our reference came alone
  account_id bigint,                             -- where our reference came
  message_id uuid,
  word text not null,                            -- as normalize_dlr_word gives it
  error text not null,
  carrier_time text not null,
  number text not null,                          -- masked
  times int not null default 1,
  received_at timestamptz not null default clock_timestamp(),
  last_received_at timestamptz not null default clock_timestamp(),
  due_at timestamptz not null default clock_timestamp(),
  unique nulls not distinct (carrier, carrier_message_id, message_id, word)
) with (autovacuum_vacuum_scale_factor = 0.01);
create index carrier_receipts_due on carrier_receipts (due_at);
create index carrier_receipts_by_age on carrier_receipts (received_at);
