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

-- name: audit_chains
-- The chain of each account that has lines: its last line's number and hash, and those of the last
-- line that retention removed. tenant: none, the proof of all chains.
select coalesce(c.account_id, l.account_id) as account_id, coalesce(c.seq, 0) as seq, c.hash,
       coalesce(c.base_seq, 0) as base_seq,
       c.base_hash
from audit_chains c
full join (select distinct account_id from audit_log) l using (account_id)
order by 1;

-- name: audit_chain_page
-- $1 account, $2 lines after this number, $3 its hash, $4 limit: number, hash as it stands and as it
-- must be, id, time, action.
select a.seq, a.hash,
       audit_line_hash(coalesce(lag(a.hash) over (order by a.seq), $3::bytea), a) as expected_hash,
       a.audit_id, a.at, a.action
from audit_log a
where a.account_id = $1::bigint and a.seq > $2::bigint
order by a.seq
limit $4::bigint;

-- name: audit_line_at
-- $1 account, $2 number: its hash.
select hash from audit_log where account_id = $1::bigint and seq = $2::bigint;

-- name: config_version_move
-- tenant: none, one number for the whole platform.
update config_version set version = version + 1 returning version;
