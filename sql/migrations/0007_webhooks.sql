-- Webhooks: which URLs a customer wants called, what each is told, and what became of every call.

-- The smallest numbers that order: how often the status of a message has changed.
alter table messages add column moves smallint not null default 1;

-- A UUIDv7 of now, for rows that a statement fans out.
create function uuid7_now() returns uuid
language sql volatile parallel safe as $$
  select (lpad(to_hex(floor(extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
          || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid
$$;

-- Money as the API prints it: exact, with at least two decimals.
create function money_number(micros bigint) returns numeric
language sql immutable strict parallel safe as $$
  select case when scale(trim_scale(micros / 1000000.0)) < 2 then round(micros / 1000000.0, 2)
              else trim_scale(micros / 1000000.0) end
$$;

-- The millisecond that a UUIDv7 carries.
create function uuid7_time(id uuid) returns timestamptz
language sql immutable strict parallel safe as $$
  select to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0)
$$;

-- Times as the API prints them: whole seconds of UTC, and Gravity's milliseconds.
create function z_time(at timestamptz) returns text
language sql immutable strict parallel safe as $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
$$;

create function z_time_ms(at timestamptz) returns text
language sql immutable strict parallel safe as $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- One URL each. `secret` is sealed (AES-256-GCM, SECRETS_KEY_FILE); the rows of kinds 1, 2 and 4 of
-- an account share one secret.
create table webhook_endpoints (
  account_id bigint not null,
  endpoint_id uuid not null,                     -- UUIDv7
  kind smallint not null,                        -- 1 dlr_url 2 mo_url 3 an app's 4 a trigger's
  app_id text,                                   -- of kind 3
  phone text,                                    -- of kind 4: only what came to this number
  url text,                                      -- null: not set
  events int not null,                           -- bit 0 message.inbound, bit n message status n
  secret bytea not null,
  old_secret bytea,                              -- signs too, until then
  old_secret_until timestamptz,
  is_active boolean not null default true,       -- as the customer wants it
  disabled_at timestamptz,                       -- by us
  disabled_reason text,                          -- gone (410), failing
  notice_due boolean not null default false,     -- the customer is still to be told of it
  configured_at timestamptz not null default now(),
  primary key (account_id, endpoint_id),
  check ((kind = 3) = (app_id is not null)),
  check ((disabled_at is null) = (disabled_reason is null))
);
create unique index webhook_endpoints_of_account on webhook_endpoints (account_id, kind)
  where kind in (1, 2);
create unique index webhook_endpoints_of_app on webhook_endpoints (account_id, app_id)
  where kind = 3;
-- What the journal asks of every batch: an account without a live endpoint is not in it.
create index webhook_endpoints_live on webhook_endpoints (account_id, kind) include (events)
  where url is not null and is_active and disabled_at is null;
create index webhook_endpoints_notice on webhook_endpoints (account_id) where notice_due;

-- The history of calls. The body is what the first attempt and every repeat of it sends.
create table webhook_deliveries (
  account_id bigint not null,
  delivery_id uuid not null,                     -- UUIDv7: the time is in it; evt_… to the customer
  endpoint_id uuid not null,
  kind smallint not null,                        -- of the endpoint
  event text not null,                           -- message.delivered …
  message_id uuid,
  state smallint not null default 1,             -- 1 pending 2 delivered 3 dead
  attempts smallint not null default 0,
  body text not null,
  last_attempt_at timestamptz,
  last_status smallint,                          -- HTTP status; null: there was no answer
  last_error text,                               -- why there was none, or none that counts
  last_answer text,                              -- its first 256 bytes
  last_ms int,                                   -- how long the last attempt took
  primary key (account_id, delivery_id)
) partition by range (delivery_id);
create index webhook_deliveries_of_message on webhook_deliveries (account_id, message_id)
  where message_id is not null;
alter table webhook_deliveries alter column body set compression lz4;

-- What is still to be called: apart from the history, so that it stays small.
create table webhook_queue (
  account_id bigint not null,
  delivery_id uuid not null,
  endpoint_id uuid not null,
  next_attempt_at timestamptz not null,
  attempt smallint not null default 0,           -- failed ones of the schedule that runs
  primary key (account_id, delivery_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
-- A lane each endpoint: whoever looks for work steps from lane to lane, however long they are.
create index webhook_queue_lanes on webhook_queue (account_id, endpoint_id, next_attempt_at);

-- Given up, until replayed.
create table webhook_dead (
  account_id bigint not null,
  delivery_id uuid not null,
  primary key (account_id, delivery_id)
);

-- Whose turn a lane is. One scheduler at a time works it, so that calls to an endpoint are bounded
-- and use the same connections; every record of an attempt must show the token. Made when first
-- taken.
create table webhook_lanes (
  account_id bigint not null,
  endpoint_id uuid not null,
  token uuid not null,
  lease_until timestamptz not null,
  not_before timestamptz not null default '-infinity',  -- asked by Retry-After, or it fails on and on
  failures int not null default 0,               -- one after the other
  failing_since timestamptz,                     -- the first of only failures
  primary key (account_id, endpoint_id)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01);

-- As ensure_partitions, for the deliveries.
create function ensure_delivery_partitions(ahead int) returns int
language plpgsql as $$
declare
  first timestamptz;
  last timestamptz;
  suffix text;
  made int := 0;
begin
  perform pg_advisory_xact_lock(hashtext('dundun.delivery_partitions'));
  for i in -1 .. ahead loop
    first := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => i))
             at time zone 'UTC';
    last := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => i + 1))
            at time zone 'UTC';
    suffix := to_char(first at time zone 'UTC', 'YYYY_MM');
    if to_regclass('webhook_deliveries_' || suffix) is not null then
      continue;
    end if;
    execute format('create table webhook_deliveries_%s partition of webhook_deliveries for values from (%L) to (%L) with (fillfactor = 70)',
                   suffix, uuid7_floor(first), uuid7_floor(last));
    made := made + 1;
  end loop;
  return made;
end
$$;
select ensure_delivery_partitions(3);
