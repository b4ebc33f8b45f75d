-- name: create_contact_list
-- $1 account, $2 name, $3 columns, $4 tags, $5 and $6 the places of the phone's and the name's column,
-- $7 environment: its number. The count comes with finish_contact_list.
insert into contact_lists (account_id, name, columns, tags, phone_column, name_column, environment)
values ($1::bigint, $2::text, $3::text[], $4::text[], $5::smallint, $6::smallint, $7::smallint)
returning list_id;

-- name: insert_contacts
-- $1 account, $2 list, $3 id of the first one, $4 phones, $5 countries, $6 line types, $7 names,
-- $8 values of each, joined by U+001F.
insert into contacts (account_id, list_id, contact_id, phone, country, number_type, name, data)
select $1::bigint, $2::bigint, $3::bigint + v.ordinality - 1, v.phone, v.country, v.number_type,
       v.name, string_to_array(v.joined, E'\x1f')
from unnest($4::text[], $5::text[], $6::smallint[], $7::text[], $8::text[]) with ordinality
     as v (phone, country, number_type, name, joined);

-- name: finish_contact_list
-- $1 account, $2 list, $3 contacts, $4 rows with something that is no number, $5 some of these.
update contact_lists set count = $3::int, invalid = $4::int, invalid_sample = $5::text[]
where account_id = $1::bigint and list_id = $2::bigint
returning created_at;

-- name: contact_lists_page
-- $1 account, $2 tag or null, $3 limit, $4 offset, $5 lists with a smaller id, or null, $6 environment.
-- Newest first.
select list_id, name, count, columns, tags, created_at, updated_at
from contact_lists
where account_id = $1::bigint and deleted_at is null and not hidden
  and environment = $6::smallint
  and ($2::text is null or $2::text = any (tags))
  and list_id < coalesce($5::bigint, 9223372036854775807)
order by list_id desc
limit $3::bigint offset $4::bigint;

-- name: contact_lists_count
-- $1 account, $2 tag or null, $3 environment.
select count(*)
from contact_lists
where account_id = $1::bigint and deleted_at is null and not hidden
  and environment = $3::smallint
  and ($2::text is null or $2::text = any (tags));

-- name: contact_list_by_id
-- $1 account, $2 list, $3 environment.
select list_id, name, count, columns, tags, created_at, updated_at, phone_column, name_column
from contact_lists
where account_id = $1::bigint and list_id = $2::bigint and environment = $3::smallint
  and deleted_at is null and not hidden;

-- name: contacts_page
-- $1 account, $2 list, $3 ids above this, $4 limit. Ids have no gaps: a page is a range of them.
select contact_id, phone, name, data
from contacts
where account_id = $1::bigint and list_id = $2::bigint and contact_id > $3::bigint
order by contact_id
limit $4::bigint;

-- name: delete_contact_list
-- $1 account, $2 list, $3 environment. Its contacts go with the scheduler's upkeep, once no campaign needs them.
update contact_lists
set deleted_at = now(), updated_at = now()
where account_id = $1::bigint and list_id = $2::bigint and environment = $3::smallint
  and deleted_at is null and not hidden
returning list_id;

-- name: forget_contacts
-- $1 limit of lists. Deleted lists, and hidden ones of campaigns that are over, that no campaign
-- still makes messages from. tenant: none, upkeep of all accounts.
with gone as (
  select l.account_id, l.list_id
  from contact_lists l
  where (l.deleted_at < now() - interval '1 minute'
         or l.hidden and l.created_at < now() - interval '1 day')
    and not exists (
      select from batches b
      join batch_plans p on p.account_id = b.account_id and p.batch_id = b.batch_id
      where b.account_id = l.account_id and b.status in ({campaign.scheduled}, {campaign.sending}, {campaign.dripping}, {campaign.paused})
        and l.list_id = any (p.list_ids))
  limit $1::bigint
  for update of l skip locked
), contacts_gone as (
  delete from contacts c
  using gone g
  where c.account_id = g.account_id and c.list_id = g.list_id
)
delete from contact_lists l
using gone g
where l.account_id = g.account_id and l.list_id = g.list_id;
