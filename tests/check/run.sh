#!/usr/bin/env bash
# make check: reads the sources and says what is wrong. Each check is a function here that prints
# its complaints; all run at once. `run.sh NAME…` runs some: `run.sh layers references`. That each
# can fail, tests/check/try.sh shows.
set -u
cd "$(dirname "$0")/../.." || exit
# Characters are counted, not bytes.
export LC_ALL=C.UTF-8
programs='handlers scheduler ws-bridge smpp-guard openapi'
product="common $programs"
checks='format shell layers wrapped_headers sql rows statements sizes columns functions unfinished
  settings awaits schemas references dead mutants openapi portal releases alarms units hardened sbom'

list() { git ls-files -co --exclude-standard "$@" | xargs ls -d 2>/dev/null; } # without the deleted
sources() { list '*.cpp' '*.h'; }
by_all_cores() { xargs -n 24 -P "$(nproc)" "$@"; }

format() { sources | by_all_cores clang-format --dry-run -Werror 2>&1 | head -40; }
shell() { list '*.sh' .ci/run | xargs -n 4 -P "$(nproc)" shellcheck -x -S warning; }
layers() { python3 -B tests/check/layers.py; }
references() { python3 -B tests/check/references.py; }
dead() { python3 -B tests/check/dead.py; }
mutants() { python3 -B tests/check/mutants.py; }
statements() {
  list 'sql/statements/*.sql' | xargs awk -f tests/check/statements.awk
  # How far each reaches changes by a line of its own in the change that makes it so.
  list 'sql/statements/*.sql' | xargs awk -f sql/reach.awk | sort | {
    diff tests/data/statements.txt - | sed -n 's/^[<>].*/&: make statements/p'
  }
  grep 'unsaid$' tests/data/statements.txt
}
# g++ 12 runs both arms of a condition inside an awaited expression.
awaits() { sources | xargs awk -f tests/check/co_await.awk; }

# A C library's header stands in the files that wrap it.
wrapped_headers() {
  only() { # HEADER ALLOWED
    # shellcheck disable=SC2086
    grep -rlE "#include <$1" $product | grep -vE "$2" | while read -r file; do
      echo "$file includes <$1…>: only $2 may"
    done
  }
  only 'libpq-fe' '^common/io/pg'
  only 'hiredis/' '^(common/io/redis|ws-bridge/subscriber)\.'
  only 'rapidjson' '^common/io/json\.'
  only 'openssl' '^common/io/(crypto|sha1|signature|tls_stream)\.'
  only 'argon2' '^common/io/password\.'
  only 'cbor\.h' '^common/io/cbor\.'
  only 'csv' '^common/io/csv\.'
  only 'curl/' '^common/io/(http_client|http_multi|http_poster|curl_request)\.'
  only 'fcgiapp' '^common/web/fcgi_connection\.'
  only 'phonenumbers' '^common/sms/msisdn\.'
  only 'unicode/' '^common/sms/(substitute|country_name|opt_out|charset|characters)\.'
  only 'libwebsockets' '^ws-bridge/server(_timers)?\.'
  only 'uv\.h' '^ws-bridge/(loop|subscriber)\.'
}

sql() {
  # shellcheck disable=SC2086
  grep -rnEi '"(select|insert into|update|delete from) ' $product --include=*.{cpp,h} |
    sed 's/^/SQL outside sql\/statements: /'
}

# A column is read by its name; of rows that have only one, by 0.
rows() {
  # shellcheck disable=SC2086
  grep -rnE '\b(is_null|i16|i32|i64|boolean|(maybe_)?text|uuid|(maybe_)?instant|date|text_array)\([^(),]+, [1-9][0-9]*\)' \
    $product --include=*.{cpp,h} | sed -E 's/^([^:]+:[0-9]+):.*/\1 reads a column by its number/'
}

sizes() {
  sources | xargs wc -l | awk '
    $2 == "total" { next }
    { most = $2 ~ /^tests\// ? 600 : 400 }
    $1 > most { print $2 " has " $1 " lines (at most " most ")" }'
}

# Of documents; clang-format breaks the lines of C++. Rows of tables and addresses cannot be broken.
columns() {
  list '*.md' | xargs grep -nE '^.{101,}' | grep -vE '^[^:]+:[0-9]+:(\||.*https?://[^ ]{60,})' |
    sed -E 's/^([^:]+:[0-9]+):.*/\1 has more than 100 columns/'
}

# A test tells a story in order, and its tables are long: it may have twice as much.
functions() {
  local script=tests/check/long_functions.awk
  sources | grep -vE '^tests/' | xargs awk -v most=40 -f $script
  sources | grep '^tests/' | xargs awk -v most=80 -f $script
}

unfinished() {
  # shellcheck disable=SC2086
  grep -rnE '\b(TODO|FIXME|XXX)\b' $product sql tests --include=*.{cpp,h,sql} |
    sed 's/^/unfinished: /'
}

settings() {
  # shellcheck disable=SC2086
  grep -rnE 'getenv\(|\benviron\b' $product | grep -v '^common/base/config.cpp' |
    sed 's/^/settings are read in common\/base\/config.cpp: /'
}

schemas() {
  for folder in handlers/*/; do
    [ -f "$folder/schemas.h" ] || echo "$folder has no schemas.h: see CONTRIBUTING.md"
  done
}

# Redocly and Spectral. What was clean stays clean until the document or the rules change.
openapi() {
  local file=build/debug/openapi.json clean=build/openapi-clean now
  deploy/dev/npm.sh || return
  MODE=debug BUILD=build/debug make -s --no-print-directory "$file" >/dev/null || return
  now=$(cat "$file" tests/check/openapi.mjs deploy/dev/npm/package-lock.json | sha256sum)
  [ "$now" != "$(cat $clean 2>/dev/null)" ] || return
  rm -f $clean
  node tests/check/openapi.mjs "$file" && echo "$now" >$clean
}

# Words, addresses and lines of the portal. Its types are checked when it is built.
portal() {
  deploy/dev/npm.sh || return
  node tests/check/portal.mjs
}

# VERSION is what is built. deploy/releases are those that went out, with their commits, oldest
# first; CHANGELOG.md tells what each brought.
releases() {
  local version last headings listed='^([0-9]+\.){2}[0-9]+ [0-9a-f]{40} [0-9]{4}-[0-9]{2}-[0-9]{2}$'
  version=$(cat VERSION)
  [[ $version =~ ^([0-9]+\.){2}[0-9]+$ ]] || echo "VERSION is no MAJOR.MINOR.PATCH: $version"
  grep -vE "$listed|^#" deploy/releases | sed 's/^/deploy\/releases: no VERSION COMMIT DATE: /'
  last=$(grep -E "$listed" deploy/releases | tail -n 1 | cut -d' ' -f1)
  grep -E "$listed" deploy/releases | cut -d' ' -f1 | sort -C -u -V ||
    echo 'deploy/releases: the versions do not rise'
  headings=$(sed -n 's/^## //p' CHANGELOG.md)
  if [ "$version" = "$last" ]; then
    [ "$(head -n 1 <<<"$headings")" = "$version" ] ||
      echo "CHANGELOG.md does not begin with $version, which deploy/releases has"
  else
    [ "$(printf '%s\n' "$last" "$version" | sort -V | tail -n 1)" = "$version" ] ||
      echo "VERSION $version is older than the last release, $last"
    [ "$(head -n 2 <<<"$headings" | tr '\n' ' ')" = "Unreleased $last " ] ||
      echo "CHANGELOG.md does not begin with Unreleased and $last"
  fi
}

# Each alarm on a day of its own, and what deploy/watching.md says of it; and that the dashboard asks
# for metrics that there are. promtool is part of Debian's package prometheus.
alarms() {
  local metric
  python3 -m json.tool deploy/grafana/dundun.json >/dev/null
  # shellcheck disable=SC2086
  for metric in $(grep -ohE 'dundun_[a-z_]+' deploy/grafana/dundun.json deploy/prometheus/*.yml | sort -u); do
    grep -rqF "\"${metric%_bucket}\"" $product || echo "nobody counts $metric"
  done
  python3 -B tests/prometheus/days.py
}

# What a unit might do if its program were taken over, with what it adds for one program: systemd's
# own measure, from 0 to 100.
units() {
  local most=15 folder=deploy/systemd made unit addition name
  made=$(mktemp -d)
  cp $folder/*.service "$made"
  for addition in $folder/*.service.d/*.conf; do
    name=${addition#"$folder"/}
    name=${name%.d/*}
    cat "$folder/${name%@*}@.service" "$addition" >"$made/$name"
  done
  for unit in "$made"/*; do
    systemd-analyze security --offline=yes --no-pager --threshold=$most "$unit" >"$made.said" 2>&1 ||
      echo "${unit##*/} at most $most/10: $(tail -n 1 "$made.said")"
  done
  rm -rf "$made" "$made.said"
}

# What the compiler and the linker put around our mistakes, in what was built to be shipped.
hardened() {
  local program flag word
  for program in build/release/bin/*; do
    [ -f "$program" ] || continue
    wants() { grep -qE -- "$1" <<<"$word" || echo "$program has no $2"; }
    word=$(readelf -hldW --dyn-syms "$program" 2>/dev/null)
    wants 'Type: +DYN' 'position independent code'
    wants 'GNU_RELRO' RELRO
    wants 'BIND_NOW|FLAGS_1.* NOW' BIND_NOW
    wants '__glibcxx_assert_fail' _GLIBCXX_ASSERTIONS
    wants '__stack_chk_fail' 'stack protector'
  done
  # These leave no mark in a program: Debian's start files have no note of -fcf-protection either.
  for flag in -fstack-clash-protection -fcf-protection -D_FORTIFY_SOURCE=2; do
    [ ! -f build/release/flags ] || grep -qF -- "$flag" build/release/flags ||
      echo "the release is built without $flag"
  done
}

# The list of what is shipped (make sbom), of whatever was built.
sbom() {
  local folder made
  made=$(mktemp)
  for folder in build/debug build/release; do
    [ ! -f $folder/sbom.json ] || deploy/dev/sbom.py --check $folder/sbom.json
    { [ -x $folder/bin/messages ] && [ -x $folder/bin/ws-bridge ]; } || continue
    deploy/dev/sbom.py $folder/bin messages ws-bridge >"$made" && deploy/dev/sbom.py --check "$made"
  done
  rm "$made"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $checks
for check in "$@"; do "$check" >"$work/$check" 2>&1 & done
wait
failed=0
for check in "$@"; do
  [ -s "$work/$check" ] || continue
  echo "-- $check"
  cat "$work/$check"
  failed=1
done
[ $failed = 0 ] && echo "check: clean"
exit $failed
