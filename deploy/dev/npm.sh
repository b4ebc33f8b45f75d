#!/usr/bin/env bash
# Puts what checks and tests need from npm under build/npm: exactly what deploy/dev/npm names, once
# for each version of that. Nothing of it runs while it is installed, or in the product.
set -euo pipefail
cd "$(dirname "$0")/../.."
wanted=deploy/dev/npm/package-lock.json
kept=build/npm
mkdir -p $kept
exec 9>$kept/lock
flock 9
cmp -s $wanted $kept/installed && exit 0
cp deploy/dev/npm/package*.json $kept/
log=$kept/npm.log
npm ci --prefix $kept --ignore-scripts --no-fund --no-audit --prefer-offline >$log 2>&1 || {
  tail -5 $log >&2
  echo "What to do: let npm reach its registry (npm config get registry), and run this again." >&2
  exit 1
}
cp $wanted $kept/installed
