-- RingCentral: a tenant sends from its own numbers there, by its own authorization.
alter table carriers drop constraint carriers_kind_check;
alter table carriers add constraint carriers_kind_check
  check (kind in ('kannel', 'http', 'ringcentral'));

-- A RingCentral user (an extension) who lets a tenant send and receive. A tenant may have several.
create table rc_connections (
  account_id bigint not null,
  extension_id text not null,                    -- owner_id of the tokens
  rc_account_id text not null,
  carrier text not null,                         -- whose client id it was authorized for
  kind smallint not null,                        -- of the credential: 1 refresh token, 2 JWT
  state smallint not null default 1,             -- 1 connected, 2 the authorization is gone
  credential bytea not null,                     -- sealed
  access_token bytea not null,                   -- sealed
  expires_at timestamptz not null,               -- of the access token
  verification_hash bytea,                       -- SHA-256 of what its notifications bear
  subscription_id text,
  subscription_until timestamptz,
  numbers_at timestamptz,                        -- when the numbers were read
  tended_at timestamptz,                         -- when the scheduler looked after it
  connected_at timestamptz not null default now(),
  primary key (account_id, extension_id)
);
create index rc_connections_by_extension on rc_connections (extension_id);

-- Numbers that may send, by the user whose they are. inbound_numbers has them too: they are the
-- tenant's `from`, and texts to them are the tenant's.
create table rc_numbers (
  account_id bigint not null,
  number text not null,                          -- E.164
  extension_id text not null,
  primary key (account_id, number)
);

-- Links that begin a connection, and what comes back from RingCentral's page. Kept for an hour, in
-- which they are counted.
create table rc_links (
  link_hash bytea primary key,                   -- SHA-256 of the token
  account_id bigint not null,
  key_id bigint not null,                        -- who made it
  user_id bigint not null,
  made_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index rc_links_by_account on rc_links (account_id, made_at);

create table rc_authorizations (
  state_hash bytea primary key,                  -- SHA-256 of `state`
  account_id bigint not null,
  key_id bigint not null,
  user_id bigint not null,
  carrier text not null,
  browser_hash bytea not null,                   -- SHA-256 of the cookie that began it
  verifier bytea not null,                       -- of PKCE, sealed
  expires_at timestamptz not null
);

-- Messages whose fate RingCentral has to be asked for.
create table rc_looks (
  account_id bigint not null,
  message_id uuid not null,
  extension_id text not null,
  rc_message_id text not null,
  looks smallint not null default 0,             -- so far
  look_at timestamptz not null,
  primary key (account_id, message_id)
) with (autovacuum_vacuum_scale_factor = 0.01);
create index rc_looks_due on rc_looks (look_at);
