-- Sender names and the countries for which they are asked, approved and refused.

-- name: senders_of_account
-- $1 account. Newest first.
select sender_id, name, use_case, status, rejection_reason, created_at,
       case when status = {sender.approved} then countries else '{}' end as approved_countries,
       requested, rejected
from sender_ids
where account_id = $1::bigint
order by sender_id desc;

-- name: sender_by_id
-- $1 account, $2 sender id. The columns of senders_of_account.
select sender_id, name, use_case, status, rejection_reason, created_at,
       case when status = {sender.approved} then countries else '{}' end as approved_countries,
       requested, rejected
from sender_ids
where account_id = $1::bigint and sender_id = $2::bigint;

-- name: senders_count
-- $1 account.
select count(*) from sender_ids where account_id = $1::bigint;

-- name: sender_request
-- $1 account, $2 name, $3 countries, $4 use case or null. A name that is there already is asked for
-- the countries for which it is not approved yet. The columns of senders_of_account.
insert into sender_ids as s (account_id, name, countries, requested, use_case)
values ($1::bigint, $2::text, '{}', $3::text[], $4::text)
on conflict (account_id, lower(name)) do update
set requested = array(select distinct c from unnest(s.requested || excluded.requested) c
                      where s.status <> {sender.approved} or c <> all (s.countries) order by c),
    rejected = array(select c from unnest(s.rejected) c where c <> all (excluded.requested)),
    use_case = coalesce(excluded.use_case, s.use_case),
    status = case when s.status = {sender.rejected} then {sender.pending} else s.status end
returning sender_id, name, use_case, status, rejection_reason, created_at,
          case when status = {sender.approved} then countries else '{}' end as approved_countries,
          requested, rejected;

-- name: sender_approve
-- $1 account, $2 sender id, $3 countries, of those asked for or refused. Changes no row when one is
-- none of them. The columns of senders_of_account.
update sender_ids
set countries = array(select distinct c
                      from unnest(case when status = {sender.approved} then countries else '{}' end || $3::text[]) c
                      order by c),
    requested = array(select c from unnest(requested) c where c <> all ($3::text[])),
    rejected = array(select c from unnest(rejected) c where c <> all ($3::text[])),
    status = {sender.approved}, rejection_reason = null, decided_at = now()
where account_id = $1::bigint and sender_id = $2::bigint
  and $3::text[] <@ (requested || rejected || case when status = {sender.approved} then countries else '{}' end)
returning sender_id, name, use_case, status, rejection_reason, created_at,
          case when status = {sender.approved} then countries else '{}' end as approved_countries,
          requested, rejected;

-- name: sender_reject
-- $1 account, $2 sender id, $3 countries, of those asked for or approved, $4 reason. The columns of
-- senders_of_account.
update sender_ids
set countries = array(select c from unnest(countries) c where c <> all ($3::text[])),
    requested = array(select c from unnest(requested) c where c <> all ($3::text[])),
    rejected = array(select distinct c from unnest(rejected || $3::text[]) c order by c),
    status = case when status = {sender.approved} and not countries <@ $3::text[] then {sender.approved}
                  when not requested <@ $3::text[] then {sender.pending}
                  else 3 end,
    rejection_reason = $4::text, decided_at = now()
where account_id = $1::bigint and sender_id = $2::bigint
  and $3::text[] <@ (requested || rejected || case when status = {sender.approved} then countries else '{}' end)
returning sender_id, name, use_case, status, rejection_reason, created_at,
          case when status = {sender.approved} then countries else '{}' end as approved_countries,
          requested, rejected;

-- name: sender_fees
-- tenant: none, fees are everybody's.
select country, fee_usd_micros, fee_type, covers, fee_table, note
from sender_fees
order by country;

-- name: sender_fee_set
-- $1 country, $2 fee or null, $3 type, $4 covers, $5 table (JSON), $6 note. tenant: none.
insert into sender_fees (country, fee_usd_micros, fee_type, covers, fee_table, note)
values ($1::text, $2::bigint, $3::text, $4::text, $5::text, $6::text)
on conflict (country) do update
set fee_usd_micros = excluded.fee_usd_micros, fee_type = excluded.fee_type,
    covers = excluded.covers, fee_table = excluded.fee_table, note = excluded.note;

-- name: sender_fee_drop
-- $1 country. tenant: none.
delete from sender_fees where country = $1::text;
