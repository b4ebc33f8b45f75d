-- Less to write for a message.

-- The regular `submitted` event is the message's row: this is its id, submitted_at its time. Null: it
-- was not submitted yet, or said more than the row does and stands in message_events.
alter table messages add column submitted_event uuid;

-- All that happened to a message after it was accepted: what is stored, and the regular `submitted`,
-- of the message's columns. A program of the release before stores each event: whoever reads this
-- takes each event_key once.
create function timeline_of(of_account bigint, of_message uuid, by_event uuid, submitted_at timestamptz,
                            carrier_message_id text)
returns table (event_key text, event text, status smallint, detail text, metadata text,
               at timestamptz, event_id uuid)
language sql stable as $$
  select e.event_key, e.event, e.status, e.detail, e.metadata, e.at, e.event_id
  from message_events e
  where e.account_id = of_account and e.message_id = of_message
  union all
  select 'submitted', 'submitted', 3::smallint, 'Gateway accepted',
         '{"gateway_message_id":' || to_json(carrier_message_id)::text || '}', submitted_at, by_event
  where by_event is not null
$$;

-- The same of all messages, each event_key once.
create view message_timeline as
select distinct on (m.account_id, m.message_id, e.event_key)
       m.account_id, m.message_id, e.event_key, e.event, e.status, e.detail, e.metadata, e.at,
       e.event_id
from messages m
cross join lateral timeline_of(m.account_id, m.message_id, m.submitted_event, m.submitted_at,
                               m.carrier_message_id) as e
order by m.account_id, m.message_id, e.event_key, e.at;

-- As before; and it notes in the session what it found of the server, which is the same as long as the
-- connection: a server gets another timeline only by being promoted, and a standby is an error here.
-- pg_control_system() reads and checks a file each time.
create or replace function platform_open() returns boolean language plpgsql stable
as $$
declare
  guard platform_guard;
  here text;
begin
  if pg_is_in_recovery() then
    raise exception 'this is a standby' using errcode = '25006';
  end if;
  select * into guard from platform_guard;
  if guard.held_at is not null then
    raise exception 'the database was restored: dundunctl resume' using errcode = 'DD002';
  end if;
  here := platform_timeline();
  if guard.timeline <> here
     or guard.cluster <> (select system_identifier from pg_control_system()) then
    raise exception 'another server: a scheduler has yet to judge it' using errcode = 'DD001';
  end if;
  perform set_config('dundun.cluster', guard.cluster::text, false),
          set_config('dundun.timeline', here, false);
  return true;
end
$$;
