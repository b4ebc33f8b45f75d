-- E-mail to those who log in, and the links in it. Kinds: 1 invitation, 2 a new password.

-- name: mail_queue
-- $1 kind, $2 account and $3 user (null: whoever has the e-mail), $4 e-mail, $5 language. tenant:
-- none of a forgotten password, whose e-mail may be nobody's.
insert into mail_outbox (kind, account_id, user_id, recipient, language)
values ($1::smallint, $2::bigint, $3::bigint, $4::text, $5::text);

-- name: mail_unqueue
-- $1 account, $2 user: invitations that wait.
delete from mail_outbox where account_id = $1::bigint and user_id = $2::bigint;

-- name: mail_claim
-- The mail that is due longest; nobody else tries it for the next while, which doubles from a minute
-- to an hour. tenant: none, the scheduler's work for all accounts.
update mail_outbox
set attempts = attempts + 1,
    due_at = now() + least(interval '1 minute' * power(2, attempts), interval '1 hour')
where mail_id = (select mail_id from mail_outbox
                 where platform_open() and due_at <= now() and gave_up_at is null
                 order by due_at limit 1 for update skip locked)
returning mail_id, kind, recipient, language, attempts, created_at;

-- name: mail_person
-- $1 e-mail: who it is, the account's name, and whether a password is set. tenant: none, the mail
-- names the account.
select u.account_id, u.user_id, a.name, u.password_hash <> '' as has_password, u.is_active
from user_emails e
join users u on u.account_id = e.account_id and u.user_id = e.user_id
join accounts a on a.account_id = u.account_id
where e.email = $1::text;

-- name: mail_done
-- $1 mail. tenant: none, as above.
delete from mail_outbox where mail_id = $1::bigint;

-- name: mail_failed
-- $1 mail, $2 what the server said, $3 whether it is given up. tenant: none, as above.
update mail_outbox
set last_error = $2::text, gave_up_at = case when $3::boolean then now() end
where mail_id = $1::bigint;

-- name: forget_mails
-- $1 limit. tenant: none, upkeep of all accounts.
delete from mail_outbox
where mail_id in (select mail_id from mail_outbox where created_at < now() - interval '30 days'
                  limit $1::bigint for update skip locked);

-- name: forget_user_links
-- $1 limit. tenant: none, upkeep of all accounts.
delete from user_links
where token_hash in (select token_hash from user_links where expires_at < now()
                     limit $1::bigint for update skip locked);

-- name: user_link_make
-- $1 SHA-256 of the token, $2 account, $3 user, $4 kind, $5 minutes.
insert into user_links (token_hash, account_id, user_id, kind, expires_at)
values ($1::bytea, $2::bigint, $3::bigint, $4::smallint, now() + make_interval(mins => $5::int))
returning expires_at;

-- name: user_link_of
-- $1 SHA-256 of the token, $2 kind: account, user, e-mail. tenant: none, this is where the account
-- comes from.
select l.account_id, l.user_id, u.email
from user_links l
join users u on u.account_id = l.account_id and u.user_id = l.user_id
where l.token_hash = $1::bytea and l.kind = $2::smallint and l.expires_at > now() and u.is_active;

-- name: user_link_use
-- $1 SHA-256 of the token. No row: another used it. tenant: none, the token names the account.
delete from user_links where token_hash = $1::bytea returning user_id;

-- name: user_links_drop
-- $1 account, $2 user: the password is another one now, or there is a newer invitation.
delete from user_links where account_id = $1::bigint and user_id = $2::bigint;

-- name: user_password_wanted
-- $1 account, $2 user: e-mail, and whether a password is set. Locked.
select email, password_hash <> '' as has_password from users
where account_id = $1::bigint and user_id = $2::bigint and is_active
for update;
