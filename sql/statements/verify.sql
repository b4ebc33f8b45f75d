-- name: journal_read_verify_counters
-- $1 account ids, $2 environments, $3 kinds, $4 subjects, $5 their windows in s: this window's start,
-- how many ms of it are over, its count and the count of the one before.
select k.account_id, k.environment, k.kind, k.subject, w.starts_at,
       (extract(epoch from clock_timestamp() - w.starts_at) * 1000)::bigint,
       coalesce(c.count, 0), coalesce(p.count, 0)
from unnest($1::bigint[], $2::smallint[], $3::smallint[], $4::text[], $5::bigint[])
     as k (account_id, environment, kind, subject, window_s)
cross join lateral (
  select to_timestamp(floor(extract(epoch from clock_timestamp()) / k.window_s) * k.window_s)
           as starts_at
) w
left join verify_counters c
  on c.account_id = k.account_id and c.environment = k.environment and c.kind = k.kind
 and c.subject = k.subject and c.starts_at = w.starts_at
left join verify_counters p
  on p.account_id = k.account_id and p.environment = k.environment and p.kind = k.kind
 and p.subject = k.subject and p.starts_at = w.starts_at - make_interval(secs => k.window_s);

-- name: journal_lock_verifications
-- $1 account ids, $2 verification ids.
select v.account_id, v.verification_id, v.status, v.expires_at <= clock_timestamp(), v.sends,
       (extract(epoch from clock_timestamp() - v.sent_at) * 1000)::bigint
from unnest($1::bigint[], $2::uuid[]) as k (account_id, verification_id)
join verifications v on v.account_id = k.account_id and v.verification_id = k.verification_id
order by v.verification_id
for no key update of v;

-- name: journal_insert_verification
-- $1 account, $2 verification, $3 environment, $4 app, $5 phone, $6 country, $7 sender, $8 template,
-- $9 code length, $10 lifetime in s, $11 salt, $12 hash of the code, $13 most attempts, $14 end. The
-- number has one code at a time: what is pending for it and the app is canceled.
with older as (
  update verifications
  set status = 4, finished_at = clock_timestamp()
  where account_id = $1::bigint and phone = $5::text and status = 1
    and environment = $3::smallint and app_id is not distinct from $4::text
    and verification_id <> $2::uuid
)
insert into verifications (account_id, verification_id, environment, app_id, phone, country, sender,
                           template, code_length, expiry_seconds, salt, code_hash, attempts_max,
                           expires_at)
values ($1::bigint, $2::uuid, $3::smallint, $4::text, $5::text, $6::text, $7::text, $8::text,
        $9::smallint, $10::int, $11::bytea, $12::bytea, $13::smallint, $14::timestamptz);

-- name: journal_resend_verification
-- $1 account, $2 verification, $3 salt, $4 hash of the new code, $5 its end.
update verifications
set salt = $3::bytea, code_hash = $4::bytea, expires_at = $5::timestamptz, sends = sends + 1,
    sent_at = clock_timestamp()
where account_id = $1::bigint and verification_id = $2::uuid;

-- name: journal_add_verify_counts
-- $1 account ids, $2 environments, $3 kinds, $4 subjects, $5 starts of windows, $6 codes more.
insert into verify_counters as t (account_id, environment, kind, subject, starts_at, count)
select * from unnest($1::bigint[], $2::smallint[], $3::smallint[], $4::text[], $5::timestamptz[],
                     $6::bigint[])
on conflict (account_id, environment, kind, subject, starts_at) do update
set count = t.count + excluded.count;
