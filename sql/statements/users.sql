-- People who may log in.

-- name: users_of_account
-- $1 account.
select user_id, email, name, role, is_active, created_at, last_login_at,
       exists (select from second_factors f
               where f.account_id = u.account_id and f.user_id = u.user_id
                 and f.secret is not null)
         or exists (select from passkeys p
                    where p.account_id = u.account_id and p.user_id = u.user_id) as has_second_factor,
       password_hash <> '' as has_password
from users u
where account_id = $1::bigint
order by user_id;

-- name: user_email_claim
-- $1 e-mail. Changes no row when somebody has it. tenant: none, e-mails are everybody's.
insert into user_emails (email, account_id, user_id) values ($1::text, 0, 0)
on conflict do nothing;

-- name: user_make
-- $1 account, $2 e-mail, $3 name, $4 role, $5 encoded hash: a user, whose e-mail is claimed.
with made as (
  insert into users (account_id, email, name, role, password_hash)
  select a.account_id, $2::text, $3::text, $4::smallint, $5::text
  from accounts a
  where a.account_id = $1::bigint
  returning account_id, user_id
)
update user_emails e
set account_id = made.account_id, user_id = made.user_id
from made
where e.email = $2::text
returning e.user_id;

-- name: user_change
-- $1 account, $2 user, $3 name, $4 role, $5 active, $6 encoded hash; null stays.
update users
set name = coalesce($3::text, name), role = coalesce($4::smallint, role),
    is_active = coalesce($5::boolean, is_active),
    password_hash = coalesce($6::text, password_hash),
    password_changed_at = case when $6::text is null then password_changed_at else now() end
where account_id = $1::bigint and user_id = $2::bigint
returning email, name, role, is_active, created_at, last_login_at,
          exists (select from second_factors f
                  where f.account_id = users.account_id and f.user_id = users.user_id
                    and f.secret is not null)
            or exists (select from passkeys p
                       where p.account_id = users.account_id and p.user_id = users.user_id) as has_second_factor,
          password_hash <> '' as has_password;

-- name: users_lock
-- $1 account: user, role, active; until the transaction ends nobody else changes one.
select user_id, role, is_active
from users
where account_id = $1::bigint
order by user_id
for update;
