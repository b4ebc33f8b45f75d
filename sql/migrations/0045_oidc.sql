-- Logins by an OpenID provider.

-- Somebody was sent to the provider, and is to come back once, in the same browser.
create table oidc_logins (
  state_hash bytea primary key,                  -- SHA-256
  browser_hash bytea not null,                   -- SHA-256 of the cookie
  ends_at timestamptz not null
);
create index oidc_logins_to_forget on oidc_logins (ends_at);

-- Under which name a provider knows a user: from the first login by it.
create table oidc_identities (
  account_id bigint not null,
  user_id bigint not null,
  issuer text not null,
  subject text not null,
  linked_at timestamptz not null default now(),
  primary key (account_id, user_id, issuer),
  unique (issuer, subject)
);

-- What the provider publishes: its addresses and keys. A copy, fetched again when it is old.
create table oidc_documents (
  url text primary key,
  body text not null,
  fetched_at timestamptz not null
);
