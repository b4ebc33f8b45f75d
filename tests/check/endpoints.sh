#!/usr/bin/env bash
# Compares handlers/ENDPOINTS.md with the route tables, the files and the tests; prints what is wrong.
set -euo pipefail
cd "$(dirname "$0")/../.."
table=handlers/ENDPOINTS.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# "GET /x" a line: what the route tables have, without the health checks that every binary has.
cat handlers/*/endpoints.h | tr '\n' ' ' | grep -oE '\{Method::k[A-Za-z]+, *"[^"]+"' |
  sed -E 's/\{Method::k([A-Za-z]+), *"([^"]+)"/\1 \2/' |
  awk '{ print toupper($1), $2 }' | sort -u >"$work/routes"
grep -rhoE '^TEST(_F)?\([A-Za-z0-9_]+, *[A-Za-z0-9_]+' tests |
  sed -E 's/TEST(_F)?\(//; s/, */./' | sort -u >"$work/tests"
# "endpoint<tab>where<tab>tests"; parameters have any name.
awk -F'|' '/^\| `/ { gsub(/^ *`|` *$/, "", $2); gsub(/^ +| +$/, "", $4); gsub(/^ +| +$/, "", $5)
  print $2 "\t" $4 "\t" $5 }' $table >"$work/rows"
unnamed() { sed -E 's/\{[^}]*\}/{}/g'; }
unnamed <"$work/routes" >"$work/route_names"

cut -f1 "$work/rows" | unnamed | sort >"$work/row_names"
uniq -d "$work/row_names" | sed "s|^|$table has two rows of |"
unnamed <"$work/routes" | sort -u | comm -23 - <(sort -u "$work/row_names") |
  sed "s|^|$table has no row of |"
while IFS=$'\t' read -r endpoint where tests; do
  if [ "$where" = "not yet" ]; then
    ! grep -qxF "$(unnamed <<<"$endpoint")" "$work/route_names" ||
      echo "$table says \"not yet\" of $endpoint, but it is there"
    continue
  fi
  [ -f "$where" ] || echo "$table: $endpoint is not in $where"
  [ -n "$tests" ] || echo "$table: $endpoint has no test"
  if [[ $where == handlers/* ]]; then
    grep -qxF "$(unnamed <<<"$endpoint")" "$work/route_names" ||
      echo "$table: no route table has $endpoint"
  fi
  for test in $tests; do
    grep -qxF "$test" "$work/tests" || echo "$table: there is no test $test ($endpoint)"
  done
done <"$work/rows"
