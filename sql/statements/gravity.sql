-- name: gravity_tenants
-- $1 a tenant's id, or null for all. tenant: none, this is where the accounts come from.
select account_id
from accounts
where $1::text is null or tenant_id = $1::text
order by account_id;

-- name: gravity_from_number
-- $1 account, $2 environment, $3 number, $4 app or '', $5 country of the recipient: a row if it may
-- send as this number. The number may be RingCentral's: then also the country's route that leaves by
-- its carrier and no other.
select coalesce(c.kind = 'ringcentral', false) as theirs,
       (select min(r.code) from routes r
        where c.kind = 'ringcentral' and r.country = $5::text and r.is_active
          and c.carrier = any (array(select l.carrier from route_carriers l
                                     where l.route_id = r.route_id and l.valid_until is null)
                               || r.connector)
          and c.carrier = all (select l.carrier from route_carriers l
                               where l.route_id = r.route_id and l.valid_until is null)) as route
from inbound_numbers n
left join carriers c on c.carrier = n.carrier
where n.account_id = $1::bigint and n.environment = $2::smallint and n.number = $3::text
  and (n.app_id is null or n.app_id = $4::text)
order by theirs desc
limit 1;

-- name: gravity_message
-- $1 accounts, $2 environment, $3 message, $4 app or null: a message sent (of this app) or received.
select m.message_id, false as is_inbound, m.status, m.carrier_message_id,
       coalesce(m.error_message, case m.status when 8 then 'Cancelled' when 9 then 'Expired' end) as error_message,
       m.phone, m.sender, coalesce(m.shown_body, m.body) as body,
       greatest(m.submitted_at, m.delivered_at, m.failed_at) as updated_at
from unnest($1::bigint[]) as a (account_id)
join messages m on m.account_id = a.account_id and m.message_id = $3::uuid
where m.environment = $2::smallint and ($4::text is null or m.app_id = $4::text)
union all
select i.inbound_id, true, 0::smallint, i.carrier_message_id, null, i.recipient, i.sender, i.body,
       null
from unnest($1::bigint[]) as a (account_id)
join inbound_messages i on i.account_id = a.account_id and i.inbound_id = $3::uuid
where i.environment = $2::smallint;

-- name: gravity_messages
-- $1 accounts, $2 environment, $3 … $4 ids from (inclusive) to (exclusive), $5 statuses of what was
-- sent, $6 what was received too, $7 from, $8 to, $9 app whose messages, or nulls, $10 limit,
-- $11 offset. Newest first, the columns of gravity_message.
select l.message_id, l.is_inbound, l.status, l.carrier_message_id, l.error_message, l.phone,
       l.sender, l.body, l.updated_at
from unnest($1::bigint[]) as a (account_id)
cross join lateral (
  (select m.message_id, false as is_inbound, m.status, m.carrier_message_id,
          coalesce(m.error_message,
                   case m.status when 8 then 'Cancelled' when 9 then 'Expired' end) as error_message,
          m.phone, m.sender, coalesce(m.shown_body, m.body) as body,
          greatest(m.submitted_at, m.delivered_at, m.failed_at) as updated_at
   from messages m
   where m.account_id = a.account_id and m.environment = $2::smallint
     and m.message_id >= $3::uuid and m.message_id < $4::uuid
     and m.status = any ($5::smallint[])
     and ($7::text is null or m.sender = $7::text) and ($8::text is null or m.phone = $8::text)
     and ($9::text is null or m.app_id = $9::text)
   order by m.message_id desc
   limit $10::bigint + $11::bigint)
  union all
  (select i.inbound_id, true, 0::smallint, i.carrier_message_id, null, i.recipient, i.sender,
          i.body, null::timestamptz
   from inbound_messages i
   where i.account_id = a.account_id and i.environment = $2::smallint and $6::boolean
     and i.inbound_id >= $3::uuid and i.inbound_id < $4::uuid
     and ($7::text is null or i.sender = $7::text)
     and ($8::text is null or i.recipient = $8::text)
   order by i.inbound_id desc
   limit $10::bigint + $11::bigint)
) as l
order by 1 desc
limit $10::bigint offset $11::bigint;

-- name: gravity_messages_count
-- $1 … $9 as in gravity_messages, $10 the most worth counting.
select count(*)
from (select 1
      from unnest($1::bigint[]) as a (account_id)
      cross join lateral (
        (select 1
         from messages m
         where m.account_id = a.account_id and m.environment = $2::smallint
           and m.message_id >= $3::uuid and m.message_id < $4::uuid
           and m.status = any ($5::smallint[])
           and ($7::text is null or m.sender = $7::text)
           and ($8::text is null or m.phone = $8::text)
           and ($9::text is null or m.app_id = $9::text)
         limit $10::bigint)
        union all
        (select 1
         from inbound_messages i
         where i.account_id = a.account_id and i.environment = $2::smallint and $6::boolean
           and i.inbound_id >= $3::uuid and i.inbound_id < $4::uuid
           and ($7::text is null or i.sender = $7::text)
           and ($8::text is null or i.recipient = $8::text)
         limit $10::bigint)
      ) as l
      limit $10::bigint) as counted;

-- name: gravity_apps
-- $1 accounts, $2 only this app, $3 only this one too, or nulls.
select p.account_id, t.tenant_id, p.app_id, p.name, p.role, p.is_active, p.created_at, k.prefix,
       k.last_used_at, w.url, k.environment, k.scopes, k.allowed_addresses, k.expires_at
from unnest($1::bigint[]) as a (account_id)
join apps p on p.account_id = a.account_id
join accounts t on t.account_id = p.account_id
left join lateral (
  select prefix, last_used_at, environment, scopes, allowed_addresses, expires_at
  from api_keys
  where account_id = p.account_id and app_id = p.app_id and is_active
  order by key_id desc
  limit 1
) as k on true
left join webhook_endpoints w
  on w.account_id = p.account_id and w.kind = 3 and w.app_id = p.app_id
where ($2::text is null or p.app_id = $2::text) and ($3::text is null or p.app_id = $3::text)
order by p.created_at, p.app_id;

-- name: gravity_app_webhook
-- $1 account, $2 app: its endpoint, if it has a URL.
select endpoint_id
from webhook_endpoints
where account_id = $1::bigint and kind = 3 and app_id = $2::text and url is not null;

-- name: gravity_app_make
-- $1 account, $2 app, $3 name, $4 role, $5 most apps of a tenant. No row when there are too many.
insert into apps (account_id, app_id, name, role)
select $1::bigint, $2::text, $3::text, $4::smallint
where (select count(*) from apps where account_id = $1::bigint) < $5::int;

-- name: gravity_key_make
-- $1 hash of the key, $2 account, $3 app, $4 name, $5 what may be shown of it, $6 of an admin,
-- $7 requests in $8 s.
insert into api_keys (key_hash, account_id, app_id, environment, name, prefix, scopes,
                      rate_limit_per_s, rate_window_s)
values ($1::bytea, $2::bigint, $3::text, 0, $4::text, $5::text,
        array['send', 'query', 'webhooks'] || case when $6::boolean then array['admin']
                                                   else array[]::text[] end,
        $7::int, $8::int);

-- name: gravity_key_rotate
-- $1 account, $2 app, $3 hash of the new key, $4 what may be shown of it. The row of the key stays,
-- with its rights and limits; the old key opens nothing any more.
with current as (
  select key_hash
  from api_keys
  where account_id = $1::bigint and app_id = $2::text and is_active
  order by key_id desc
  limit 1
  for update
)
update api_keys k
set key_hash = $3::bytea, prefix = $4::text, last_used_at = null
from current
where k.account_id = $1::bigint and k.key_hash = current.key_hash;

-- name: gravity_keys_end
-- $1 account, $2 app.
update api_keys
set is_active = false, revoked_at = coalesce(revoked_at, now())
where account_id = $1::bigint and app_id = $2::text;

-- name: gravity_app_change
-- $1 account, $2 app, $3 name, $4 whether it is on; nulls leave them as they are.
update apps
set name = coalesce($3::text, name), is_active = coalesce($4::boolean, is_active)
where account_id = $1::bigint and app_id = $2::text;

-- name: gravity_app_delete
-- $1 account, $2 app. What it sent stays.
delete from apps
where account_id = $1::bigint and app_id = $2::text;
