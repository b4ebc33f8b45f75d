-- What a message's departure depends on. accounts.status has a third value, 3 closed.

-- What is held while its account is suspended is due in the year 9999.
create index dispatch_held on dispatch (account_id) where due_at >= '9999-01-01Z';

-- Whether a sender name may still be used: it is approved for the country, or nobody had to approve
-- it, because it was the route's own then.
create function sender_stands(account bigint, sender text, route text, country text)
returns boolean
language sql stable as $$
  select exists (
           select from sender_ids s
           where s.account_id = $1 and lower(s.name) = lower($2) and s.status = 2
             and $4 = any (s.countries))
      or exists (select from route_history h where h.code = $3 and h.sender_default = $2)
$$;

-- The newest message that sends this one again: while it is open no other may.
alter table messages add column last_retry uuid;

-- A list belongs to an environment: 0 live, 1 test. What a file had that is no contact's number
-- counts as unroutable; up to 10 of these are kept as they were written.
alter table contact_lists
  add column environment smallint not null default 0,
  add column invalid int not null default 0,
  add column invalid_sample text[] not null default '{}';

-- How far a campaign is, for each lane (the countries of one time zone, if it has a window; otherwise
-- all): "list:contact", joined by commas. The list's number counts from 0 in batch_plans.list_ids; as
-- many as there are lists: the lane is done. Lanes were served one after another so far.
alter table batches add column cursors text not null default '0:0';
update batches b
set cursors = (
  select string_agg(case when lane < b.list_position / p.lists then p.lists || ':0'
                         when lane = b.list_position / p.lists
                           then b.list_position % p.lists || ':' || b.contact_id
                         else '0:0' end, ',' order by lane)
  from generate_series(0, p.lanes - 1) as lane)
from (select account_id, batch_id, greatest(cardinality(list_ids), 1) as lists, zones,
             (select greatest(count(distinct z), 1) from unnest(zones) as z) as lanes
      from batch_plans) as p
where p.account_id = b.account_id and p.batch_id = b.batch_id and b.status in (1, 2, 3, 4)
  and b.window_opens is not null;
update batches set cursors = list_position || ':' || contact_id
where status in (1, 2, 3, 4) and window_opens is null;

-- Whether a local time lies in a window, which may run over midnight.
create function in_window(local timestamp, opens int, closes int) returns boolean
language sql immutable as $$
  select case when opens < closes then m >= opens and m < closes else m >= opens or m < closes end
  from (select extract(hour from local)::int * 60 + extract(minute from local)::int as m) as t
$$;

-- The first moment from `at` on that is (`inside`) or is not in the window by the clocks of `zone`.
-- Only what the clocks show counts: where they leap over the opening, the leap opens; what they show
-- twice is inside, or outside, both times. Null for a zone that nobody knows.
create function window_edge(at timestamptz, opens int, closes int, zone text, inside boolean)
returns timestamptz
language plpgsql stable strict as $$
declare
  local timestamp;
  edge timestamp;
  usual timestamptz;
begin
  local := at at time zone zone;
  if in_window(local, opens, closes) = inside then
    return at;
  end if;
  edge := local::date + make_interval(mins => case when inside then opens else closes end);
  if edge <= local then
    edge := edge + interval '1 day';
  end if;
  usual := at + (edge - local);
  if usual at time zone zone = edge then
    return usual;
  end if;
  -- The clocks change before: minute by minute, for no window is longer away than two days.
  return (select min(t)
          from generate_series(date_trunc('minute', at), at + interval '50 hours',
                               interval '1 minute') as t
          where t >= at and in_window(t at time zone zone, opens, closes) = inside);
exception when invalid_parameter_value then
  return null;
end
$$;

create or replace function window_opens(at timestamptz, opens int, closes int, zone text)
returns timestamptz
language sql stable as $$ select window_edge(at, opens, closes, zone, true) $$;

-- Secrets that were replaced before old_secret was, each signing too until its time; newest first.
alter table webhook_endpoints
  add column older_secrets bytea[] not null default '{}',
  add column older_untils timestamptz[] not null default '{}';

alter table batches add column name text;  -- what people call the campaign
