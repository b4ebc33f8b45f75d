-- Campaigns: one text to many contacts. Accepting one charges it whole and freezes the plan; a
-- scheduler makes its messages, chunk by chunk.
create table batches (
  account_id bigint not null,
  batch_id uuid not null,
  environment smallint not null,
  status smallint not null,                      -- common/sms/campaign.h
  body text not null,
  source text not null default 'api_key',
  total int not null,                            -- messages to make
  segments bigint not null,
  cost_micros bigint not null,                   -- charged for all of them, wallet currency
  cost_currency text not null,
  drip_rate int,                                 -- messages a minute
  scheduled_at timestamptz,
  -- Progress: whoever moves the cursor on, in the transaction that makes the messages, made them.
  list_position int not null default 0,          -- in batch_plans.list_ids
  contact_id bigint not null default 0,          -- the last one that was looked at
  made int not null default 0,
  made_micros bigint not null default 0,
  refunded_micros bigint not null default 0,     -- for what was never made
  next_due_at timestamptz not null,
  lease_until timestamptz,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (account_id, batch_id)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01);
create index batches_due on batches (next_due_at) where status in (1, 2, 3);

-- What was agreed when it was accepted; never changes. Arrays of one length run in step.
create table batch_plans (
  account_id bigint not null,
  batch_id uuid not null,
  list_ids bigint[] not null,
  skipped bytea[] not null,                      -- a list: bit contact_id is set, nothing is sent
  countries text[] not null,
  routes text[] not null,
  senders text[] not null,
  currencies text[] not null,                    -- of the routes
  prices bigint[] not null,                      -- micros a segment, route currency
  rates bigint[] not null,                       -- micros of that currency for one USD
  wallet_rate bigint not null,
  primary key (account_id, batch_id)
);

-- Rollup: the campaign's messages by state now; shards as in message_daily.
create table batch_counts (
  account_id bigint not null,
  batch_id uuid not null,
  shard smallint not null,
  scheduled bigint not null default 0,
  queued bigint not null default 0,
  submitted bigint not null default 0,
  sent bigint not null default 0,
  delivered bigint not null default 0,
  failed bigint not null default 0,
  retrying bigint not null default 0,
  cancelled bigint not null default 0,
  expired bigint not null default 0,
  primary key (account_id, batch_id, shard)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01);

-- Numbers that an account sends nothing to.
create table opt_outs (
  account_id bigint not null,
  phone text not null,                           -- E.164
  created_at timestamptz not null default now(),
  primary key (account_id, phone)
);

-- The last submit that was recorded as not taken. A claim's member is still to be submitted only
-- while its own attempt is later: one that waits again is not.
alter table messages add column submits smallint not null default 0;

-- Lists that the API does not show: the recipients of one campaign.
alter table contact_lists add column hidden boolean not null default false;

create index messages_by_batch on messages (account_id, batch_id, message_id)
  where batch_id is not null;
