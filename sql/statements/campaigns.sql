-- name: campaign_lists
-- $1 account, $2 list ids, $3 environment.
select list_id, columns, count, phone_column, name_column, invalid, invalid_sample
from contact_lists
where account_id = $1::bigint and list_id = any ($2::bigint[]) and environment = $3::smallint
  and deleted_at is null;

-- name: campaign_contacts
-- $1 account, $2 list, $3 contact after which to go on, $4 limit.
select contact_id, phone, country, name, data
from contacts
where account_id = $1::bigint and list_id = $2::bigint and contact_id > $3::bigint
order by contact_id
limit $4::bigint;

-- name: campaign_phones
-- $1 … $4 as in campaign_contacts, for a text without variables.
select contact_id, phone, country
from contacts
where account_id = $1::bigint and list_id = $2::bigint and contact_id > $3::bigint
order by contact_id
limit $4::bigint;

-- name: opted_out_phones
-- $1 account, $2 environment.
select phone from opt_outs where account_id = $1::bigint and environment = $2::smallint;

-- name: insert_recipients
-- $1 account, $2 columns, $3 phones, $4 countries, $5 names, $6 values of each, joined by U+001F,
-- $7 environment: the list behind one campaign's inline recipients. The first two columns are phone and name.
with list as (
  insert into contact_lists (account_id, name, columns, count, hidden, phone_column, name_column,
                             environment)
  values ($1::bigint, 'recipients', $2::text[], cardinality($3::text[]), true, 0, 1, $7::smallint)
  returning account_id, list_id
), made as (
  insert into contacts (account_id, list_id, contact_id, phone, country, number_type, name, data)
  select l.account_id, l.list_id, v.ordinality, v.phone, v.country, 0, v.name,
         string_to_array(v.joined, E'\x1f')
  from list l, unnest($3::text[], $4::text[], $5::text[], $6::text[]) with ordinality
               as v (phone, country, name, joined)
)
select list_id from list;

-- name: forget_recipients
-- $1 account, $2 list: of a campaign that was refused.
with gone as (
  delete from contacts where account_id = $1::bigint and list_id = $2::bigint
)
delete from contact_lists where account_id = $1::bigint and list_id = $2::bigint and hidden;

-- name: claim_campaigns
-- $1 lease in ms, $2 limit: campaigns that have messages to make now. A lease only saves schedulers
-- from doing the same work; the cursor decides. tenant: none, schedulers serve all accounts.
update batches b
set lease_until = clock_timestamp() + make_interval(secs => $1::bigint / 1000.0)
where b.ctid = any (array(
  select ctid
  from batches
  where platform_open() and next_due_at <= clock_timestamp()
    and status in ({campaign.scheduled}, {campaign.sending}, {campaign.dripping})
    and (lease_until is null or lease_until < clock_timestamp())
  order by next_due_at
  limit $2::bigint
  for update skip locked
))
returning b.account_id, b.batch_id, b.environment, b.cursors, b.made, b.total,
          b.drip_rate, b.next_due_at, clock_timestamp() as claimed_at,
          (select a.status from accounts a where a.account_id = b.account_id) as account_status;

-- name: next_campaign
-- tenant: none. When the next one is due, in ms from now; null: none waits.
select (extract(epoch from min(next_due_at) - clock_timestamp()) * 1000)::bigint
from batches
where status in ({campaign.scheduled}, {campaign.sending}, {campaign.dripping});

-- name: release_campaign
-- $1 account, $2 batch, $3 ms from now before which it need not be looked at again (0: as it is).
update batches
set lease_until = null,
    next_due_at = greatest(next_due_at,
                           clock_timestamp() + nullif($3::bigint, 0) * interval '1 ms')
where account_id = $1::bigint and batch_id = $2::uuid;

-- name: campaign_head
-- $1 account, $2 batch: text, source, currency, the wallet's rate, window and last moment.
select b.body, b.source, b.cost_currency, p.wallet_rate, b.window_opens, b.window_closes,
       b.not_after
from batches b
join batch_plans p on p.account_id = b.account_id and p.batch_id = b.batch_id
where b.account_id = $1::bigint and b.batch_id = $2::uuid;

-- name: campaign_plan_lists
-- $1 account, $2 batch. A list that was deleted since is still there for its campaigns.
select u.list_id, u.skipped, l.columns, l.phone_column, l.name_column
from batch_plans p
cross join lateral unnest(p.list_ids, p.skipped) with ordinality as u (list_id, skipped, place)
join contact_lists l on l.account_id = p.account_id and l.list_id = u.list_id
where p.account_id = $1::bigint and p.batch_id = $2::uuid
order by u.place;

-- name: campaign_plan_routes
-- $1 account, $2 batch.
select u.country, u.route, u.sender, u.currency, u.price, u.rate, u.zone
from batch_plans p
cross join lateral unnest(p.countries, p.routes, p.senders, p.currencies, p.prices, p.rates, p.zones)
             with ordinality as u (country, route, sender, currency, price, rate, zone, place)
where p.account_id = $1::bigint and p.batch_id = $2::uuid
order by u.place;

-- name: campaign_departure
-- $1 account, $2 batch: what the departure of its messages depends on, a row for each country: the
-- account's status, the country, whether the route is active, and whether the sender name may still
-- be used.
select a.status, u.country, coalesce(r.is_active, false) as is_active,
       u.sender is not distinct from r.sender_default
         or sender_stands(p.account_id, u.sender, u.route, u.country) as sender_stands
from batch_plans p
join accounts a on a.account_id = p.account_id
cross join lateral unnest(p.countries, p.routes, p.senders) as u (country, route, sender)
left join routes r on r.code = u.route
where p.account_id = $1::bigint and p.batch_id = $2::uuid;

-- name: window_edges
-- $1 and $2 a window in minutes after midnight, $3 time zones: when it opens in each (null: no such
-- zone any more), whether that is now, and when it closes then, the first to close first.
-- tenant: none, clocks are everybody's.
select z.place, o.at, o.at <= now() as is_past,
       window_edge(o.at, $1::int, $2::int, z.name, false) as closes
from unnest($3::text[]) with ordinality as z (name, place)
cross join lateral window_edge(now(), $1::int, $2::int, z.name, true) as o (at)
order by closes nulls first, z.place;

-- name: batch_by_id
-- $1 account, $2 batch, $3 environments.
select batch_id, status, body, total, segments, cost_micros, cost_currency, drip_rate, scheduled_at,
       made, made_micros, refunded_micros, created_at, started_at, finished_at, environment,
       (extract(epoch from clock_timestamp() - started_at) * 1000)::bigint as running_ms,
       window_opens,
       window_closes, window_zone, not_after, next_due_at, name
from batches
where account_id = $1::bigint and batch_id = $2::uuid and environment = any ($3::smallint[]);

-- name: batch_state_counts
-- $1 account, $2 batch ids: counts by status in the order of their numbers.
select batch_id, sum(scheduled)::bigint as scheduled, sum(queued)::bigint as queued,
       sum(submitted)::bigint as submitted,
       sum(sent)::bigint as sent, sum(delivered)::bigint as delivered,
       sum(failed)::bigint as failed, sum(retrying)::bigint as retrying,
       sum(cancelled)::bigint as cancelled, sum(expired)::bigint as expired
from batch_counts
where account_id = $1::bigint and batch_id = any ($2::uuid[])
group by batch_id;

-- name: batch_message_refunds
-- $1 account, $2 batch: refunded with single messages.
select coalesce(sum(amount_micros), 0)::bigint
from ledger_entries
where account_id = $1::bigint and batch_id = $2::uuid and message_id is not null and type = {ledger.refund};

-- name: batches_page
-- $1 account, $2 environments, $3 statuses, $4 limit, $5 offset, $6 older than this one, or null.
-- Newest first.
select batch_id, status, body, total, segments, cost_micros, cost_currency, drip_rate, scheduled_at,
       made, made_micros, refunded_micros, created_at, started_at, finished_at, environment,
       (extract(epoch from clock_timestamp() - started_at) * 1000)::bigint as running_ms,
       window_opens,
       window_closes, window_zone, not_after, next_due_at, name
from batches
where account_id = $1::bigint and environment = any ($2::smallint[])
  and status = any ($3::smallint[])
  and batch_id < coalesce($6::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
order by batch_id desc
limit $4::bigint offset $5::bigint;

-- name: batches_count
-- $1 account, $2 environments, $3 statuses.
select count(*)
from batches
where account_id = $1::bigint and environment = any ($2::smallint[])
  and status = any ($3::smallint[]);
