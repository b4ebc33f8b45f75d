-- Browsers in which somebody has logged in before: the SHA-256 of the mark that such a browser keeps,
-- and of the e-mail. Failed logins of others do not make their owners wait.
create table login_devices (
  token_hash bytea primary key,
  email_hash bytea not null,
  seen_at timestamptz not null default now()
);
create index login_devices_to_forget on login_devices (seen_at);
