#!/usr/bin/env bash
# Applies sql/migrations/*.sql in order, forward only: each in one transaction, all under one
# advisory lock, so that several hosts may start at once. A file that changed after it was applied
# stops everything. DATABASE_URL is the owner's; ROLE, if it is given, is what the programs connect as,
# and gets the rights of sql/grants.sql. --plan changes nothing and says what is pending (sql/plan.sh).
# Usage: sql/migrate.sh DATABASE_URL [ROLE] [--plan]
set -euo pipefail
url=${1:?usage: sql/migrate.sh DATABASE_URL [ROLE] [--plan]}
role=${2:-}
[ "$role" != --plan ] || role=''
cd "$(dirname "$0")"
for word in "${@:2}"; do [ "$word" != --plan ] || exec ./plan.sh "$url"; done
grants=$PWD/grants.sql
cd migrations

{
  echo "set client_min_messages = warning;"
  echo "select pg_advisory_lock(hashtext('dundun.migrations')) \\g /dev/null"
  echo "create table if not exists schema_migrations (version text primary key,"
  echo "  checksum text not null, applied_at timestamptz not null default now());"
  for file in [0-9][0-9][0-9][0-9]_*.sql; do
    sum=$(sha256sum "$file" | cut -d' ' -f1)
    cat <<SQL
select coalesce((select checksum from schema_migrations where version = '$file'), '') as seen \\gset
select :'seen' = '' as fresh, :'seen' not in ('', '$sum') as changed \\gset
\\if :changed
do \$\$ begin raise exception 'migration $file was changed after it was applied'; end \$\$;
\\endif
\\if :fresh
begin;
\\o /dev/null
\\i $file
\\o
insert into schema_migrations (version, checksum) values ('$file', '$sum');
commit;
\\echo applied $file
\\endif
SQL
  done
  [ -z "$role" ] || printf '%s\n' "begin;" "\\o /dev/null" "\\i $grants" "\\o" "commit;"
} | psql -X -q -v ON_ERROR_STOP=1 -v role="$role" "$url"
