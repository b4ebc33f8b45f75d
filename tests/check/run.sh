#!/usr/bin/env bash
# make check: format, layering, third-party headers, SQL, size and shell lint. Prints what is wrong.
set -u
cd "$(dirname "$0")/../.." || exit
failed=0
complain() { printf '%s\n' "$1"; failed=1; }
sources=$(git ls-files -co --exclude-standard '*.cpp' '*.h')

# shellcheck disable=SC2086
clang-format --dry-run -Werror $sources 2>/tmp/format.$$ || complain "$(head -20 /tmp/format.$$)"
rm -f /tmp/format.$$

# Includes point downwards only.
layers=(base io sms campaign prices journal carrier pay web)
for i in "${!layers[@]}"; do
  for ((j = i + 1; j < ${#layers[@]}; j++)); do
    found=$(grep -rnE "#include \"common/${layers[j]}/" common/"${layers[i]}" 2>/dev/null)
    [ -z "$found" ] || complain "includes upwards: $found"
  done
done
found=$(grep -rnE '#include "(handlers|scheduler|ws-bridge|smpp-guard|tests)/' common/ 2>/dev/null)
[ -z "$found" ] || complain "common includes a binary's file: $found"

# A C library's header stands in the files that wrap it.
only() { # HEADER ALLOWED
  local found
  found=$(grep -rlE "#include <$1" common handlers scheduler ws-bridge smpp-guard 2>/dev/null | grep -vE "$2")
  [ -z "$found" ] || complain "<$1…> belongs to $2, not to: $found"
}
only 'libpq-fe' '^common/io/pg'
only 'hiredis/' '^(common/io/redis|ws-bridge/subscriber)\.'
only 'rapidjson' '^common/io/json\.'
only 'openssl' '^common/io/crypto\.'
only 'argon2' '^common/io/password\.'
only 'csv' '^common/io/csv\.'
only 'curl/' '^common/io/(http_client|http_multi|http_poster|curl_request)\.'
only 'fcgiapp' '^common/web/fcgi_connection\.'
only 'phonenumbers' '^common/sms/msisdn\.'
only 'unicode/' '^common/sms/(substitute|country_name|opt_out|charset|characters)\.'
only 'libwebsockets' '^ws-bridge/server\.'
only 'uv\.h' '^ws-bridge/(loop|subscriber)\.'

# SQL stands in sql/statements, and says whose rows it touches.
found=$(grep -rnEi '"(select|insert into|update|delete from) ' common handlers scheduler ws-bridge smpp-guard \
  --include='*.cpp' --include='*.h')
[ -z "$found" ] || complain "SQL outside sql/statements: $found"
awk '
  function judge() {
    if (name != "" && !account && !excused) print "no account_id in statement " name
  }
  /^-- tenant: all/ { whole = 1 }
  FNR == 1 { judge(); name = ""; whole = 0 }
  /^-- name: / { judge(); name = $3; account = 0; excused = whole; next }
  /tenant:/ { if (name != "") excused = 1; else whole = 1 }
  /^--/ { if ($0 ~ /tenant:/) excused = 1; next }
  /account_id/ { account = 1 }
  END { judge() }
' sql/statements/*.sql >/tmp/sql.$$
[ ! -s /tmp/sql.$$ ] || complain "$(cat /tmp/sql.$$)"
rm -f /tmp/sql.$$

for file in $sources; do
  lines=$(wc -l <"$file")
  case $file in tests/*) limit=600 ;; *) limit=400 ;; esac
  [ "$lines" -le $limit ] || complain "$file has $lines lines (at most $limit)"
done
found=$(grep -rnE '\b(TODO|FIXME|XXX)\b' common handlers scheduler ws-bridge smpp-guard sql tests --include='*.cpp' --include='*.h' --include='*.sql')
[ -z "$found" ] || complain "unfinished: $found"
found=$(grep -rn 'getenv(' common handlers scheduler ws-bridge smpp-guard | grep -v '^common/base/config.cpp')
[ -z "$found" ] || complain "settings are read in common/base/config.cpp: $found"

# g++ 12 runs both arms of a condition inside an awaited expression.
# shellcheck disable=SC2086
found=$(awk -f tests/check/co_await.awk $sources)
[ -z "$found" ] || complain "give the condition a name before co_await: $found"

found=$(tests/check/endpoints.sh)
[ -z "$found" ] || complain "$found"
for folder in handlers/*/; do
  [ -f "$folder/schemas.h" ] || complain "$folder has no schemas.h: see CONTRIBUTING.md"
done

mapfile -t scripts < <(git ls-files -co --exclude-standard '*.sh'; echo .ci/run)
shellcheck -S warning "${scripts[@]}" || failed=1

[ $failed = 0 ] && echo "check: clean"
exit $failed
