#!/usr/bin/env bash
# make mutants [FILES=common/sms]: breaks pure logic in one place after the other, as mutants.txt
# says, and looks whether the unit tests notice. In copies under build/mutants, never here.
set -u
cd "$(dirname "$0")/../.." || exit
files=${FILES:-} workers=${WORKERS:-$(nproc)} share_min=92
copies=$PWD/build/mutants list=$PWD/tests/mutants/mutants.txt binary=build/debug/bin/unit_tests

# Without warnings: a mutation may leave a variable unused.
build() { # COPY JOBS
  make -C "$1" -j"$2" BUILD=build/debug MODE=debug EXTRA_CXXFLAGS=-w "$binary" \
    >"$1/make.log" 2>&1
}
passes() { # COPY: whether its unit tests do, the long ones last; one that hangs does not
  local tests
  for tests in '-*AMillion*' '*AMillion*'; do
    (cd "$1" && timeout 90 "$binary" --gtest_brief=1 --gtest_fail_fast --gtest_filter="$tests") || return
  done >"$1/tests.log" 2>&1
}

try() { # COPY FILE OLD NEW: says killed, survived or why it cannot be tried
  local path=$1/$2 text rest
  text=$(<"$path")
  rest=${text#*"$3"}
  [[ $rest != "$text" && $rest != *"$3"* ]] || { echo stale; return; }
  printf '%s\n' "${text/"$3"/"$4"}" >"$path"
  if ! build "$1" 1; then echo broken; elif passes "$1"; then echo survived; else echo killed; fi
  printf '%s\n' "$text" >"$path"
}

# A line for each mutation: mark, file, old, new, why it may live; \037 between them.
records() {
  awk -v OFS='\037' -v files="$files" '
    function out() {
      if (old != "" && (files == "" || index(file, files) == 1)) print mark, file, old, new, why
      old = ""
    }
    /^@/ { out(); mark = $1; file = $2 }
    /^- / { out(); old = substr($0, 3); new = why = "" }
    /^\+ / { new = substr($0, 3) }
    /^\? / { why = substr($0, 3) }
    END { out() }' "$list"
}
work() { # COPY FIRST: every workers-th record, with what came of it
  local number=0 mark file old new why verdict
  while IFS=$'\037' read -r mark file old new why; do
    ((number++ % workers == $2)) || continue
    verdict=$(try "$1" "$file" "$old" "$new")
    [ "$verdict" != survived ] || [ -z "$why" ] || verdict=equivalent
    printf '%-10s %s %s: %s -> %s\n' "$verdict" "$mark" "$file" "$old" "$new"
  done < <(records)
}

# The first copy is of the sources and of what was built of them, the others are of the first.
rm -rf "$copies" && mkdir -p "$copies/0/build"
git ls-files -z -co --exclude-standard | xargs -0 ls -d 2>/dev/null | tar -cf - -T - | tar -xf - -C "$copies/0"
make -j"$workers" "$binary" >/dev/null || exit 1
tar -cf - --exclude='tests.integration*' --exclude='tests.fault*' --exclude=bin build/debug |
  tar -xf - -C "$copies/0"
build "$copies/0" "$workers" || { tail "$copies/0/make.log"; exit 1; }
passes "$copies/0" || { tail "$copies/0/tests.log"; exit 1; }
for ((i = 1; i < workers; i++)); do cp -a "$copies/0" "$copies/$i"; done

for ((i = 0; i < workers; i++)); do work "$copies/$i" "$i" & done | tee "$copies/results"
awk -v min=$share_min '
  { count[$1]++ }
  $1 != "killed" && $1 != "equivalent" { left[++n] = $0; decides += $1 == "survived" && $2 == "@!" }
  END {
    all = NR - count["equivalent"]
    printf "\n%d of %d killed; %d more are as good as the original.\n", count["killed"], all, count["equivalent"]
    for (i = 1; i <= n; i++) print left[i]
    if (decides) print decides " survive in files that decide about money, rights or addresses."
    exit !(all && 100 * count["killed"] >= min * all && !decides && !count["stale"] && !count["broken"])
  }' "$copies/results"
