#!/usr/bin/env bash
# Makes the portal, build/portal, from portal/ and the API's description. Usage: portal.sh [--watch]
# (BUILD from make). What went wrong stands in build/portal.failed too, for who asks at `/`.
set -euo pipefail
cd "$(dirname "$0")/../.."
openapi=$PWD/${BUILD:-build/debug}/openapi.json
failed=build/portal.failed
mkdir -p build
make_it() {
  deploy/dev/npm.sh portal build/npm-portal || return
  ln -sfn ../build/npm-portal/node_modules portal/node_modules
  # Nothing that it is made from has changed: nothing is made.
  local now
  now=$(find portal/src portal/*.mjs portal/*.json portal/live-events.js "$openapi" -type f -print0 |
    sort -z | xargs -0 sha256sum | sha256sum)
  [ -n "${1:-}" ] || [ ! -f build/portal/index.html ] ||
    [ "$now" != "$(cat build/portal.made 2>/dev/null)" ] || return 0
  rm -f build/portal.made
  node portal/build.mjs "$openapi" "$@" || return
  echo "$now" >build/portal.made
}
if make_it "$@" 2> >(tee "$failed.new" >&2); then
  rm -f "$failed" "$failed.new"
else
  mv "$failed.new" "$failed"
  exit 1
fi
