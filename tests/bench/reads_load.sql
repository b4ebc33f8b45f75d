-- Messages of `:accounts` accounts with timeline, ledger and rollup, as sends and receipts would
-- leave them: ids `:first` … `:last` of one stream over the last 20 days. The accounts are of very
-- different size: of 1,000 the first has a tenth of all.
\set ON_ERROR_STOP on
set synchronous_commit = off;
set work_mem = '256MB';
set max_parallel_workers_per_gather = 0;
create unlogged table loaded as
select account_id, (substr(uuid7_floor(at)::text, 1, 19) || '8000-' || lpad(to_hex(i), 12, '0'))::uuid
         as message_id,
       case when i % 100 < 90 then 5 when i % 100 < 97 then 6 else 3 end::smallint as status,
       '+2547' || lpad((i % 9999991)::text, 8, '0') as phone, at
from generate_series(:first::bigint, :last::bigint) as i
cross join lateral (select
  1 + floor(:accounts * ((i * 2654435761) % 1000003 / 1000003.0) ^ 3)::bigint as account_id,
  now() - interval '20 days' * (1 - i / :total::float) as at) as made;

insert into messages (account_id, message_id, environment, status, segments, encoding, cost_micros,
  route_cost_micros, cost_currency, route_currency, route, country, phone, sender, body, error_code,
  dlr_status, carrier_message_id, submitted_at, delivered_at, failed_at)
select account_id, message_id, 0, status, 1, 1, 1200000, 1200000, 'KES', 'KES', 'ESMS_KE', 'KE', phone,
       'Kijani', 'Gate 4 opens at nine, bring the blue ticket and be on time.',
       case when status = 6 then 'UNDELIV' end, case status when 5 then 'DELIVRD' when 6 then 'UNDELIV' end,
       'lo-' || message_id, at, case when status = 5 then at + interval '4 s' end,
       case when status = 6 then at + interval '4 s' end
from loaded;

insert into message_events (account_id, message_id, event_key, event, status, detail, metadata, at, event_id)
select account_id, message_id, 'submitted', 'submitted', 3, 'Gateway accepted',
       '{"gateway_message_id":"lo-' || message_id || '"}', at, message_id
from loaded;
insert into message_events (account_id, message_id, event_key, event, status, detail, at, event_id)
select account_id, message_id, 'dlr:X', case status when 5 then 'delivered' else 'failed' end, status,
       'DLR: X', at + interval '4 s', message_id
from loaded where status <> 3;

insert into ledger_entries (account_id, environment, seq, type, amount_micros, balance_after_micros,
  message_id, description, created_at)
select account_id, 0, w.seq + nth, 2, -1200000, w.balance_micros - nth * 1200000, message_id,
       'SMS to ' || phone || ' via ESMS_KE (1 seg)', at
from (select *, row_number() over (partition by account_id order by message_id) as nth
      from loaded) as l
join wallets w using (account_id)
where w.environment = 0;
update wallets w
set seq = w.seq + l.made, balance_micros = w.balance_micros - l.made * 1200000
from (select account_id, count(*) as made from loaded group by account_id) as l
where w.account_id = l.account_id and w.environment = 0;

insert into message_daily as t (account_id, environment, day, shard, submitted, delivered, failed)
select account_id, 0, (at at time zone 'UTC')::date, 0, count(*) filter (where status = 3),
       count(*) filter (where status = 5), count(*) filter (where status = 6)
from loaded group by 1, 3
on conflict (account_id, environment, day, shard) do update
set submitted = t.submitted + excluded.submitted, delivered = t.delivered + excluded.delivered,
    failed = t.failed + excluded.failed;
drop table loaded;
