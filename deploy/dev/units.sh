#!/usr/bin/env bash
# Compilation units of several files each: most of what a file costs the compiler is its headers.
# Writes OUT/<folder, dots for slashes>-<n>.cpp, which include a folder's files, MOST in one, and
# prints their names. main.cpp stays by itself: a folder's other files are linked elsewhere too.
# Touches only what changed, so that make rebuilds only that.  Usage: units.sh OUT MOST FOLDER…
set -euo pipefail
out=$1
most=$2
shift 2
mkdir -p "$out"
shopt -s nullglob
wanted=()
for folder in "$@"; do
  files=("$folder"/*.cpp)
  kept=()
  for file in "${files[@]}"; do [ "${file##*/}" = main.cpp ] || kept+=("$file"); done
  count=${#kept[@]}
  units=$(((count + most - 1) / most))
  for ((n = 0; n < units; n++)); do
    name=$out/${folder//\//.}-$((n + 1)).cpp
    text=
    for ((i = n * count / units; i < (n + 1) * count / units; i++)); do
      text+="#include \"${kept[i]}\""$'\n'
    done
    wanted+=("$name")
    [ -f "$name" ] && [ "$(<"$name")"$'\n' = "$text" ] || printf %s "$text" >"$name"
  done
done
for old in "$out"/*.cpp; do
  case " ${wanted[*]} " in *" $old "*) ;; *) rm -f "$old" "${old%.cpp}".[od] ;; esac
done
echo "${wanted[@]}"
