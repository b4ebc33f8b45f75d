-- Passkeys (WebAuthn): keys of a user that never leave an authenticator; here is their public half.

-- The name under which a user's authenticators know them: random, and nothing of theirs.
create table passkey_owners (
  account_id bigint not null,
  user_id bigint not null,
  handle bytea not null unique,                  -- 32 bytes
  primary key (account_id, user_id)
);

create table passkeys (
  account_id bigint not null,
  user_id bigint not null,
  passkey_id bigint generated always as identity,
  name text not null,                            -- the user's own word for it
  credential_id bytea not null unique,           -- chosen by the authenticator; up to 1023 bytes
  public_key bytea not null,                     -- DER (SubjectPublicKeyInfo)
  algorithm integer not null,                    -- of COSE: -7 ES256, -8 EdDSA, -257 RS256
  sign_count bigint not null,                    -- the authenticator's counter; 0: it has none
  user_verified boolean not null,                -- it knows its owner: by a PIN, a finger, a face
  backup_eligible boolean not null,
  backed_up boolean not null,                    -- it is on more devices than one
  transports text[] not null,                    -- how a browser reaches it
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  primary key (account_id, user_id, passkey_id)
);

-- What was asked to be signed, once.
create table passkey_challenges (
  challenge_hash bytea primary key,              -- SHA-256
  bound_to bytea not null,                       -- SHA-256 of what for: a session, a login
  ends_at timestamptz not null
);
create index passkey_challenges_to_forget on passkey_challenges (ends_at);
