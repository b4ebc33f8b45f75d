-- name: rc_carriers
-- tenant: none, carriers are everybody's.
select carrier, settings from carriers where is_active and kind = 'ringcentral' order by carrier;

-- name: rc_link_lock
-- $1 account: its links are made one after the other, so that they can be counted.
select account_id from accounts where account_id = $1::bigint for no key update;

-- name: rc_link_make
-- $1 account, $2 hash of the token, $3 seconds it lives, $4 key, $5 user, $6 most in an hour. Changes
-- no row when there are too many.
insert into rc_links (link_hash, account_id, key_id, user_id, expires_at)
select $2::bytea, $1::bigint, $4::bigint, $5::bigint,
       clock_timestamp() + make_interval(secs => $3::int)
where (select count(*) from rc_links
       where account_id = $1::bigint
         and made_at > clock_timestamp() - interval '1 hour') < $6::int;

-- name: rc_link_wait
-- $1 account: seconds until the oldest link of the last hour counts no more.
select ceil(extract(epoch from min(made_at) + interval '1 hour' - clock_timestamp()))::bigint
from rc_links
where account_id = $1::bigint and made_at > clock_timestamp() - interval '1 hour';

-- name: rc_link_open
-- $1 hash: the tenant's name while the link holds. tenant: none, this is where the account comes
-- from.
select a.name
from rc_links l
join accounts a on a.account_id = l.account_id
where l.link_hash = $1::bytea and l.used_at is null and l.expires_at > clock_timestamp()
  and a.status = {account.active};

-- name: rc_link_use
-- $1 hash of the token: the link is used up. Whose it is, and who made it. tenant: none, as
-- rc_link_open.
update rc_links l
set used_at = clock_timestamp()
from accounts a
where l.link_hash = $1::bytea and l.used_at is null and l.expires_at > clock_timestamp()
  and a.account_id = l.account_id and a.status = {account.active}
returning l.account_id, l.key_id, l.user_id;

-- name: rc_authorization_make
-- $1 account, $2 hash of the state, $3 key, $4 user, $5 carrier, $6 hash of the cookie, $7 sealed
-- verifier, $8 seconds it lives.
insert into rc_authorizations (account_id, state_hash, key_id, user_id, carrier, browser_hash,
                               verifier, expires_at)
values ($1::bigint, $2::bytea, $3::bigint, $4::bigint, $5::text, $6::bytea, $7::bytea,
        clock_timestamp() + make_interval(secs => $8::int));

-- name: rc_authorization_take
-- $1 hash of the state, $2 hash of the cookie: once. tenant: none, this is where the account comes
-- from.
delete from rc_authorizations
where state_hash = $1::bytea and browser_hash = $2::bytea and expires_at > clock_timestamp()
returning account_id, key_id, user_id, carrier, verifier;

-- name: rc_connect
-- $1 account, $2 extension, $3 RingCentral's account, $4 carrier, $5 kind of the credential,
-- $6 credential and $7 access token, sealed, $8 when that expires. What was connected stays so: its subscription, or null.
insert into rc_connections as c (account_id, extension_id, rc_account_id, carrier, kind, credential,
                                 access_token, expires_at)
values ($1::bigint, $2::text, $3::text, $4::text, $5::smallint, $6::bytea, $7::bytea,
        $8::timestamptz)
on conflict (account_id, extension_id) do update
set rc_account_id = excluded.rc_account_id, carrier = excluded.carrier, kind = excluded.kind,
    credential = excluded.credential, access_token = excluded.access_token,
    expires_at = excluded.expires_at, state = {connection.live}, tended_at = null, notice_due = false
returning c.subscription_id;

-- name: rc_numbers_take
-- $1 account, $2 extension, $3 carrier, $4 its numbers, $5 their countries: these and no others. A
-- number that another account has stays that one's.
with gone as (
  delete from rc_numbers
  where account_id = $1::bigint and extension_id = $2::text and number <> all ($4::text[])
  returning number
), dropped as (
  delete from inbound_numbers n
  using gone
  where n.account_id = $1::bigint and n.number = gone.number and n.carrier = $3::text
    and n.keyword = ''
), kept as (
  insert into rc_numbers (account_id, number, extension_id)
  select $1::bigint, number, $2::text from unnest($4::text[]) as t (number)
  on conflict (account_id, number) do update set extension_id = excluded.extension_id
), seen as (
  update rc_connections set numbers_at = clock_timestamp()
  where account_id = $1::bigint and extension_id = $2::text
)
insert into inbound_numbers as n (number, country, account_id, carrier)
select t.number, t.country, $1::bigint, $3::text
from unnest($4::text[], $5::text[]) as t (number, country)
on conflict (number, country, keyword) do update
set carrier = excluded.carrier
where n.account_id = excluded.account_id and n.environment = 0;

-- name: rc_disconnect
-- $1 account: nothing of it stays. What has to be ended at RingCentral, for each user.
with numbers as (
  delete from rc_numbers where account_id = $1::bigint returning number
), gone as (
  delete from rc_connections where account_id = $1::bigint
  returning extension_id, carrier, access_token, credential, kind, subscription_id
), dropped as (
  delete from inbound_numbers n
  using numbers, gone
  where n.account_id = $1::bigint and n.number = numbers.number and n.carrier = gone.carrier
    and n.keyword = ''
), looks as (
  delete from rc_looks where account_id = $1::bigint
), begun as (
  delete from rc_authorizations where account_id = $1::bigint
)
select extension_id, carrier, access_token, credential, kind, subscription_id from gone;

-- name: rc_status
-- $1 account: the user that was connected first.
select rc_account_id, expires_at
from rc_connections
where account_id = $1::bigint and state = {connection.live}
order by connected_at, extension_id
limit 1;

-- name: rc_connections
-- $1 account: its users, with the numbers that each may send from; the one connected first comes
-- first.
select c.extension_id, c.rc_account_id, c.state = {connection.live} as connected,
       c.kind, c.connected_at,
       case when c.held_until > clock_timestamp() then c.held_until end as held_until,
       array(select n.number
             from rc_numbers n
             where n.account_id = $1::bigint and n.extension_id = c.extension_id
             order by n.number) as numbers
from rc_connections c
where c.account_id = $1::bigint
order by c.connected_at, c.extension_id;

-- name: rc_sender
-- $1 account, $2 carrier, $3 number: the user whose number it is. Without a user of that number the
-- second column is false; without a row nobody is connected. The last column: for how many ms the
-- user must not be asked.
select c.extension_id, n.number is not null as has_number, c.access_token, c.expires_at,
       greatest(0, extract(epoch from c.held_until - clock_timestamp()) * 1000)::bigint as held_ms
from rc_connections c
left join rc_numbers n
  on n.account_id = c.account_id and n.extension_id = c.extension_id and n.number = $3::text
where c.account_id = $1::bigint and c.carrier = $2::text and c.state = {connection.live}
order by n.number nulls last
limit 1;

-- name: rc_carrier_of
-- $1 account, $2 extension.
select carrier
from rc_connections
where account_id = $1::bigint and extension_id = $2::text and state = {connection.live};

-- name: rc_lock
-- $1 account, $2 extension. No row: not connected, or another process renews its tokens now.
select kind, credential, access_token, expires_at
from rc_connections
where account_id = $1::bigint and extension_id = $2::text and state = {connection.live}
for update skip locked;

-- name: rc_renewed
-- $1 account, $2 extension, $3 credential and $4 access token, sealed, $5 when that expires.
update rc_connections
set credential = $3::bytea, access_token = $4::bytea, expires_at = $5::timestamptz
where account_id = $1::bigint and extension_id = $2::text;

-- name: rc_token_refused
-- $1 account, $2 extension, $3 the sealed access token that RingCentral did not take: whoever needs
-- one next has to renew it.
update rc_connections
set expires_at = clock_timestamp()
where account_id = $1::bigint and extension_id = $2::text and access_token = $3::bytea;

-- name: rc_hold
-- $1 account, $2 extension, $3 seconds for which the user must not be asked.
update rc_connections
set held_until = greatest(held_until, clock_timestamp() + make_interval(secs => $3::int))
where account_id = $1::bigint and extension_id = $2::text;

-- name: rc_lost
-- $1 account, $2 extension: RingCentral takes its credential no more.
update rc_connections
set state = {connection.lost}, lost_at = clock_timestamp(), notice_due = true
where account_id = $1::bigint and extension_id = $2::text;

-- name: rc_notices
-- $1 limit: connections that were lost, and whose tenants do not know yet. tenant: none, the
-- scheduler serves all accounts.
select account_id, extension_id, lost_at
from rc_connections
where notice_due
limit $1::bigint;

-- name: rc_noticed
-- $1 account, $2 extension, $3 when it was lost: its tenant was told of that.
update rc_connections
set notice_due = false
where account_id = $1::bigint and extension_id = $2::text and lost_at = $3::timestamptz;

-- name: rc_verification_begin
-- $1 account, $2 extension, $3 hash of what its notifications will bear.
update rc_connections
set verification_hash = $3::bytea, subscription_id = null, subscription_until = null,
    texts_asked_at = null  -- who knows what the one before did not bring
where account_id = $1::bigint and extension_id = $2::text;

-- name: rc_subscribed
-- $1 account, $2 extension, $3 subscription, $4 until when.
update rc_connections
set subscription_id = $3::text, subscription_until = $4::timestamptz,
    subscription_seen_at = clock_timestamp()
where account_id = $1::bigint and extension_id = $2::text;

-- name: rc_texts_due
-- $1 seconds between two questions, $2 seconds that they overlap, $3 days that a text is recognised
-- as known, $4 limit: users whose texts are to be asked for, since when, for this scheduler alone.
-- tenant: none, the scheduler serves all accounts.
update rc_connections c
set texts_asked_at = clock_timestamp()
where (c.account_id, c.extension_id) in (
  select account_id, extension_id
  from rc_connections
  where state = {connection.live} and subscription_id is not null
    and (held_until is null or held_until < clock_timestamp())
    and (texts_asked_at is null
         or texts_asked_at < clock_timestamp() - make_interval(secs => $1::int))
  order by texts_asked_at nulls first
  limit $4::bigint
  for update skip locked
)
returning c.account_id, c.extension_id, c.carrier,
  greatest(c.texts_until - make_interval(secs => $2::int), c.connected_at,
           clock_timestamp() - make_interval(days => $3::int - 1)) as since;

-- name: rc_texts_taken
-- $1 account, $2 extension, $3 until when all texts are here.
update rc_connections
set texts_until = greatest(texts_until, $3::timestamptz)
where account_id = $1::bigint and extension_id = $2::text;

-- name: rc_texts_go_on
-- $1 account, $2 extension: there are more to be asked for.
update rc_connections set texts_asked_at = null
where account_id = $1::bigint and extension_id = $2::text;

-- name: rc_notified
-- $1 extension: whose user it is, and what the notifications bear. tenant: none, this is where the
-- account comes from.
select account_id, carrier, verification_hash
from rc_connections
where extension_id = $1::text and state = {connection.live} and verification_hash is not null;

-- name: rc_tend
-- $1 seconds before its end an access token is renewed, $2 and a subscription, $3 hours after which
-- the numbers are read again, $4 seconds between two looks, $5 limit, $6 seconds after which a
-- subscription is looked at again: users of whom something has to be done, for this scheduler alone.
-- tenant: none, the scheduler serves all accounts.
update rc_connections c
set tended_at = clock_timestamp()
where (c.account_id, c.extension_id) in (
  select account_id, extension_id
  from rc_connections
  where state = {connection.live}
    and (tended_at is null
         or tended_at < clock_timestamp() - make_interval(secs => $4::int))
    and (expires_at < clock_timestamp() + make_interval(secs => $1::int)
         or subscription_until is null
         or subscription_until < clock_timestamp() + make_interval(secs => $2::int)
         or numbers_at is null
         or numbers_at < clock_timestamp() - make_interval(hours => $3::int)
         or subscription_seen_at is null
         or subscription_seen_at < clock_timestamp() - make_interval(secs => $6::int))
  limit $5::bigint
  for update skip locked
)
returning c.account_id, c.extension_id, c.carrier,
  c.expires_at < clock_timestamp() + make_interval(secs => $1::int) as token_ends,
  case when c.subscription_until < clock_timestamp() + make_interval(secs => $2::int)
       then c.subscription_id end as subscription_to_renew,
  c.subscription_until is null as needs_subscription,
  c.numbers_at is null or c.numbers_at < clock_timestamp() - make_interval(hours => $3::int) as numbers_due,
  case when c.subscription_seen_at is null
            or c.subscription_seen_at < clock_timestamp() - make_interval(secs => $6::int)
       then c.subscription_id end as subscription_to_look_at;

-- name: rc_look_later
-- $1 account, $2 message, $3 extension, $4 RingCentral's id, $5 seconds until the first look.
insert into rc_looks (account_id, message_id, extension_id, rc_message_id, look_at)
values ($1::bigint, $2::uuid, $3::text, $4::text, clock_timestamp() + make_interval(secs => $5::int))
on conflict do nothing;

-- name: rc_looks_due
-- $1 the pauses after each look in seconds: one due message of each user, for this scheduler alone;
-- after the last look nobody looks any more. tenant: none, the scheduler serves all accounts.
with due as (
  select distinct on (account_id, extension_id) account_id, message_id
  from (select account_id, extension_id, message_id, look_at
        from rc_looks
        where look_at <= clock_timestamp()
        order by look_at
        limit 500) as waiting
  order by account_id, extension_id, look_at
)
update rc_looks l
set looks = l.looks + 1,
    look_at = clock_timestamp() + make_interval(secs => ($1::int[])[l.looks + 1])
from due
where l.account_id = due.account_id and l.message_id = due.message_id
  and l.look_at <= clock_timestamp()
returning l.account_id, l.message_id, l.extension_id, l.rc_message_id,
          l.looks >= cardinality($1::int[]) as is_last;

-- name: rc_looked
-- $1 account, $2 message: its fate is known, or will not be.
delete from rc_looks where account_id = $1::bigint and message_id = $2::uuid;

-- name: forget_rc_links
-- $1 limit. tenant: none, upkeep of all accounts.
with old as (
  delete from rc_authorizations where expires_at < now()
)
delete from rc_links
where ctid = any (array(
  select ctid from rc_links
  where made_at < now() - interval '1 hour' and expires_at < now()
  limit $1::bigint
  for update skip locked
));
