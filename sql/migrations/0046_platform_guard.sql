-- How far this database has come, so that one which was restored to an earlier moment is known as
-- such (deploy/restoring.md). Schedulers move seen_at on, and keep the same time where PostgreSQL is
-- not: a database that is behind what is kept there was set back.
create table platform_guard (
  only_row boolean primary key default true check (only_row),
  cluster bigint not null,                       -- pg_control_system().system_identifier
  timeline text not null,                        -- the one that was judged; 8 hex digits
  seen_at timestamptz not null,                  -- by PostgreSQL's clock
  held_at timestamptz,                           -- null: it goes on
  held_because text,
  seen_elsewhere timestamptz                     -- what the witnesses said when it was held
);

-- The timeline that is written now. After a promotion it is another one, at once, unlike that of the
-- last checkpoint.
create function platform_timeline() returns text language sql stable
as $$ select left(pg_walfile_name(pg_current_wal_lsn()), 8) $$;

insert into platform_guard (cluster, timeline, seen_at)
select system_identifier, platform_timeline(), clock_timestamp() from pg_control_system();

-- True, or an error: DD001, a server that no scheduler has judged yet; DD002, one that waits for an
-- operator; 25006 as of any write to a standby. Whatever moves money or messages asks first.
create function platform_open() returns boolean language plpgsql stable
as $$
declare
  guard platform_guard;
begin
  if pg_is_in_recovery() then
    raise exception 'this is a standby' using errcode = '25006';
  end if;
  select * into guard from platform_guard;
  if guard.held_at is not null then
    raise exception 'the database was restored: dundunctl resume' using errcode = 'DD002';
  end if;
  if guard.timeline <> platform_timeline()
     or guard.cluster <> (select system_identifier from pg_control_system()) then
    raise exception 'another server: a scheduler has yet to judge it' using errcode = 'DD001';
  end if;
  return true;
end
$$;

-- The carrier that a route's messages go to first, for those that may have gone where it is lost.
create function guard_first_carrier(code text) returns text language sql stable
as $$
  select coalesce((select l.carrier
                   from route_carriers l
                   where l.route_id = r.route_id and l.valid_until is null and l.is_active
                   order by l.priority
                   limit 1), r.connector)
  from routes r
  where r.code = guard_first_carrier.code
$$;
