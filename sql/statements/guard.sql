-- Whether the database is the one that it was (table platform_guard, deploy/restoring.md).

-- name: guard_open
-- An error where nothing may be moved. Every batch of the journal asks: what platform_open() found of
-- the server holds as long as the connection, and need not be asked again (migration 0047).
-- tenant: none, the whole platform's.
select case
         when held_at is null and not pg_is_in_recovery()
              and cluster::text = current_setting('dundun.cluster', true)
              and timeline = current_setting('dundun.timeline', true) then true
         else platform_open()
       end as is_open
from platform_guard;

-- name: guard_mark
-- $1 how far it had come by what is kept elsewhere; null: nothing is. How far it is now; no row: it
-- is not the server that it was, is behind, or is held. tenant: none, the whole platform's.
update platform_guard
set seen_at = greatest(seen_at + interval '1 microsecond', clock_timestamp())
where held_at is null and timeline = platform_timeline()
  and cluster = (select system_identifier from pg_control_system())
  and seen_at >= coalesce($1::timestamptz, '-infinity')
returning seen_at;

-- name: guard_judge
-- $1 as of guard_mark: after it gave no row. Another server is taken for the same database if it has
-- all that was seen, and nobody asked for an earlier moment when it was recovered; else it is held.
-- How far it has come; why it is held, null: it is not. tenant: none, the whole platform's.
with asked as (
  select coalesce(string_agg(name || ' = ' || setting, ', '), '') as targets
  from pg_settings
  where setting <> '' and name in ('recovery_target', 'recovery_target_lsn', 'recovery_target_name',
                                   'recovery_target_time', 'recovery_target_xid')
), judged as (
  select case
           when g.seen_at < $1::timestamptz then 'it is behind what was seen of it'
           when g.timeline = platform_timeline() and g.cluster = c.system_identifier then null
           when $1::timestamptz is null then 'it is another server, and nobody knows what it lacks'
           when a.targets <> '' then 'it was recovered to an earlier moment: ' || a.targets
         end as because
  from platform_guard g, pg_control_system() c, asked a
  for update of g
)
update platform_guard g
set timeline = case when j.because is null then platform_timeline() else g.timeline end,
    cluster = case when j.because is null then (select system_identifier from pg_control_system())
                   else g.cluster end,
    held_at = case when j.because is not null then coalesce(g.held_at, clock_timestamp()) end,
    held_because = case when j.because is not null then coalesce(g.held_because, j.because) end,
    seen_elsewhere = case when j.because is not null then greatest(g.seen_elsewhere, $1::timestamptz)
                     end
from judged j
where g.held_at is null
returning g.seen_at, g.held_because;

-- name: guard_state
-- How far it has come, since when it is held, why, how far it had come elsewhere, whether it is the
-- server that was judged, whether a moment to recover to is set. tenant: none, the whole platform's.
select seen_at, held_at, held_because, seen_elsewhere,
       timeline = platform_timeline() and cluster = (select system_identifier from pg_control_system()) as is_judged,
       exists (select from pg_settings
               where setting <> '' and name in ('recovery_target', 'recovery_target_lsn', 'recovery_target_name',
                                                'recovery_target_time', 'recovery_target_xid')) as has_target
from platform_guard;

-- name: guard_lock
-- Until when messages may have left that this database knows nothing of; null: it goes on. $1
-- seconds after the last moment that somebody kept. tenant: none, the whole platform's.
select case
         when held_at is not null or timeline <> platform_timeline()
              or cluster <> (select system_identifier from pg_control_system())
           then least(clock_timestamp(),
                      coalesce(seen_elsewhere + make_interval(secs => $1::int), clock_timestamp()))
       end as doubt_until, seen_at
from platform_guard
for update;

-- name: guard_doubt_due
-- $1 until when, $2 messages a claim: what was due by then may have left. It is claimed for nobody,
-- with the carrier that would have got it, as if its owner had died after it asked: recovery then
-- does what that carrier allows. How many. tenant: none, a claim holds messages of many accounts.
with due as (
  delete from dispatch
  where due_at <= $1::timestamptz
  returning account_id, message_id, attempt + 1 as attempt, held_by
), numbered as (
  select d.*, (row_number() over (order by d.account_id, d.message_id) - 1) / $2::bigint as part,
         coalesce(d.held_by, guard_first_carrier(m.route)) as carrier
  from due d
  join messages m on m.account_id = d.account_id and m.message_id = d.message_id
), claimed as (
  insert into claims (token, lease_until, account_ids, message_ids, attempts, carriers)
  select gen_random_uuid(), clock_timestamp(), array_agg(account_id), array_agg(message_id),
         array_agg(attempt::smallint), array_agg(carrier)
  from numbered
  group by part
)
select count(*) from due;

-- name: guard_doubt_claimed
-- The same for what was claimed, and perhaps not asked yet: whom its owner chose afterwards is lost.
-- tenant: none, a claim holds messages of many accounts.
update claims c
set lease_until = clock_timestamp(), made_at = clock_timestamp(), token = gen_random_uuid(),
    carriers = array(
      select coalesce(v.carrier, guard_first_carrier(m.route))
      from unnest(c.account_ids, c.message_ids, coalesce(c.carriers, array[]::text[])) with ordinality
             as v (account_id, message_id, carrier, place)
      left join messages m on m.account_id = v.account_id and m.message_id = v.message_id
      order by v.place);

-- name: guard_pause_campaigns
-- $1 until when: campaigns that had begun by then went on where nobody knows. Their owners decide.
-- tenant: none, campaigns of all accounts.
update batches
set status = {campaign.paused}, lease_until = null
where status in ({campaign.sending}, {campaign.dripping})
   or status = {campaign.scheduled} and next_due_at <= $1::timestamptz;

-- name: guard_resume
-- tenant: none, the whole platform's. Ahead of all that was ever kept of it.
update platform_guard
set timeline = platform_timeline(),
    cluster = (select system_identifier from pg_control_system()),
    seen_at = greatest(seen_at, seen_elsewhere, clock_timestamp()) + interval '1 microsecond',
    held_at = null, held_because = null, seen_elsewhere = null;

-- name: guard_name
-- Whose witness it is: one Redis may serve several. tenant: none, the whole platform's.
select current_database() || '-' || cluster from platform_guard;
