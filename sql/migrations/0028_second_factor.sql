-- The second factor of a login: one-time codes of an app, and codes on paper for a lost phone.

create table second_factors (
  account_id bigint not null,
  user_id bigint not null,
  secret bytea,                                  -- in force: sealed for this user
  last_step bigint not null default 0,           -- of the last code used: none is used twice
  confirmed_at timestamptz,                      -- null: none is in force yet
  pending bytea,                                 -- enrolled, and no code of it was shown yet
  pending_until timestamptz,
  primary key (account_id, user_id),
  check ((secret is null) = (confirmed_at is null)),
  check ((pending is null) = (pending_until is null))
);

create table recovery_codes (
  account_id bigint not null,
  user_id bigint not null,
  code_hash bytea not null,                      -- SHA-256
  used_at timestamptz,
  primary key (account_id, user_id, code_hash)
);

-- The password was right; nothing is open before the second factor is shown.
create table half_sessions (
  token_hash bytea primary key,                  -- SHA-256
  account_id bigint not null,
  user_id bigint not null,
  ends_at timestamptz not null
);
create index half_sessions_to_forget on half_sessions (ends_at);
create index half_sessions_by_user on half_sessions (account_id, user_id);

-- When it was last shown in this session; null: the user had none when it was opened.
alter table sessions add column second_factor_at timestamptz;

-- Whether the account's people need one.
alter table accounts add column second_factor_required boolean not null default false;
