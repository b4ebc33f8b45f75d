#!/usr/bin/env bash
# Puts what a package.json names, to the last version, under build/, once for each version of it.
# Nothing of it runs while it is installed. Usage: npm.sh [FOLDER [KEPT]]
#   npm.sh                        what checks and tests need (deploy/dev/npm), in build/npm
#   npm.sh portal build/npm-portal   what the portal is made of
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-deploy/dev/npm}
kept=${2:-build/npm}
wanted=$folder/package-lock.json
mkdir -p "$kept"
exec 9>"$kept/lock"
flock 9
cmp -s "$wanted" "$kept/installed" && exit 0
cp "$folder"/package.json "$wanted" "$kept/"
log=$kept/npm.log
npm ci --prefix "$kept" --ignore-scripts --no-fund --no-audit --prefer-offline >"$log" 2>&1 || {
  tail -5 "$log" >&2
  echo "What to do: let npm reach its registry (npm config get registry), and run this again." >&2
  exit 1
}
cp "$wanted" "$kept/installed"
