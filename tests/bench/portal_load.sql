-- What account 1 has besides its messages (reads_load.sql): contacts, campaigns, texts that came
-- in, notifications, lines of the audit log, opt-outs. Then what the platform has: 10,000 accounts,
-- 5,000 numbers, 20,000 sender names of which 2,000 wait, 100,000 texts for nobody
-- and as many receipts.
\set ON_ERROR_STOP on
set synchronous_commit = off;
insert into contact_lists (account_id, name, columns, count)
select 1, 'List ' || i, '{phone,name,town}', case i when 1 then 100000 else 0 end
from generate_series(1, 200) as i;
insert into contacts (account_id, list_id, contact_id, phone, country, number_type, name, data)
select 1, (select min(list_id) from contact_lists where account_id = 1), i,
       '+2547' || lpad(i::text, 8, '0'), 'KE', 1, 'Contact ' || i, '{Mombasa}'
from generate_series(1, 100000) as i;

create unlogged table campaigns_of_bench as
select i, (substr(uuid7_floor(now() - interval '20 days' * (1 - i / 500.0))::text, 1, 19)
           || '9000-' || lpad(to_hex(i), 12, '0'))::uuid as batch_id
from generate_series(1, 500) as i;
insert into batches (account_id, batch_id, environment, status, body, total, segments, cost_micros,
                     cost_currency, next_due_at, made, name)
select 1, batch_id, 0, 5, 'Hello {{name}}', 2000, 2000, 2400000000, 'KES', now(), 2000,
       'Campaign ' || i
from campaigns_of_bench;
insert into batch_counts (account_id, batch_id, shard, delivered, failed)
select 1, batch_id, 0, 1900, 100 from campaigns_of_bench;
drop table campaigns_of_bench;

insert into inbound_messages (account_id, inbound_id, environment, carrier, carrier_message_id,
                              sender, recipient, body)
select 1, (substr(uuid7_floor(now() - interval '20 days' * (1 - i / 50000.0))::text, 1, 19)
           || 'a000-' || lpad(to_hex(i), 12, '0'))::uuid, 0, 'loopback', 'in-' || i,
       '+2547' || lpad((i % 5000)::text, 8, '0'), '20880', 'Is the gate open? ' || i
from generate_series(1, 50000) as i;
insert into notifications (account_id, notification_id, environment, type, title, body, link,
                           event_id, created_at)
select 1, i, 0, 'campaign_finished', 'Campaign finished', 'Campaign ' || i, '/campaigns',
       gen_random_uuid(), now() - interval '20 days' * (1 - i / 10000.0)
from generate_series(1, 10000) as i;
insert into audit_log (account_id, at, actor_kind, actor_id, actor, address, action, subject)
select 1, now() - interval '20 days' * (1 - i / 10000.0), 'user', 1, 'owner@bench.test',
       '127.0.0.1', 'api_key.created', 'api_key ' || i
from generate_series(1, 10000) as i;
insert into opt_outs (account_id, phone)
select 1, '+2547' || lpad((i * 7)::text, 8, '0') from generate_series(1, 5000) as i;

insert into accounts (account_id, name, currency) overriding system value
select 10000 + i, 'Reseller ' || i || ' of Mombasa and Sons', 'KES' from generate_series(1, 10000) as i;
insert into wallets select 10000 + i, e, 'KES', 0, 0
from generate_series(1, 10000) as i cross join unnest('{0,1}'::smallint[]) as e;
insert into sender_ids (account_id, name, countries, requested, status, use_case, created_at)
select 10000 + i % 5000, 'BRAND' || i, case when i % 10 = 0 then '{}'::text[] else '{KE}' end,
       case when i % 10 = 0 then '{KE,UG}'::text[] else '{}' end,
       case when i % 10 = 0 then 1 else 2 end, 'Tells customers that their parcel has come.',
       now() - interval '20 days' * (1 - i / 20000.0)
from generate_series(1, 20000) as i;
insert into inbound_numbers (number, country, account_id)
select '+2549' || lpad(i::text, 8, '0'), 'KE', 10000 + i from generate_series(1, 5000) as i;
insert into inbound_unrouted (carrier, carrier_message_id, sender, recipient, body, received_at)
select 'loopback', 'nobody-' || i, '+2547' || lpad(i::text, 8, '0'), '20881',
       'Is anybody there? ' || i, now() - interval '20 days' * (1 - i / 100000.0)
from generate_series(1, 100000) as i;
insert into carrier_receipts (carrier, carrier_message_id, word, error, carrier_time, number,
                              received_at, due_at)
select 'loopback', 'nobody-' || i, 'DELIVRD', '', '', '+2547****' || lpad((i % 10000)::text, 4, '0'),
       now() - interval '20 days' * (1 - i / 100000.0), now() + interval '1 day'
from generate_series(1, 100000) as i;
