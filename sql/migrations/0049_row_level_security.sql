-- The second lock behind the account id that stands in every statement. A request of an account's key
-- or user begins its transactions with the account's number in dundun.account (Pg::restrict_to), and
-- then sees, changes and removes this account's rows alone. What it adds is not looked at: that would
-- cost the journal, which adds most rows, a tenth of its time. Where the setting is missing nothing changes: the
-- journal commits changes of many accounts at once, and jobs and operators look after all of them. The
-- tables' owner is never held by it.
create function own_account() returns bigint language sql stable parallel safe as $$
  select nullif(current_setting('dundun.account', true), '')::bigint
$$;

-- For each table with an account_id (RowSecurityTest), but user_emails: an e-mail is one user's on
-- the whole platform, so whoever invites has to meet those of all accounts. The account is looked up
-- once a statement.
create function lock_to_account(name regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', name);
  execute format('create policy own_account on %s using '
                 '(coalesce(account_id = (select own_account()), true)) with check (true)', name);
end
$$;

do $$
declare
  name regclass;
begin
  for name in
    select c.oid
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'account_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and not c.relispartition and c.relname <> 'user_emails'
    order by c.relname
  loop
    perform lock_to_account(name);
  end loop;
end
$$;

-- A view sees what its owner sees unless told otherwise.
alter view message_timeline set (security_invoker = true);
