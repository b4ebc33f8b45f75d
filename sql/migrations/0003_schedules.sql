-- Retries, the last moment of a message, and delivery windows in local time.
alter table messages
  add column auto_retries smallint not null default 0,  -- of retry_count; the others were asked for
  add column retry_of uuid,                             -- the message that this one sends again
  add column not_after timestamptz,                     -- never sent later: expired and refunded
  add column window_opens smallint,                     -- minutes after local midnight
  add column window_closes smallint,
  add column window_zone text;                          -- IANA name

-- Where a country's people live by the clock; a big country's most populous zone.
alter table countries add column time_zone text not null default 'UTC';

-- The first moment from `at` on that lies in the window by the clocks of `zone`, which may run over
-- midnight. Null for a zone that nobody knows. A local time that does not exist (clocks go forward)
-- counts as the hour after; one that exists twice as the later.
create function window_opens(at timestamptz, opens int, closes int, zone text) returns timestamptz
language plpgsql stable strict as $$
declare
  day date;
  first timestamptz;
  last timestamptz;
begin
  for i in -1 .. 2 loop
    day := (at at time zone zone)::date + i;
    first := (day + make_interval(mins => opens)) at time zone zone;
    last := (day + case when closes > opens then 0 else 1 end + make_interval(mins => closes))
            at time zone zone;
    if at < last and first < last then
      return greatest(at, first);
    end if;
  end loop;
  return null;
exception when invalid_parameter_value then
  return null;
end
$$;
