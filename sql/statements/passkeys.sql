-- Passkeys: what users show instead of a code, or instead of password and code.

-- name: passkey_challenge_make
-- $1 SHA-256 of the challenge, $2 SHA-256 of what it is for, $3 seconds. tenant: none, somebody who
-- logs in by a passkey is not known yet.
insert into passkey_challenges (challenge_hash, bound_to, ends_at)
values ($1::bytea, $2::bytea, now() + make_interval(secs => $3::int));

-- name: passkey_challenge_use
-- $1 SHA-256 of the challenge, $2 SHA-256 of what it is for. No row: never made for this, used, or
-- too old. tenant: none, as above.
delete from passkey_challenges
where challenge_hash = $1::bytea and bound_to = $2::bytea and ends_at > now()
returning ends_at;

-- name: forget_passkey_challenges
-- $1 limit. tenant: none, upkeep of all accounts.
delete from passkey_challenges
where challenge_hash in (select challenge_hash from passkey_challenges where ends_at < now()
                         limit $1::bigint for update skip locked);

-- name: passkey_owner
-- $1 account, $2 user, $3 a handle, if the user has none. Answers the user's, and holds it until the
-- transaction ends: two changes of a user's passkeys wait for each other.
insert into passkey_owners as o (account_id, user_id, handle)
values ($1::bigint, $2::bigint, $3::bytea)
on conflict (account_id, user_id) do update set handle = o.handle
returning handle;

-- name: passkeys_of_user
-- $1 account, $2 user.
select passkey_id, name, created_at, last_used_at, backed_up, user_verified, credential_id,
       array_to_string(transports, ',') as transports
from passkeys
where account_id = $1::bigint and user_id = $2::bigint
order by passkey_id;

-- name: passkey_of_user
-- $1 account, $2 user, $3 credential id: as passkey_by_credential.
select p.account_id, p.user_id, p.passkey_id, p.public_key, p.algorithm, p.backup_eligible, o.handle,
       u.email
from passkeys p
join passkey_owners o on o.account_id = p.account_id and o.user_id = p.user_id
join users u on u.account_id = p.account_id and u.user_id = p.user_id
where p.account_id = $1::bigint and p.user_id = $2::bigint and p.credential_id = $3::bytea
  and u.is_active;

-- name: passkey_by_credential
-- $1 credential id: account, user, passkey, public key, algorithm, whether it may be backed up, the
-- user's handle and e-mail. tenant: none, this is where the account comes from.
select p.account_id, p.user_id, p.passkey_id, p.public_key, p.algorithm, p.backup_eligible, o.handle,
       u.email
from passkeys p
join passkey_owners o on o.account_id = p.account_id and o.user_id = p.user_id
join users u on u.account_id = p.account_id and u.user_id = p.user_id
where p.credential_id = $1::bytea and u.is_active;

-- name: passkey_make
-- $1 account, $2 user, $3 name, $4 credential id, $5 public key, $6 algorithm, $7 sign count, $8 user
-- verified, $9 may be backed up, $10 is backed up, $11 transports. No row: somebody has it.
insert into passkeys (account_id, user_id, name, credential_id, public_key, algorithm, sign_count,
                      user_verified, backup_eligible, backed_up, transports)
values ($1::bigint, $2::bigint, $3::text, $4::bytea, $5::bytea, $6::int, $7::bigint, $8::boolean,
        $9::boolean, $10::boolean, $11::text[])
on conflict (credential_id) do nothing
returning passkey_id, created_at;

-- name: passkey_used
-- $1 account, $2 user, $3 passkey, $4 its counter now, $5 whether it is backed up. No row: the
-- counter did not go on, as a copy's does not.
update passkeys
set sign_count = $4::bigint, backed_up = $5::boolean, last_used_at = now()
where account_id = $1::bigint and user_id = $2::bigint and passkey_id = $3::bigint
  and (sign_count < $4::bigint or (sign_count = 0 and $4::bigint = 0))
returning passkey_id;

-- name: passkey_rename
-- $1 account, $2 user, $3 passkey, $4 name.
update passkeys
set name = $4::text
where account_id = $1::bigint and user_id = $2::bigint and passkey_id = $3::bigint
returning passkey_id, name, created_at, last_used_at, backed_up, user_verified;

-- name: passkey_drop
-- $1 account, $2 user, $3 passkey.
delete from passkeys
where account_id = $1::bigint and user_id = $2::bigint and passkey_id = $3::bigint
returning name;

-- name: passkey_owner_lock
-- $1 account, $2 user.
select 1 from passkey_owners where account_id = $1::bigint and user_id = $2::bigint for update;
