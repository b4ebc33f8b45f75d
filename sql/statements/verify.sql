-- name: journal_read_verify_counters
-- $1 account ids, $2 environments, $3 kinds, $4 subjects, $5 their windows in s: this window's start,
-- how many ms of it are over, its count and the count of the one before.
select k.account_id, k.environment, k.kind, k.subject, w.starts_at,
       (extract(epoch from clock_timestamp() - w.starts_at) * 1000)::bigint as window_age_ms,
       coalesce(c.count, 0) as count, coalesce(p.count, 0) as count_before
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
select v.account_id, v.verification_id, v.status, v.expires_at <= clock_timestamp() as is_expired,
       v.sends,
       (extract(epoch from clock_timestamp() - v.sent_at) * 1000)::bigint as sent_ago_ms
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
  set status = {verification.canceled}, finished_at = clock_timestamp()
  where account_id = $1::bigint and phone = $5::text and status = {verification.pending}
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

-- name: verify_start_facts
-- $1 account, $2 app or null, $3 country, $4 environment: the time, what is said about the country
-- (whether any is named, whether this one is, its cap, codes in the 7 days before today), the app.
select clock_timestamp() as now,
       exists (select 1 from verify_countries where account_id = $1::bigint) as has_countries,
       c.country is not null as country_allowed, c.per_hour,
       (select coalesce(sum(t.count), 0)::bigint
        from verify_counters t
        where t.account_id = $1::bigint and t.environment = $4::smallint and t.kind = 5
          and t.subject = $3::text
          and t.starts_at >= date_trunc('day', now(), 'UTC') - interval '7 days'
          and t.starts_at < date_trunc('day', now(), 'UTC')) as sent_in_week,
       a.name, a.sender, a.code_length, a.expiry_seconds,
       a.template as template_text, coalesce(a.landlines, false) as landlines
from (values ($1::bigint)) as one (account_id)
left join verify_countries c on c.account_id = one.account_id and c.country = $3::text
left join verify_apps a on a.account_id = one.account_id and a.app_id = $2::text;

-- name: verify_resend_facts
-- $1 account, $2 verification, $3 environment: the time, its country as in verify_start_facts, then
-- number, sender, code length, lifetime, template and the app's name.
select clock_timestamp() as now,
       exists (select 1 from verify_countries where account_id = $1::bigint) as has_countries,
       c.country is not null as country_allowed, c.per_hour,
       (select coalesce(sum(t.count), 0)::bigint
        from verify_counters t
        where t.account_id = $1::bigint and t.environment = $3::smallint and t.kind = 5
          and t.subject = v.country
          and t.starts_at >= date_trunc('day', now(), 'UTC') - interval '7 days'
          and t.starts_at < date_trunc('day', now(), 'UTC')) as sent_in_week,
       v.phone, v.sender, v.code_length, v.expiry_seconds,
       v.template as template_text, a.name
from verifications v
left join verify_countries c on c.account_id = v.account_id and c.country = v.country
left join verify_apps a on a.account_id = v.account_id and a.app_id = v.app_id
where v.account_id = $1::bigint and v.verification_id = $2::uuid and v.environment = $3::smallint;

-- name: verify_check_by_id
-- $1 account, $2 environment, $3 verification.
select verification_id, status, expires_at <= clock_timestamp() as is_expired, attempts,
       attempts_max, salt,
       code_hash, code_length
from verifications
where account_id = $1::bigint and environment = $2::smallint and verification_id = $3::uuid;

-- name: verify_check_by_phone
-- $1 account, $2 environment, $3 phone: the newest that can still be approved.
select verification_id, status, false as is_expired, attempts, attempts_max, salt, code_hash,
       code_length
from verifications
where account_id = $1::bigint and phone = $3::text and environment = $2::smallint
  and status = {verification.pending} and expires_at > clock_timestamp()
order by verification_id desc
limit 1;

-- name: verify_check_write
-- $1 account, $2 verification, $3 attempts and $4 hash as they were read, $5 new status. Changes no
-- row when it is not as it was read.
update verifications
set attempts = attempts + 1, status = $5::smallint,
    finished_at = case when $5::smallint <> 1 then clock_timestamp() end
where account_id = $1::bigint and verification_id = $2::uuid and status = {verification.pending}
  and attempts = $3::smallint and code_hash = $4::bytea and expires_at > clock_timestamp();

-- name: verification_by_id
-- $1 account, $2 environment, $3 verification.
select verification_id, status, expires_at <= clock_timestamp() as is_expired, phone, country,
       app_id, attempts,
       attempts_max, sends, expires_at, finished_at
from verifications
where account_id = $1::bigint and environment = $2::smallint and verification_id = $3::uuid;

-- name: verifications_page
-- $1 account, $2 environment, $3 statuses as written down, $4 pending ones, $5 expired ones, $6 app
-- or null, $7 older than this id or null, $8 phone or null, $9 limit, $10 offset. One branch finds
-- nothing; a generic plan has an index for each.
select verification_id, status, expires_at <= clock_timestamp() as is_expired, phone, country,
       app_id, attempts,
       attempts_max, sends, expires_at, finished_at
from (select * from verifications where account_id = $1::bigint and $8::text is null
      union all
      select * from verifications where account_id = $1::bigint and phone = $8::text) as v
where environment = $2::smallint
  and (status = any ($3::smallint[])
       or (status = {verification.pending} and case when expires_at > clock_timestamp() then $4::boolean
                               else $5::boolean end))
  and ($6::text is null or app_id = $6::text)
  and verification_id < coalesce($7::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
order by verification_id desc
limit $9::bigint offset $10::bigint;

-- name: verifications_count
-- $1 … $6 as in verifications_page, $7 phone or null, $8 the most worth counting.
select count(*)
from (select 1
      from (select * from verifications where account_id = $1::bigint and $7::text is null
            union all
            select * from verifications where account_id = $1::bigint and phone = $7::text) as v
      where environment = $2::smallint
        and (status = any ($3::smallint[])
             or (status = {verification.pending} and case when expires_at > clock_timestamp() then $4::boolean
                                     else $5::boolean end))
        and ($6::text is null or app_id = $6::text)
      limit $8::bigint) as counted;

-- name: verify_cancel
-- $1 account, $2 environment, $3 verification.
update verifications
set status = {verification.canceled}, finished_at = clock_timestamp()
where account_id = $1::bigint and environment = $2::smallint and verification_id = $3::uuid
  and status = {verification.pending} and expires_at > clock_timestamp();

-- name: verify_apps_all
-- $1 account.
select app_id, name, sender, code_length, expiry_seconds, template as template_text, created_at,
       updated_at,
       landlines
from verify_apps
where account_id = $1::bigint
order by created_at, app_id;

-- name: verify_app_by_id
-- $1 account, $2 app.
select app_id, name, sender, code_length, expiry_seconds, template as template_text, created_at,
       updated_at,
       landlines
from verify_apps
where account_id = $1::bigint and app_id = $2::text;

-- name: verify_app_make
-- $1 account, $2 app, $3 name, $4 sender, $5 code length, $6 lifetime in s, $7 template, $8 time,
-- $9 most apps of an account, $10 whether landlines get codes. No row when there are too many.
insert into verify_apps (account_id, app_id, name, sender, code_length, expiry_seconds, template,
                         created_at, updated_at, landlines)
select $1::bigint, $2::text, $3::text, $4::text, $5::smallint, $6::int, $7::text, $8::timestamptz,
       $8::timestamptz, $10::boolean
where (select count(*) from verify_apps where account_id = $1::bigint) < $9::int;

-- name: verify_app_replace
-- $1 account, $2 app, $3 … $7 as in verify_app_make, $8 whether landlines get codes.
update verify_apps
set name = $3::text, sender = $4::text, code_length = $5::smallint, expiry_seconds = $6::int,
    template = $7::text, landlines = $8::boolean, updated_at = clock_timestamp()
where account_id = $1::bigint and app_id = $2::text
returning app_id, name, sender, code_length, expiry_seconds, template as template_text,
          created_at, updated_at,
          landlines;

-- name: verify_app_delete
-- $1 account, $2 app. Its verifications stay.
delete from verify_apps
where account_id = $1::bigint and app_id = $2::text;

-- name: verify_app_counts
-- $1 account, $2 environment, $3 app, $4 from this id on: all, pending, approved, failed, expired,
-- canceled, codes.
select count(*) as total,
       count(*) filter (where status = {verification.pending} and expires_at > clock_timestamp()) as pending,
       count(*) filter (where status = {verification.approved}) as approved,
       count(*) filter (where status = {verification.failed}) as failed,
       count(*) filter (where status = {verification.pending} and expires_at <= clock_timestamp()) as expired,
       count(*) filter (where status = {verification.canceled}) as canceled,
       coalesce(sum(sends), 0)::bigint as sends
from verifications
where account_id = $1::bigint and environment = $2::smallint and app_id = $3::text
  and verification_id >= $4::uuid;

-- name: verify_countries_all
-- $1 account.
select country, per_hour
from verify_countries
where account_id = $1::bigint
order by country;

-- name: verify_countries_replace
-- $1 account, $2 countries, $3 their caps or nulls.
with gone as (
  delete from verify_countries
  where account_id = $1::bigint and country <> all ($2::text[])
)
insert into verify_countries (account_id, country, per_hour)
select $1::bigint, v.country, v.per_hour
from unnest($2::text[], $3::int[]) as v (country, per_hour)
on conflict (account_id, country) do update set per_hour = excluded.per_hour;

-- name: forget_verify_counters
-- $1 limit. The oldest question is for a week of days. tenant: none, upkeep of all accounts.
delete from verify_counters
where ctid = any (array(
  select ctid from verify_counters
  where starts_at < now() - interval '9 days'
  limit $1::bigint
));
