-- People who log in: their sessions, and what stops those who guess.

-- name: session_used
-- $1 SHA-256 of the token, $2 seconds that it may rest. tenant: none, the token names the account.
update sessions
set last_seen_at = now(), expires_at = least(now() + make_interval(secs => $2::int), ends_at)
where token_hash = $1::bytea and revoked_at is null and expires_at > now();

-- name: session_make
-- $1 SHA-256 of the token, $2 account, $3 user, $4 seconds that it may rest, $5 seconds that it
-- may live, $6 address, $7 user agent, $8 whether a second factor was shown.
insert into sessions (token_hash, account_id, user_id, expires_at, ends_at, address, user_agent,
                      second_factor_at)
values ($1::bytea, $2::bigint, $3::bigint,
        now() + make_interval(secs => least($4::int, $5::int)),
        now() + make_interval(secs => $5::int), $6::text, $7::text,
        case when $8::boolean then now() end)
returning session_id, expires_at, ends_at;

-- name: sessions_of_user
-- $1 account, $2 user: those in force, the latest first.
select session_id, created_at, last_seen_at, expires_at, address, user_agent
from sessions
where account_id = $1::bigint and user_id = $2::bigint and revoked_at is null
  and expires_at > now()
order by session_id desc;

-- name: session_revoke
-- $1 account, $2 user, $3 session.
update sessions
set revoked_at = now()
where account_id = $1::bigint and user_id = $2::bigint and session_id = $3::bigint
  and revoked_at is null and expires_at > now()
returning token_hash;

-- name: sessions_revoke_others
-- $1 account, $2 user, $3 the session that stays (0: none).
update sessions
set revoked_at = now()
where account_id = $1::bigint and user_id = $2::bigint and session_id <> $3::bigint
  and revoked_at is null and expires_at > now()
returning token_hash;

-- name: user_by_email
-- $1 e-mail, lower case. tenant: none, this is where the account comes from.
select u.account_id, u.user_id, u.password_hash, u.is_active
from user_emails e
join users u on u.account_id = e.account_id and u.user_id = e.user_id
where e.email = $1::text;

-- name: user_by_id
-- $1 account, $2 user.
select u.email, u.name, u.role, u.password_hash, u.is_active, a.name as account_name, a.currency,
       a.status as account_status
from users u
join accounts a on a.account_id = u.account_id
where u.account_id = $1::bigint and u.user_id = $2::bigint;

-- name: user_logged_in
-- $1 account, $2 user.
update users
set last_login_at = now()
where account_id = $1::bigint and user_id = $2::bigint;

-- name: user_set_password
-- $1 account, $2 user, $3 encoded hash.
update users
set password_hash = $3::text, password_changed_at = now()
where account_id = $1::bigint and user_id = $2::bigint;

-- name: user_set_hash
-- $1 account, $2 user, $3 another hash of the password that was behind $4.
update users
set password_hash = $3::text
where account_id = $1::bigint and user_id = $2::bigint and password_hash = $4::text;

-- name: login_attempt
-- $1 SHA-256 of the subject, $2 failures from which it has to wait, $3 seconds in which they are
-- counted, $4 seconds of the longest wait, $5 whether waits grow from a second, doubling.
-- Counts the attempt as failed before it is made, so that many at once are counted too. Answers how
-- many seconds are left to wait; over 0, the attempt is not to be made. tenant: none, nobody is
-- known yet.
insert into login_failures as f (subject, failures, counted_until)
values ($1::bytea, 1, now() + make_interval(secs => $3::int))
on conflict (subject) do update
set refused = coalesce(f.blocked_until > now(), false),
    failures = case when f.blocked_until > now() then f.failures
                    when f.counted_until < now() then 1
                    else f.failures + 1 end,
    counted_until = case when f.blocked_until > now() or f.counted_until >= now()
                         then f.counted_until
                         else now() + make_interval(secs => $3::int) end,
    blocked_until = case
      when f.blocked_until > now() then f.blocked_until
      when f.counted_until < now() or f.failures + 1 < $2::int then null
      else now() + make_interval(secs => case
        when $5::boolean then least(power(2, least(f.failures + 1 - $2::int, 20)), $4::int)
        else $4::int end) end
returning case when refused then ceil(extract(epoch from blocked_until - now())) else 0 end::int;

-- name: login_succeeded
-- $1 SHA-256 of the e-mail, which is forgiven, $2 of the address, from which this attempt is taken
-- back, $3 failures from which an address waits. tenant: none, as above.
with forgiven as (delete from login_failures where subject = $1::bytea)
update login_failures
set failures = greatest(failures - 1, 0),
    blocked_until = case when failures > $3::int then blocked_until end
where subject = $2::bytea;

-- name: login_device
-- $1 SHA-256 of a browser's mark, $2 of the e-mail. A row if this e-mail has logged in there. tenant:
-- none, nobody is known yet.
select 1 from login_devices where token_hash = $1::bytea and email_hash = $2::bytea;

-- name: login_device_keep
-- $1 SHA-256 of a browser's mark, $2 of the e-mail, $3 how many an e-mail has besides: those seen
-- longest ago are forgotten. tenant: none, as above.
with gone as (
  delete from login_devices
  where token_hash in (select token_hash from login_devices
                       where email_hash = $2::bytea and token_hash <> $1::bytea
                       order by seen_at desc offset $3::bigint)
)
insert into login_devices (token_hash, email_hash) values ($1::bytea, $2::bytea)
on conflict (token_hash) do update set seen_at = now(), email_hash = excluded.email_hash;

-- name: forget_login_devices
-- $1 days, $2 limit. tenant: none, upkeep of all accounts.
delete from login_devices
where token_hash in (select token_hash from login_devices
                     where seen_at < now() - make_interval(days => $1::int) limit $2::bigint
                     for update skip locked);

-- name: forget_login_failures
-- $1 limit. tenant: none, upkeep of all accounts.
delete from login_failures
where subject in (select subject from login_failures
                  where counted_until < now() - interval '1 day' limit $1::bigint
                  for update skip locked);

-- name: keys_used
-- $1 key ids. At most once a minute. tenant: none, keys of many accounts.
update api_keys
set last_used_at = now()
where key_id = any ($1::bigint[])
  and (last_used_at is null or last_used_at < now() - interval '55 seconds');
