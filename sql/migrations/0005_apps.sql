-- The second dialect's names (api.md section 18): a tenant is an account, an app is a program of a
-- tenant with keys of its own.

-- What the account is called there. Random, so that it tells nothing.
create function new_tenant_id() returns text
language sql volatile parallel safe as $$
  select 'tenant_' || right(replace(gen_random_uuid()::text, '-', ''), 16)
$$;
alter table accounts add column tenant_id text not null unique default new_tenant_id();

create table apps (
  account_id bigint not null,
  app_id text not null,                          -- app_ and 16 hex
  name text not null,
  role smallint not null default 1,              -- 1 app, 2 admin: of the whole platform
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (account_id, app_id)
);

-- The app that a key belongs to; null for the first dialect's keys.
alter table api_keys add column app_id text;

-- Which app sent it, and the user of the app for whom it did (the app's own name for them).
alter table messages
  add column app_id text,
  add column user_ref text;
