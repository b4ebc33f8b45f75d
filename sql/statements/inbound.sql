-- name: snapshot_carriers
-- tenant: none, carriers are everybody's.
select c.carrier, s.secret_hash
from carriers c
cross join lateral unnest(c.secret_hashes) as s (secret_hash)
where c.is_active;

-- name: snapshot_carrier_networks
-- tenant: none, as above.
select carrier, allowed_addresses from carriers where allowed_addresses <> '{}';

-- name: snapshot_http_carriers
-- tenant: none, as above.
select carrier, settings from carriers where is_active and kind = 'http';

-- name: snapshot_opt_out_words
-- tenant: none, words are everybody's.
select word, wish, language, countries, leads from opt_out_words;

-- name: snapshot_opt_out_answers
-- tenant: none, as the words.
select language, wish, answer from opt_out_answers;

-- name: inbound_owners
-- $1 number, $2 countries in which it may mean something, $3 the carrier that brings the text,
-- $4 words that may be the keyword: whose it is, and how it answers. A keyword's row comes before
-- the number's own, in the order of the words. tenant: none, this is where the account comes from.
select n.account_id, n.environment, n.app_id, n.keyword, n.auto_reply, n.confirms, a.tenant_id,
       a.currency, a.status
from inbound_numbers n
join accounts a on a.account_id = n.account_id
where n.number = $1::text and n.country = any ($2::text[])
  and (n.carrier is null or n.carrier = $3::text)
  and (n.keyword = '' or n.keyword = any ($4::text[]))
order by n.keyword = '', array_position($4::text[], n.keyword)
limit 1;

-- name: inbound_countries
-- $1 carrier, $2 number, $3 limit: the countries whose national forms this carrier may write in a
-- text to this number, the likeliest first: where the number means something, then where the carrier
-- delivers. tenant: none, as inbound_owners.
select country
from (select n.country, 0 as place
      from inbound_numbers n
      where n.number = $2::text and (n.carrier is null or n.carrier = $1::text)
      union all
      select r.country, 1
      from routes r
      where r.is_active
        and (r.connector = $1::text
             or exists (select from route_carriers l
                        where l.route_id = r.route_id and l.carrier = $1::text and l.is_active))
     ) as known
group by country
order by min(place), country
limit $3::bigint;

-- name: inbound_known_numbers
-- $1 numbers, $2 carrier: those of them that somebody has. tenant: none, as inbound_owners.
select number
from inbound_numbers
where number = any ($1::text[]) and (carrier is null or carrier = $2::text)
order by array_position($1::text[], number);

-- name: inbound_texted
-- $1 recipient, $2 its countries, $3 phones: the one that an owner of the number texted last.
-- tenant: none, as inbound_owners.
select m.phone
from (select distinct account_id
      from inbound_numbers
      where number = $1::text and country = any ($2::text[])) as owner
join messages m on m.account_id = owner.account_id
where m.phone = any ($3::text[])
order by m.message_id desc
limit 1;

-- name: inbound_sharers
-- $1 … $3 as in inbound_owners, $4 limit, $5 the sender: all accounts that share the number, first
-- the one that texted the sender last. tenant: none, as inbound_owners.
select s.account_id, s.environment, null::text as app_id, '' as keyword, null::text as auto_reply,
       s.confirms, a.tenant_id, a.currency, a.status
from (select n.account_id, n.environment, bool_or(n.confirms) as confirms
      from inbound_numbers n
      where n.number = $1::text and n.country = any ($2::text[])
        and (n.carrier is null or n.carrier = $3::text)
      group by n.account_id, n.environment) as s
join accounts a on a.account_id = s.account_id
order by (select m.message_id
          from messages m
          where m.account_id = s.account_id and m.phone = $5::text
          order by m.message_id desc
          limit 1) desc nulls last, s.account_id
limit $4::bigint;

-- name: keep_unrouted
-- $1 carrier, $2 its id, $3 sender, $4 recipient, $5 text. Changes no row when it is there.
-- tenant: none, nobody's.
insert into inbound_unrouted (carrier, carrier_message_id, sender, recipient, body)
values ($1::text, $2::text, $3::text, $4::text, $5::text)
on conflict do nothing;

-- name: claim_auto_reply
-- $1 account, $2 environment, $3 phone, $4 seconds between two answers, $5 the most on a day, $6 the
-- wish that is answered, 0 for none: another than the last waits for nothing. A row for who may
-- answer now. A number of our own is never answered: it might answer back for ever.
insert into auto_replies as r (account_id, environment, phone, replied_at, day, replies, wish)
select $1::bigint, $2::smallint, $3::text, clock_timestamp(),
       (clock_timestamp() at time zone 'UTC')::date, 1, $6::smallint
where not exists (select from inbound_numbers n where n.number = $3::text)
on conflict (account_id, environment, phone) do update
set replied_at = excluded.replied_at, day = excluded.day, wish = excluded.wish,
    replies = case when r.day = excluded.day then r.replies + 1 else 1 end
where (r.replied_at <= clock_timestamp() - make_interval(secs => $4::int)
       or ($6::smallint <> 0 and r.wish <> $6::smallint))
  and (r.day <> excluded.day or r.replies < $5::int)
returning 1;

-- name: message_for_receipt
-- $1 account, $2 message, $3 carrier: whether it took the message, or, where that is not recorded
-- yet, may have.
select m.environment,
       coalesce(m.carrier = $3::text, exists (
         select from routes r
         where r.code = m.route
           and (r.connector = $3::text or exists (
                  select from route_carriers l
                  where l.route_id = r.route_id and l.carrier = $3::text)))
         or exists (
           select from carrier_overrides o
           where o.account_id = m.account_id and o.carrier = $3::text)) as carrier_matches
from messages m
where m.account_id = $1::bigint and m.message_id = $2::uuid;

-- name: inbound_page
-- $1 account, $2 environments, $3 … $4 ids from (inclusive) to (exclusive), $5 recipient or null,
-- $6 keyword or null, $7 limit, $8 offset. Newest first.
select inbound_id, sender, recipient, body, keyword, wish, auto_reply, environment
from inbound_messages
where account_id = $1::bigint and environment = any ($2::smallint[])
  and inbound_id >= $3::uuid and inbound_id < $4::uuid
  and ($5::text is null or recipient = $5::text) and ($6::text is null or keyword = $6::text)
order by inbound_id desc
limit $7::bigint offset $8::bigint;

-- name: inbound_page_of_sender
-- $1 … $6 as in inbound_page, $7 sender, $8 limit, $9 offset.
select inbound_id, sender, recipient, body, keyword, wish, auto_reply, environment
from inbound_messages
where account_id = $1::bigint and environment = any ($2::smallint[])
  and inbound_id >= $3::uuid and inbound_id < $4::uuid
  and ($5::text is null or recipient = $5::text) and ($6::text is null or keyword = $6::text)
  and sender = $7::text
order by inbound_id desc
limit $8::bigint offset $9::bigint;

-- name: inbound_count
-- $1 … $6 as in inbound_page, $7 sender or null, $8 the most worth counting.
select count(*)
from (select 1
      from inbound_messages
      where account_id = $1::bigint and environment = any ($2::smallint[])
        and inbound_id >= $3::uuid and inbound_id < $4::uuid
        and ($5::text is null or recipient = $5::text)
        and ($6::text is null or keyword = $6::text) and ($7::text is null or sender = $7::text)
      limit $8::bigint) as counted;

-- name: inbound_by_id
-- $1 account, $2 id, $3 the environments that the caller sees. The columns of inbound_page.
select inbound_id, sender, recipient, body, keyword, wish, auto_reply, environment
from inbound_messages
where account_id = $1::bigint and inbound_id = $2::uuid and environment = any ($3::smallint[]);

-- name: note_late_wish
-- $1 carrier, $2 its id, $3 when it was written; before the text is taken. Those that nobody will
-- fetch again go. tenant: none, it says when a carrier's text was written.
with gone as (
  delete from late_wishes where written_at < now() - interval '60 days'
)
insert into late_wishes (carrier, carrier_message_id, written_at)
values ($1::text, $2::text, $3::timestamptz)
on conflict do nothing;

-- name: inbound_wished_since
-- $1 account, $2 environment, $3 sender, $4 a time, $5 its least id: whether the sender has said
-- STOP or START since. A text is taken no earlier than it was written.
select exists (
  select
  from inbound_messages m
  left join late_wishes l
    on l.carrier = m.carrier and l.carrier_message_id = m.carrier_message_id
  where m.account_id = $1::bigint and m.environment = $2::smallint and m.sender = $3::text
    and m.inbound_id >= $5::uuid and m.wish <> 0
    and coalesce(l.written_at, 'infinity') > $4::timestamptz);

-- name: forget_auto_replies
-- $1 days, $2 limit. tenant: none, upkeep of all accounts.
with old as (
  select account_id, environment, phone
  from auto_replies
  where replied_at < now() - make_interval(days => $1::int)
  limit $2::bigint
  for update skip locked
)
delete from auto_replies r
using old
where r.account_id = old.account_id and r.environment = old.environment and r.phone = old.phone;

-- name: unrouted
-- $1 recipient, or null for all, $2 limit. Newest first. tenant: none, nobody's.
select carrier, carrier_message_id, sender, recipient, received_at
from inbound_unrouted
where $1::text is null or recipient = $1::text
order by received_at desc
limit $2::bigint;

-- name: unrouted_of_number
-- $1 recipient, $2 limit: what came to it, the oldest first. tenant: none, nobody's yet.
select carrier, carrier_message_id, sender, recipient, body
from inbound_unrouted
where recipient = $1::text
order by received_at
limit $2::bigint;

-- name: unrouted_count
-- $1 recipient. tenant: none, nobody's.
select count(*) from inbound_unrouted where recipient = $1::text;

-- name: drop_unrouted
-- $1 carrier, $2 its id. tenant: none, nobody's.
delete from inbound_unrouted where carrier = $1::text and carrier_message_id = $2::text;
