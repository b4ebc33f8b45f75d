-- What says how the platform is: for `dundunctl check` and the metrics.

-- name: watch_server
-- tenant: none, the server itself. The last: may this role rewrite the books?
select current_setting('server_version_num')::int as version, pg_is_in_recovery() as in_recovery,
       current_setting('transaction_read_only') = 'on' as read_only, clock_timestamp() as now,
       current_setting('fsync') = 'on' as fsync,
       current_setting('synchronous_commit') <> 'off' as synchronous_commit,
       coalesce(has_table_privilege(to_regclass('ledger_entries'), 'update'), false) as may_rewrite_ledger;

-- name: watch_migrations
-- tenant: none, the database's own.
select version, checksum from schema_migrations order by version;

-- name: watch_partitions
-- Whole months ahead of this one that each table is ready for; -1: not even for this one.
-- tenant: none, the database's own.
select t.name,
       count(*) filter (where to_date(right(c.relname, 7), 'YYYY_MM')
                              >= date_trunc('month', now() at time zone 'UTC')) - 1 as months_ahead
from monthly_tables t
join pg_class p on p.relname = t.name and p.relnamespace = 'public'::regnamespace
left join pg_inherits i on i.inhparent = p.oid
left join pg_class c on c.oid = i.inhrelid
group by t.name
order by t.name;

-- name: watch_queues
-- What waits and is due since when; null: nothing. A lane of webhooks that its endpoint has slowed
-- down does not count. Counts end at 10000. tenant: none, the queues of all accounts.
select (select outbox_id from event_outbox order by outbox_id limit 1) as outbox,
       (select min(due_at) from dispatch where due_at <= now()) as dispatch,
       (select min(lease_until) from claims where lease_until <= now()) as claims,
       (select min(due_at) from receipt_inbox where due_at <= now()) as receipts,
       (select min(due_at) from mail_outbox where gave_up_at is null and due_at <= now()) as mail,
       (select min(q.next_attempt_at)
        from webhook_endpoints e
        left join webhook_lanes l
               on l.account_id = e.account_id and l.endpoint_id = e.endpoint_id
        cross join lateral (select next_attempt_at from webhook_queue
                            where account_id = e.account_id and endpoint_id = e.endpoint_id
                            order by next_attempt_at limit 1) q
        where q.next_attempt_at <= now()
          and (l.not_before is null or l.not_before <= now())) as webhooks,
       (select count(*) from (select from carrier_receipts limit 10000) x) as unmatched_receipts,
       (select count(*) from (select from mail_outbox
                              where gave_up_at is not null limit 10000) x) as mail_given_up,
       (select count(*) from (select from webhook_dead limit 10000) x) as webhooks_dead;

-- name: watch_carriers
-- Carriers that we talk to. tenant: none, carriers are everybody's.
select carrier, kind, settings, is_active from carriers where kind is not null order by carrier;

-- name: watch_routes
-- Routes in use, with the carriers that they may take. tenant: none, routes are everybody's.
select r.code,
       coalesce((select array_agg(l.carrier order by l.priority)
                 from route_carriers l
                 where l.route_id = r.route_id and l.valid_until is null and l.is_active),
                array[r.connector]) as carriers
from routes r
where r.is_active
order by r.code;

-- name: watch_administrators
-- How many can log in. tenant: none, people of all accounts.
select count(*) from users where role = {user.admin} and is_active;

-- name: watch_hours
-- How the live messages made in this hour and the one before it have ended so far, and those of the
-- same hours of the 7 days before, whole: route, carrier, delivered, failed; then the week's two.
-- tenant: none, routes are everybody's.
with hours as (
  select date_trunc('hour', now()) - make_interval(days => d, hours => h) as hour, d = 0 as recent
  from generate_series(0, 7) d, generate_series(0, 1) h
)
select r.route, r.carrier,
       coalesce(sum(r.delivered) filter (where h.recent), 0)::bigint as delivered,
       coalesce(sum(r.failed) filter (where h.recent), 0)::bigint as failed,
       coalesce(sum(r.delivered) filter (where not h.recent), 0)::bigint as week_delivered,
       coalesce(sum(r.failed) filter (where not h.recent), 0)::bigint as week_failed
from route_hourly r
join hours h on h.hour = r.hour
group by r.route, r.carrier;
