-- The second factor of those who log in.

-- name: second_factor_of
-- $1 account, $2 user: the sealed secret in force (null: none), the enrolled one (null: none, or too
-- old), since when, codes on paper that are left, the user's role, whether the account wants one,
-- the e-mail, passkeys, and the name.
select f.secret,
       case when f.pending_until > now() then f.pending end as pending,
       least(f.confirmed_at, (select min(p.created_at) from passkeys p
                              where p.account_id = u.account_id and p.user_id = u.user_id)) as confirmed_at,
       (select count(*) from recovery_codes c
        where c.account_id = u.account_id and c.user_id = u.user_id and c.used_at is null) as recovery_codes,
       u.role, a.second_factor_required, u.email,
       (select count(*) from passkeys p
        where p.account_id = u.account_id and p.user_id = u.user_id) as passkeys, u.name
from users u
join accounts a on a.account_id = u.account_id
left join second_factors f on f.account_id = u.account_id and f.user_id = u.user_id
where u.account_id = $1::bigint and u.user_id = $2::bigint;

-- name: second_factor_enrol
-- $1 account, $2 user, $3 sealed secret, $4 seconds in which a code of it has to be shown.
insert into second_factors (account_id, user_id, pending, pending_until)
values ($1::bigint, $2::bigint, $3::bytea, now() + make_interval(secs => $4::int))
on conflict (account_id, user_id) do update
set pending = excluded.pending, pending_until = excluded.pending_until;

-- name: second_factor_confirm
-- $1 account, $2 user, $3 the enrolled secret, $4 the step of the code that was shown. No row:
-- another was enrolled meanwhile, or this one is in force.
update second_factors
set secret = pending, confirmed_at = now(), last_step = $4::bigint, pending = null,
    pending_until = null
where account_id = $1::bigint and user_id = $2::bigint and pending = $3::bytea
  and pending_until > now()
returning user_id;

-- name: second_factor_use
-- $1 account, $2 user, $3 step. No row: a code of this step or of a later one was used before.
update second_factors
set last_step = $3::bigint
where account_id = $1::bigint and user_id = $2::bigint and secret is not null
  and last_step < $3::bigint
returning user_id;

-- name: second_factor_drop
-- $1 account, $2 user: the app's and the passkeys, with the codes on paper and every login that waits
-- for them. No row: there was none.
with codes as (
  delete from recovery_codes where account_id = $1::bigint and user_id = $2::bigint
), halves as (
  delete from half_sessions where account_id = $1::bigint and user_id = $2::bigint
), apps as (
  delete from second_factors where account_id = $1::bigint and user_id = $2::bigint
  returning user_id
), keys as (
  delete from passkeys where account_id = $1::bigint and user_id = $2::bigint returning user_id
)
select user_id from apps union select user_id from keys;

-- name: second_factor_drop_app
-- $1 account, $2 user: passkeys and codes on paper stay.
delete from second_factors where account_id = $1::bigint and user_id = $2::bigint
returning user_id;

-- name: recovery_code_use
-- $1 account, $2 user, $3 SHA-256 of the code.
update recovery_codes
set used_at = now()
where account_id = $1::bigint and user_id = $2::bigint and code_hash = $3::bytea
  and used_at is null
returning user_id;

-- name: recovery_codes_drop
-- $1 account, $2 user.
delete from recovery_codes where account_id = $1::bigint and user_id = $2::bigint;

-- name: recovery_codes_make
-- $1 account, $2 user, $3 SHA-256 of each.
insert into recovery_codes (account_id, user_id, code_hash)
select $1::bigint, $2::bigint, code from unnest($3::bytea[]) as code;

-- name: half_session_make
-- $1 SHA-256 of the token, $2 account, $3 user, $4 seconds.
insert into half_sessions (token_hash, account_id, user_id, ends_at)
values ($1::bytea, $2::bigint, $3::bigint, now() + make_interval(secs => $4::int))
returning ends_at;

-- name: half_session_of
-- $1 SHA-256 of the token: the account, the user and the e-mail. tenant: none, this is where the
-- account comes from.
select h.account_id, h.user_id, u.email
from half_sessions h
join users u on u.account_id = h.account_id and u.user_id = h.user_id
where h.token_hash = $1::bytea and h.ends_at > now() and u.is_active;

-- name: half_session_end
-- $1 SHA-256 of the token. No row: another used it. tenant: none, the token names the account.
delete from half_sessions where token_hash = $1::bytea returning user_id;

-- name: half_sessions_drop
-- $1 account, $2 user: the password is another one now.
delete from half_sessions where account_id = $1::bigint and user_id = $2::bigint;

-- name: session_second_factor
-- $1 account, $2 user, $3 session: it was shown now.
update sessions
set second_factor_at = now()
where account_id = $1::bigint and user_id = $2::bigint and session_id = $3::bigint
returning second_factor_at;

-- name: sessions_forget_second_factor
-- $1 account, $2 user: there is none to be shown again.
update sessions
set second_factor_at = null
where account_id = $1::bigint and user_id = $2::bigint and second_factor_at is not null;

-- name: second_factor_policy
-- $1 account, $2 whether its people need one.
update accounts set second_factor_required = $2::boolean where account_id = $1::bigint
returning account_id;

-- name: sessions_without_second_factor_end
-- $1 account.
update sessions
set revoked_at = now()
where account_id = $1::bigint and second_factor_at is null and revoked_at is null
  and expires_at > now()
returning token_hash;

-- name: forget_half_sessions
-- $1 limit. tenant: none, upkeep of all accounts.
delete from half_sessions
where token_hash in (select token_hash from half_sessions where ends_at < now()
                     limit $1::bigint for update skip locked);
