-- What those who run the platform do. tenant: all, they see every account; what touches an account's
-- rows still names it.

-- name: admin_accounts
-- $1 part of a name or an e-mail, or null, $2 accounts with a greater id, $3 limit.
select a.account_id, a.name, a.currency, a.status, a.refund_on_any_failure, a.low_balance_micros,
       a.created_at, a.tenant_id,
       coalesce((select balance_micros from wallets
                 where account_id = a.account_id and environment = 0), 0) as balance_micros,
       coalesce((select balance_micros from wallets
                 where account_id = a.account_id and environment = 1), 0) as test_balance_micros
from accounts a
where a.account_id > $2::bigint
  and ($1::text is null or position(lower($1::text) in lower(a.name)) > 0
       or exists (select from users u where u.account_id = a.account_id
                  and position(lower($1::text) in u.email) > 0))
order by a.account_id
limit $3::bigint;

-- name: admin_account
-- $1 account. The columns of admin_accounts.
select a.account_id, a.name, a.currency, a.status, a.refund_on_any_failure, a.low_balance_micros,
       a.created_at, a.tenant_id,
       coalesce((select balance_micros from wallets
                 where account_id = a.account_id and environment = 0), 0) as balance_micros,
       coalesce((select balance_micros from wallets
                 where account_id = a.account_id and environment = 1), 0) as test_balance_micros
from accounts a
where a.account_id = $1::bigint;

-- name: admin_account_make
-- $1 name, $2 currency: an account with its two wallets.
with made as (
  insert into accounts (name, currency) values ($1::text, $2::text) returning account_id
), wallet as (
  insert into wallets (account_id, environment, currency)
  select account_id, environment, $2::text from made, unnest('{0,1}'::smallint[]) environment
)
select account_id from made;

-- name: admin_account_change
-- $1 account, $2 name, $3 status, $4 refund on any failure; null stays.
update accounts
set name = coalesce($2::text, name), status = coalesce($3::smallint, status),
    refund_on_any_failure = coalesce($4::boolean, refund_on_any_failure)
where account_id = $1::bigint;

-- name: admin_account_hasten
-- $1 account, which is closed: what waits is due now, so that it is refunded now.
update dispatch set due_at = clock_timestamp()
where account_id = $1::bigint and due_at > clock_timestamp();

-- name: admin_open_campaigns
-- $1 account: campaigns that are not over.
select batch_id, environment
from batches
where account_id = $1::bigint
  and status in ({campaign.scheduled}, {campaign.sending}, {campaign.dripping}, {campaign.paused});

-- name: admin_exists
select exists (select from users where role = {user.admin} and is_active);

-- name: admin_keys
-- $1 account. Newest first.
select key_id, name, prefix, environment, is_active, last_used_at, created_at, expires_at,
       coalesce(expires_at <= now(), false) as is_expired
from api_keys
where account_id = $1::bigint
order by key_id desc;

-- name: admin_key_revoke
-- $1 account, $2 key.
update api_keys
set is_active = false, revoked_at = now()
where account_id = $1::bigint and key_id = $2::bigint and is_active
returning prefix;

-- name: admin_sender_requests
-- $1 sender ids with a greater id, $2 limit: what waits for a word, the oldest first.
select sender_id, name, use_case, status, rejection_reason, created_at,
       case when status = {sender.approved} then countries else '{}' end as approved_countries,
       requested, rejected, account_id
from sender_ids
where requested <> '{}' and sender_id > $1::bigint
order by sender_id
limit $2::bigint;

-- name: admin_routes
select r.route_id, r.code, r.name, r.country, r.currency, r.sender_default, r.connector,
       r.inline_wait_ms, r.is_active, p.price_micros, p.valid_from, r.policy
from routes r
left join lateral (select price_micros, valid_from from route_prices
                   where route_id = r.route_id and valid_from <= now()
                   order by valid_from desc, price_id desc limit 1) p on true
order by r.code;

-- name: admin_route_make
-- $1 code, $2 name, $3 country, $4 currency, $5 default sender, $6 connector, $7 inline wait in ms,
-- $8 policy.
-- Changes no row when the code is taken.
insert into routes (code, name, country, currency, sender_default, connector, inline_wait_ms,
                    policy)
values ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::int, $8::text)
on conflict (code) do nothing
returning route_id;

-- name: admin_country_make
-- $1 code, $2 name.
insert into countries (code, name) values ($1::text, $2::text) on conflict do nothing;

-- name: admin_route_change
-- $1 code, $2 name, $3 default sender, $4 connector, $5 inline wait in ms, $6 active, $7 policy; null
-- stays.
update routes
set name = coalesce($2::text, name), sender_default = coalesce($3::text, sender_default),
    connector = coalesce($4::text, connector), inline_wait_ms = coalesce($5::int, inline_wait_ms),
    is_active = coalesce($6::boolean, is_active), policy = coalesce($7::text, policy)
where code = $1::text
returning route_id;

-- name: admin_price_set
-- $1 route's code, $2 price, $3 from when, or null for now. Changes no row when there is no route.
insert into route_prices (route_id, price_micros, valid_from)
select route_id, $2::bigint, coalesce($3::timestamptz, now()) from routes where code = $1::text;

-- name: admin_prices
-- $1 route's code. Newest first.
select p.price_id, p.price_micros, p.valid_from
from route_prices p
join routes r on r.route_id = p.route_id
where r.code = $1::text
order by p.valid_from desc, p.price_id desc
limit 100;

-- name: admin_rates
select distinct on (currency) currency, per_usd_micros, valid_from, is_sample
from fx_rates
where valid_from <= now()
order by currency, valid_from desc, fx_id desc;

-- name: prices_begin
-- Moves config_version when a price or a rate that was set for later has begun.
update config_version
set version = version + 1, prices_until = now()
where exists (select from route_prices where valid_from > prices_until and valid_from <= now())
   or exists (select from fx_rates where valid_from > prices_until and valid_from <= now())
returning version;

-- name: admin_carriers
select carrier, is_active, cardinality(secret_hashes) as secrets, kind,
       coalesce(segments_per_s, 0) as segments_per_s,
       coalesce(sender_segments_per_s, 0) as sender_segments_per_s, allowed_addresses
from carriers
order by carrier;

-- name: admin_carrier
-- $1 carrier: the columns of admin_carriers, and its description.
select carrier, is_active, cardinality(secret_hashes) as secrets, kind,
       coalesce(segments_per_s, 0) as segments_per_s,
       coalesce(sender_segments_per_s, 0) as sender_segments_per_s, allowed_addresses, settings
from carriers
where carrier = $1::text;

-- name: admin_carrier_secret
-- $1 carrier, $2 SHA-256 of another secret of it: the newest two hold.
insert into carriers as c (carrier, secret_hashes) values ($1::text, array[$2::bytea])
on conflict (carrier) do update
set secret_hashes = array[$2::bytea] || c.secret_hashes[1:1];

-- name: admin_carrier_settings
-- $1 carrier, $2 kind, $3 settings: made with them, or changed.
insert into carriers (carrier, secret_hashes, kind, settings)
values ($1::text, '{}', $2::text, $3::text)
on conflict (carrier) do update set kind = excluded.kind, settings = excluded.settings;

-- name: admin_carrier_settings_of
-- $1 carrier.
select kind, settings from carriers where carrier = $1::text;

-- name: admin_carrier_forget_old
-- $1 carrier: its newest secret alone holds.
update carriers set secret_hashes = secret_hashes[1:1] where carrier = $1::text;

-- name: admin_carrier_change
-- $1 carrier, $2 active, $3 segments a second, $4 of a sender ID: 0 for no limit, $5 networks that
-- it calls from: none for all; null stays.
update carriers
set is_active = coalesce($2::boolean, is_active),
    segments_per_s = nullif(coalesce($3::int, segments_per_s), 0),
    sender_segments_per_s = nullif(coalesce($4::int, sender_segments_per_s), 0),
    allowed_addresses = coalesce($5::text[], allowed_addresses)
where carrier = $1::text
returning is_active;

-- name: admin_inbound_numbers
-- $1 part of a number, or null, $2 limit, $3 number, $4 country, $5 keyword of the row before: empty
-- for the first ones.
select number, country, keyword, account_id, environment, carrier, auto_reply
from inbound_numbers
where ($1::text is null or position($1::text in number) > 0)
  and (number, country, keyword) > ($3::text, $4::text, $5::text)
order by number, country, keyword
limit $2::bigint;

-- name: admin_inbound_number_set
-- $1 number, $2 country, $3 keyword or empty, $4 account, $5 environment, $6 carrier or null,
-- $7 answer or null. Changes no row when the number or keyword is another account's.
insert into inbound_numbers as n (number, country, keyword, account_id, environment, carrier,
                                  auto_reply)
select $1::text, $2::text, $3::text, a.account_id, $5::smallint, $6::text, $7::text
from accounts a
where a.account_id = $4::bigint and ($6::text is null or exists (select from carriers
                                                                 where carrier = $6::text))
on conflict (number, country, keyword) do update
set environment = excluded.environment, carrier = excluded.carrier,
    auto_reply = excluded.auto_reply
where n.account_id = excluded.account_id;

-- name: admin_inbound_number_why
-- $1 number, $2 country, $3 keyword, $4 account, $5 carrier or null: whether there is this account,
-- and this carrier, and who has the number.
select exists (select from accounts where account_id = $4::bigint) as account_exists,
       $5::text is null or exists (select from carriers where carrier = $5::text) as carrier_exists,
       coalesce((select account_id
                 from inbound_numbers
                 where number = $1::text and country = $2::text and keyword = $3::text),
                 0) as taken_by;

-- name: admin_inbound_number_drop
-- $1 account, $2 number, $3 country, $4 keyword.
delete from inbound_numbers
where account_id = $1::bigint and number = $2::text and country = $3::text and keyword = $4::text;
