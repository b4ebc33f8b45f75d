#!/usr/bin/env bash
# What sql/migrate.sh would do: the pending migrations, the locks that each takes on tables that are
# there, and about how long by their size. It is no guess from the text: each runs in a database of the
# same tables without rows, made for this and dropped again, and PostgreSQL says what it locked, wrote
# anew, indexed and read. The database itself is only read. Usage: sql/plan.sh DATABASE_URL
set -euo pipefail
url=${1:?usage: sql/plan.sh DATABASE_URL}
cd "$(dirname "$0")/migrations"
# Megabytes a second, on modest disks: a table written anew, indexed, read.
: "${REWRITE_MB_S:=50}" "${INDEX_MB_S:=20}" "${READ_MB_S:=200}"

ask() { psql -X -q -tA -F' ' -v ON_ERROR_STOP=1 "$@"; }
applied=$(ask "$url" -c 'select version from schema_migrations' 2>/dev/null || true)
pending=()
for file in [0-9][0-9][0-9][0-9]_*.sql; do
  grep -qxF "$file" <<<"$applied" || pending+=("$file")
done
[ ${#pending[@]} -gt 0 ] || { echo "nothing is pending"; exit 0; }
[ -n "$applied" ] || { echo "${#pending[@]} pending, on an empty database: seconds"; exit 0; }

scratch=dundun_plan_$$
work=$(mktemp -d)
drop() {
  rm -rf "$work"
  ask "$url" -c "drop database if exists $scratch" >/dev/null 2>&1 || true
}
trap drop EXIT
ask "$url" -c "create database $scratch template template0" >/dev/null || {
  echo "This role may not make the database for the plan: alter role … createdb" >&2
  exit 1
}
# The same server and role, another database.
case $url in
  postgres*://*) there=$(sed -E "s#^(postgres[a-z]*://[^/]*)/[^?]*#\1/$scratch#" <<<"$url") ;;
  *) there="$url dbname=$scratch" ;;
esac
pg_dump --schema-only --no-owner --no-privileges "$url" >"$work/tables.sql"
pg_dump --data-only --table='monthly_tables' --table=config_version "$url" >"$work/rows.sql"
ask "$there" -1 -f "$work/tables.sql" >/dev/null
ask "$there" -1 -c 'delete from monthly_tables' -c 'delete from config_version' -f "$work/rows.sql" \
  >/dev/null

# Partitions count for their table.
ask "$url" >"$work/sizes" <<'SQL'
select coalesce(pg_partition_root(c.oid), c.oid)::regclass, sum(pg_table_size(c.oid)) / 1048576
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
group by 1;
SQL
for file in "${pending[@]}"; do
  echo "pending $file"
  ask "$there" <<SQL | sort -u
begin;
create temp table was on commit drop as
  select oid, relfilenode, relkind from pg_class where relnamespace = 'public'::regnamespace;
\\o /dev/null
\\i $file
\\o
with touched as (
  select coalesce(pg_partition_root(l.relation), l.relation)::regclass as name, l.relation,
         array_position(array['RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock',
                              'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
                              'AccessExclusiveLock'], l.mode) as strength, l.mode
  from pg_locks l
  join was w on w.oid = l.relation and w.relkind in ('r', 'p')
  where l.pid = pg_backend_pid() and l.locktype = 'relation'
), work as (
  select t.name, max(t.strength) as strength,
         bool_or(c.relfilenode <> w.relfilenode) as rewritten,
         bool_or(exists (select from pg_index i where i.indrelid = t.relation
                         and i.indexrelid not in (select oid from was))) as indexed,
         bool_or(coalesce(s.seq_scan, 0) > 0) as scanned
  from touched t
  join pg_class c on c.oid = t.relation
  join was w on w.oid = t.relation
  left join pg_stat_xact_user_tables s on s.relid = t.relation
  group by t.name
)
select name, strength, rewritten, indexed, scanned from work where strength is not null;
commit;
SQL
done | awk -v rewrite="$REWRITE_MB_S" -v index_="$INDEX_MB_S" -v read_="$READ_MB_S" -v sizes="$work/sizes" '
  BEGIN {
    while ((getline line < sizes) > 0) { split(line, part, " "); mb[part[1]] = part[2] }
    split("nothing waits|nothing waits|only such changes wait|no writes|no writes|no writes|" \
          "neither reads nor writes", holds, "|")
  }
  $1 == "pending" { print $2; next }
  {
    seconds = 0; what = ""
    if ($3 == "t") { seconds += mb[$1] / rewrite; what = what ", written anew" }
    if ($4 == "t") { seconds += mb[$1] / index_; what = what ", indexed" }
    if ($5 == "t" && $3 != "t") { seconds += mb[$1] / read_; what = what ", read" }
    printf "  %s (%d MB): meanwhile %s%s; about %d s\n", $1, mb[$1], holds[$2], what, seconds + 1
  }'
