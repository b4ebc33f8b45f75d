-- Owner and programs apart: the role that the programs connect as (sql/grants.sql) adds to ledger,
-- timeline and audit log and reads them, and never rewrites them. What keeps partitions and takes old
-- evidence away are functions that run as the owner and allow no more than they say.

-- How young evidence must not be removed, whatever a program asks. The owner's to change.
create table retention_floors (
  what text primary key,
  keep interval not null
);
insert into retention_floors (what, keep) values ('audit_log', '90 days');

alter function forget_audit(timestamptz, bigint) rename to forget_audit_before;
revoke execute on function forget_audit_before(timestamptz, bigint) from public;
create function forget_audit(before timestamptz, most bigint) returns bigint
language sql security definer set search_path = public, pg_temp as $$
  select forget_audit_before(
    least(before, now() - (select keep from retention_floors where what = 'audit_log')), most)
$$;

alter function ensure_partitions(int) security definer set search_path = public, pg_temp;

-- A month that has not ended stays.
alter function drop_old_month(text[], timestamptz, int) rename to drop_month;
revoke execute on function drop_month(text[], timestamptz, int) from public;
create function drop_old_month(tables text[], ends_by timestamptz, lock_ms int) returns date
language sql security definer set search_path = public, pg_temp as $$
  select drop_month(tables,
                    least(ends_by, date_trunc('month', now() at time zone 'UTC') at time zone 'UTC'),
                    lock_ms)
$$;
