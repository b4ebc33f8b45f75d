-- What the programs' role (:role) may do, and nothing besides. sql/migrate.sh runs it as the owner
-- after the migrations, each time.
revoke all on all tables in schema public from :"role";
revoke all on all sequences in schema public from :"role";
revoke create on schema public from :"role", public;
grant usage on schema public to :"role";
grant usage on all sequences in schema public to :"role";

-- Partitions are reached through their tables alone.
select format('grant select, insert, update, delete on %I to %I', c.relname, :'role')
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
\gexec
select format('grant select on %I to %I', c.relname, :'role')
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
\gexec

-- Evidence: more may come, what is there stays.
revoke update, delete on ledger_entries, message_events, audit_log from :"role";
-- What the database's own functions keep.
revoke insert, delete on platform_guard from :"role";
revoke insert, update, delete on audit_chains, monthly_tables, retention_floors, schema_migrations
  from :"role";
