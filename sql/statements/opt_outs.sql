-- name: opt_outs_page
-- $1 account, $2 environment, $3 the phone after which to go on, or null, $4 limit. Newest first.
select o.phone, o.source, o.created_at, o.inbound_id
from opt_outs o
where o.account_id = $1::bigint and o.environment = $2::smallint
  and ($3::text is null or (o.created_at, o.phone) < (
    select l.created_at, l.phone
    from opt_outs l
    where l.account_id = $1::bigint and l.environment = $2::smallint and l.phone = $3::text))
order by o.created_at desc, o.phone desc
limit $4::bigint;

-- name: opt_outs_among
-- $1 account, $2 environment, $3 phones: which of these want nothing.
select o.phone
from accounts a
cross join lateral unnest($3::text[]) as k (phone)
join opt_outs o on o.account_id = a.account_id and o.environment = $2::smallint
               and o.phone = k.phone
where a.account_id = $1::bigint and a.has_opt_outs;

-- name: opt_outs_add
-- $1 account, $2 environment, $3 phones. A row for each that was not there.
insert into opt_outs (account_id, environment, phone, source)
select $1::bigint, $2::smallint, k.phone, 2
from unnest($3::text[]) as k (phone)
on conflict do nothing
returning phone;

-- name: opt_out_by_phone
-- $1 account, $2 environment, $3 phone. The columns of opt_outs_page.
select phone, source, created_at, inbound_id
from opt_outs
where account_id = $1::bigint and environment = $2::smallint and phone = $3::text;

-- name: opt_out_remove
-- $1 account, $2 environment, $3 phone. The columns of opt_outs_page.
delete from opt_outs
where account_id = $1::bigint and environment = $2::smallint and phone = $3::text
returning phone, source, created_at, inbound_id;

-- name: opt_outs_by_carrier
-- $1 carrier, $2 phone, $3 sender: for every account that has written to this phone by this carrier
-- as this sender. How many these are, and for how many it is new.
-- tenant: each account's messages by its own id; the carrier knows no accounts.
with writers as (
  select a.account_id
  from accounts a
  where exists (select
                from messages m
                where m.account_id = a.account_id and m.phone = $2::text and m.environment = 0
                  and m.carrier = $1::text and lower(m.sender) = lower($3::text))
), added as (
  insert into opt_outs (account_id, environment, phone, source)
  select account_id, 0, $2::text, 3
  from writers
  order by account_id
  on conflict do nothing
  returning account_id
)
select (select count(*) from writers) as writers, (select count(*) from added) as added;
