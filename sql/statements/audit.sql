-- What every change of rights, money or configuration shares.

-- name: audit_record
-- $1 account (0: the platform), $2 kind of actor, $3 its id, $4 its name, $5 address, $6 action,
-- $7 subject, $8 detail (JSON).
insert into audit_log (account_id, actor_kind, actor_id, actor, address, action, subject, detail)
values ($1::bigint, $2::text, $3::bigint, $4::text, $5::text, $6::text, $7::text, $8::text);

-- name: audit_page
-- $1 account, $2 entries with a smaller id, $3 limit. Newest first.
select audit_id, at, actor_kind, actor_id, actor, address, action, subject, detail
from audit_log
where account_id = $1::bigint and audit_id < $2::bigint
order by audit_id desc
limit $3::bigint;

-- name: config_version_move
-- tenant: none, one number for the whole platform.
update config_version set version = version + 1 returning version;
