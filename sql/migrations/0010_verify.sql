-- Verify: one-time codes, what may be sent of them, and where to.

-- A product of the account that asks for codes: its defaults and its wording.
create table verify_apps (
  account_id bigint not null,
  app_id text not null,                          -- vapp_ and 16 hex digits
  name text not null,
  sender text,                                   -- null: the route's default
  code_length smallint not null,
  expiry_seconds int not null,
  template text,                                 -- null: the platform's wording
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (account_id, app_id)
);

-- Where an account sends codes at all, once it has a row here; per_hour overrides the platform's cap.
create table verify_countries (
  account_id bigint not null,
  country text not null,
  per_hour int check (per_hour > 0),
  primary key (account_id, country)
);

-- One number to be proved. Its id is that of its first message. The code itself is nowhere: a short
-- one is guessed from a plain hash at once, so it is hashed with a key that is not in the database.
create table verifications (
  account_id bigint not null,
  verification_id uuid not null,                 -- UUIDv7: its time is created_at
  environment smallint not null,
  app_id text,
  phone text not null,                           -- E.164
  country text not null,
  status smallint not null default 1,            -- 1 pending 2 approved 3 failed 4 canceled
  sender text,                                   -- as asked for, for a resend
  template text,
  code_length smallint not null,
  expiry_seconds int not null,
  salt bytea not null,
  code_hash bytea not null,                      -- HMAC-SHA256(VERIFY_SECRET, salt and code)
  attempts smallint not null default 0,
  attempts_max smallint not null,
  sends smallint not null default 1,
  sent_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,               -- pending after it: expired
  finished_at timestamptz,
  primary key (account_id, verification_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
create index verifications_pending on verifications (account_id, phone) where status = 1;
create index verifications_by_app on verifications (account_id, app_id, verification_id)
  where app_id is not null;

-- How many codes went to a number, a block of numbers, a country, by an account, in a window of
-- time. Written under the wallet's lock, so that a limit holds to the last code.
create table verify_counters (
  account_id bigint not null,
  environment smallint not null,
  kind smallint not null,                        -- of common/journal/verify.h
  subject text not null,
  starts_at timestamptz not null,                -- of the window
  count bigint not null,
  primary key (account_id, environment, kind, subject, starts_at)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
create index verify_counters_by_age on verify_counters (starts_at);

-- What lists show instead of the text, which it replaces once a carrier has it: a code is for its
-- recipient, not for whoever may read the account's messages.
alter table messages add column shown_body text;
