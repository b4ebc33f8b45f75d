-- Who carries the messages of a route: routes.connector names one of these, or `loopback`.
alter table carriers
  add check (carrier ~ '^[a-z0-9-]{1,40}$'),     -- a file's name too
  add column kind text check (kind in ('kannel')), -- null: it only calls us
  add column settings text not null default '{}'; -- JSON; what is secret stands in the carrier's file

-- Since when a claim's messages are with their carrier: how long their fate may stay unknown.
alter table claims add column made_at timestamptz not null default clock_timestamp();

-- Receipts for one part of several, until the last word about every part is in. A row without due_at
-- waits for the other parts.
create table receipt_inbox (
  account_id bigint not null,
  message_id uuid not null,
  part smallint not null,
  word text not null,
  environment smallint not null,
  parts smallint not null,
  received_at timestamptz not null default clock_timestamp(),
  due_at timestamptz default clock_timestamp(),
  primary key (account_id, message_id, part, word)
) with (autovacuum_vacuum_scale_factor = 0.01);
create index receipt_inbox_due on receipt_inbox (due_at) where due_at is not null;
