#!/usr/bin/env bash
# Sees every check of run.sh fail: breaks a copy of the sources in one way after the other, and wants
# the complaint. try.sh [CHECK…]: only these.
set -euo pipefail
cd "$(dirname "$0")/../.."
only=" $* "
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -co --exclude-standard | xargs ls -d 2>/dev/null | xargs cp --parents -t "$copy"
git init -q "$copy"
mkdir "$copy/build" && [ ! -d build/npm ] || ln -s "$PWD/build/npm" "$copy/build/npm"
cd "$copy"
failed=0
none=none quiet=quiet # so that no name of a file that is not there stands here

# try CHECK WORDS FILE: what comes in is put behind FILE, and CHECK must complain with WORDS.
try() {
  local check=$1 words=$2 file=$3 before='' said
  [[ $only == "  " || $only == *" $check "* ]] || { cat >/dev/null; return; }
  [ ! -f "$file" ] || { before=$(mktemp); cp "$file" "$before"; }
  mkdir -p "$(dirname "$file")"
  cat >>"$file"
  said=$(tests/check/run.sh "$check" 2>&1) || true
  if grep -qF -- "$words" <<<"$said"; then
    echo "$check complains: $words"
  else
    echo "$check does NOT complain: $words"
    echo "$said" | head -5
    failed=1
  fi
  if [ -n "$before" ]; then mv "$before" "$file"; else rm "$file"; fi
}
repeat() { for ((i = 0; i < $1; i++)); do echo "$2"; done; }

try layers 'no layer of' common/strange/a.h <<<'int a;'
try layers 'upwards' common/base/a.h <<<'#include "common/io/pg.h"'
try layers 'upwards' common/journal/changes/a.h <<<'#include "common/web/endpoint.h"'
try layers 'upwards' common/carrier/http/a.h <<<'#include "common/pay/a.h"'
try layers 'common includes no program' common/web/a.h <<<'#include "scheduler/notices.h"'
try layers 'common includes no program' common/web/a.h <<<'#include "tests/support/seed.h"'
try layers 'includes no other one' handlers/account/a.h <<<'#include "handlers/admin/endpoints.h"'
try wrapped_headers 'libpq-fe' handlers/account/a.h <<<'#include <libpq-fe.h>'
try sql 'SQL outside' handlers/account/a.h <<<'const char* a = "select 1";'
try rows 'by its number' handlers/account/a.h <<<'inline auto a = rows.text(row, 3);'
try statements 'has no account_id' sql/statements/a.sql <<<$'-- name: a\nselect 1;'
try statements 'a a one: make statements' sql/statements/a.sql \
  <<<$'-- name: a\nselect 1 from messages where account_id = $1::bigint;'
try statements 'body' sql/statements/a.sql \
  <<<$'-- name: a\nselect m.body\nfrom messages m\nwhere m.account_id = $1;'
try statements 'body' sql/statements/a.sql \
  <<<$'-- name: a\nselect phone, body from messages where account_id = $1;'
try statements 'body' sql/statements/a.sql \
  <<<$'-- name: a\nselect * from messages where account_id = $1;'
try statements 'body' sql/statements/a.sql \
  <<<$'-- name: a\nupdate messages x set status = 1 where account_id = $1 returning x.body;'
try sizes 'has 401 lines' common/base/a.h < <(repeat 401 '// a')
try sizes 'has 601 lines' tests/support/a.h < <(repeat 601 '// a')
try columns 'more than 100' docs/a.md < <(repeat 1 "$(printf 'word %.0s' {1..21})")
try functions 'has 41 lines' common/base/a.cpp \
  < <(echo 'int a() {'; repeat 39 '  b();'; echo '}')
try functions 'has 41 lines' common/carrier/http/a.cpp \
  < <(echo 'int A::a() const {'; repeat 39 '  if (b) { c(); }'; echo '}')
try functions 'has 81 lines' tests/unit/a_test.cpp \
  < <(echo 'TEST(A, B) {'; repeat 79 '  b("{");'; echo '}')
try unfinished 'unfinished' common/base/a.h <<<'// TODO'
try settings 'settings are read' common/web/a.h <<<'inline auto a = getenv("A");'
try awaits 'co_await with a condition' common/web/a.h <<<'auto a() { co_await (b ? c : d); }'
try awaits 'co_await in a braced list' common/web/a.h <<<'auto a() { B b{co_await c, 1}; }'
try schemas 'has no schemas.h' handlers/strange/a.cpp <<<'int a;'
try references "docs/$none.md, which is not there" docs/a.md <<<"Look at docs/$none.md."
try references "$none.md, which is not there" docs/a.md <<<"Look [there]($none.md)."
try references "$none.cpp, which is not there" common/base/a.h <<<"int a;  // as in $none.cpp"
try references "tests/$none.sh, which is not there" deploy/dev/a.sh <<<"# tests/$none.sh"
try references 'no such heading' docs/a.md <<<'[a](send.md#not-a-heading-of-it)'
try dead 'nobody includes common/base/a.h' common/base/a.h <<<'int a;'
try dead 'make does not build' common/base/a/b/c/a.cpp <<<'int main() {}'
try dead 'nobody uses common/base/a.cpp' common/base/a.cpp <<<'int not_called_by_others() {}'
try dead 'nobody names' deploy/dev/${quiet}.sh <<<'true'
try dead 'nobody names' tests/bench/${quiet}.sql <<<'select 1;'
try dead 'nobody executes not_executed' sql/statements/bridge.sql \
  <<<$'-- name: not_executed\nselect 1;'
try mutants 'does not stand once' tests/mutants/mutants.txt \
  <<<$'@ common/base/money.cpp\n- this is not there\n+ x'
try openapi 'redocly operation-2xx-response' handlers/strange/endpoints.h <<'END'
#include "common/web/endpoint.h"
namespace dundun {
inline constexpr Endpoint kStrangeEndpoints[] = {
    {Method::kGet, "/messages/strange", Access::kQuery, nullptr}};
}
END
commit=$(printf '0%.0s' {1..40})
try releases 'no VERSION COMMIT DATE: 0.3.0 HEAD' deploy/releases <<<'0.3.0 HEAD'
try releases 'the versions do not rise' deploy/releases <<<"0.0.9 $commit 2026-12-01"
try releases 'does not begin with 9' deploy/releases <<<"9.0.0 $commit 2026-12-01"
try releases 'does not begin with 0' deploy/releases <<<"$(cat VERSION) $commit 2026-12-01"
try releases 'is older than the last release' deploy/releases <<<"9.0.0 $commit 2026-12-01"
try alarms 'nobody counts dundun_nothing' deploy/prometheus/scrape.yml <<<'# dundun_nothing'
try alarms 'has no day' deploy/prometheus/dundun.rules.yml <<'END'
      - alert: DundunOdd
        expr: vector(1)
        labels: {severity: look}
END
try units 'dundun-ws-bridge.service at most' deploy/systemd/dundun-ws-bridge.service \
  <<<$'[Service]\nProtectSystem=no\nPrivateDevices=no\nNoNewPrivileges=no'
try hardened 'has no BIND_NOW' build/release/bin/a </bin/true
try hardened 'without -fstack-clash-protection' build/release/flags <<<'-O2'
try sbom 'is no CycloneDX' build/debug/sbom.json <<<'{}'
try shell 'SC1073' deploy/dev/a.sh <<<'if true; then ('
try format 'a.h' common/base/a.h <<<'int   a;'
exit $failed
