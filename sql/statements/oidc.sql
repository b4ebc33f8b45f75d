-- Logins by an OpenID provider.

-- name: oidc_login_make
-- $1 SHA-256 of the state, $2 of the browser's cookie, $3 seconds. tenant: none, nobody is known yet.
insert into oidc_logins (state_hash, browser_hash, ends_at)
values ($1::bytea, $2::bytea, now() + make_interval(secs => $3::int));

-- name: oidc_login_use
-- $1 SHA-256 of the state, $2 of the browser's cookie. No row: never begun in this browser, used, or
-- too old. tenant: none, as above.
delete from oidc_logins
where state_hash = $1::bytea and browser_hash = $2::bytea and ends_at > now()
returning ends_at;

-- name: forget_oidc_logins
-- $1 limit. tenant: none, upkeep of all accounts.
delete from oidc_logins
where state_hash in (select state_hash from oidc_logins where ends_at < now()
                     limit $1::bigint for update skip locked);

-- name: oidc_user_by_subject
-- $1 account, $2 issuer, $3 subject.
select u.user_id, u.role
from oidc_identities i
join users u on u.account_id = i.account_id and u.user_id = i.user_id
where i.account_id = $1::bigint and i.issuer = $2::text and i.subject = $3::text and u.is_active;

-- name: oidc_user_by_email
-- $1 account, $2 e-mail, lower case, $3 issuer: user, role, active, whether the provider knows them
-- under another name.
select u.user_id, u.role, u.is_active,
       exists (select from oidc_identities i
               where i.account_id = u.account_id and i.user_id = u.user_id
                 and i.issuer = $3::text) as is_linked
from user_emails e
join users u on u.account_id = e.account_id and u.user_id = e.user_id
where u.account_id = $1::bigint and e.email = $2::text;

-- name: oidc_link
-- $1 account, $2 user, $3 issuer, $4 subject. No row: somebody is linked already.
insert into oidc_identities (account_id, user_id, issuer, subject)
values ($1::bigint, $2::bigint, $3::text, $4::text)
on conflict do nothing
returning user_id;

-- name: oidc_document
-- $1 URL, $2 seconds that it is good for: the body, and its age in seconds. tenant: none, the
-- provider's, of the whole platform.
select body, extract(epoch from now() - fetched_at)::bigint as age_s
from oidc_documents
where url = $1::text and fetched_at > now() - make_interval(secs => $2::int);

-- name: oidc_document_keep
-- $1 URL, $2 body. tenant: none, as above.
insert into oidc_documents (url, body, fetched_at) values ($1::text, $2::text, now())
on conflict (url) do update set body = excluded.body, fetched_at = excluded.fetched_at;
