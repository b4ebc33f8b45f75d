-- What operators and owners do besides, and what is kept how long.

-- The keys of top-ups and of money by hand stand where all others do: idempotency_keys, whose
-- message_id names the payment.
drop index payments_to_tidy;
alter table payments drop column key_hash, drop column request_hash;
create index payments_to_tidy on payments (created_at) where status = 1;

-- What registering a sender name costs, for GET /sender-ids/fees. Shown, not charged.
create table sender_fees (
  country text primary key,
  fee_usd_micros bigint check (fee_usd_micros >= 0),  -- null: on request
  fee_type text not null check (fee_type in ('one_time', 'per_network', 'on_request')),
  covers text check (covers in ('all_networks')),
  fee_table text not null default '[]',          -- JSON: rows of network, setup, recurring
  note text
);

-- Tables of which each month (UTC) is a partition, named <table>_YYYY_MM. What is not droppable is
-- kept for ever: the ledger.
create table monthly_tables (
  name text primary key,
  by_id boolean not null,                        -- ranges of UUIDv7, not of time
  options text not null default '',              -- of each partition
  droppable boolean not null
);
insert into monthly_tables (name, by_id, options, droppable) values
  ('messages', true, 'with (fillfactor = 50)', true),
  ('message_events', true, '', true),
  ('ledger_entries', false, '', false),
  ('webhook_deliveries', true, 'with (fillfactor = 70)', true),
  ('inbound_messages', true, '', true);

-- What is older than `before` is gone.
create table retention_marks (
  what text primary key,
  before timestamptz not null
);

create function kept_since(what text) returns timestamptz
language sql stable strict parallel safe as $$
  select coalesce((select m.before from retention_marks m where m.what = $1), '-infinity')
$$;

-- Creates the monthly partitions of every such table, from last month to `ahead` months from now. Safe
-- to repeat and to run on many hosts at once.
drop function ensure_delivery_partitions(int);
drop function ensure_inbound_partitions(int);
create or replace function ensure_partitions(ahead int) returns int
language plpgsql as $$
declare
  t monthly_tables;
  first timestamptz;
  last timestamptz;
  part text;
  made int := 0;
begin
  perform pg_advisory_xact_lock(hashtext('dundun.partitions'));
  for t in select * from monthly_tables loop
    for i in -1 .. ahead loop
      first := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => i))
               at time zone 'UTC';
      last := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => i + 1))
              at time zone 'UTC';
      part := t.name || '_' || to_char(first at time zone 'UTC', 'YYYY_MM');
      if to_regclass(part) is not null then
        continue;
      end if;
      execute format('create table %I partition of %I for values from (%L) to (%L) %s', part, t.name,
                     case when t.by_id then uuid7_floor(first)::text else first::text end,
                     case when t.by_id then uuid7_floor(last)::text else last::text end, t.options);
      made := made + 1;
    end loop;
  end loop;
  return made;
end
$$;

-- The months that have a partition of one of these tables and ended by then, the oldest first.
create function old_months(tables text[], ends_by timestamptz) returns setof date
language sql stable as $$
  select distinct to_date(right(c.relname, 7), 'YYYY_MM') as month
  from pg_inherits i
  join pg_class c on c.oid = i.inhrelid
  join pg_class p on p.oid = i.inhparent
  where p.relname = any (tables) and p.relnamespace = 'public'::regnamespace
    and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month') at time zone 'UTC' <= ends_by
  order by month
$$;

-- Drops the oldest of those months, and what only makes sense beside it. The locks of a drop are
-- held for moments; one that is not had within lock_ms is an error, so that traffic never queues for
-- longer. Null: there is none, or something in it still waits to be sent.
create function drop_old_month(tables text[], ends_by timestamptz, lock_ms int) returns date
language plpgsql as $$
declare
  month date;
  ended timestamptz;
  name text;
begin
  if exists (select from unnest(tables) as x (name)
             where not exists (select from monthly_tables t where t.name = x.name and t.droppable)) then
    raise exception 'not to be dropped: %', tables;
  end if;
  perform set_config('lock_timeout', lock_ms || 'ms', true);
  perform pg_advisory_xact_lock(hashtext('dundun.partitions'));
  month := (select min(m) from old_months(tables, ends_by) as m);
  if month is null then
    return null;
  end if;
  ended := (month + interval '1 month') at time zone 'UTC';
  if 'messages' = any (tables) then
    if exists (select from dispatch where message_id < uuid7_floor(ended))
       or exists (select from claims, unnest(message_ids) as id where id < uuid7_floor(ended)) then
      return null;
    end if;
    delete from message_daily where day < (ended at time zone 'UTC')::date;
  end if;
  if 'webhook_deliveries' = any (tables) then
    delete from webhook_queue where delivery_id < uuid7_floor(ended);
    delete from webhook_dead where delivery_id < uuid7_floor(ended);
  end if;
  foreach name in array tables loop
    execute format('drop table if exists %I', name || to_char(month, '_YYYY_MM'));
    insert into retention_marks as r (what, before) values (name, ended)
    on conflict (what) do update set before = greatest(r.before, excluded.before);
  end loop;
  return month;
end
$$;
