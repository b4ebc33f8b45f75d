#!/usr/bin/env bash
# Stand-in for cron on a developer's machine: starts a scheduler at once and then every minute.
# They may overlap, as they may under cron. Usage: cron.sh SCHEDULER
set -u
scheduler=$1
children=()
stop() {
  [ ${#children[@]} = 0 ] || kill -TERM "${children[@]}" 2>/dev/null
  wait
  exit 0
}
trap stop TERM INT
while true; do
  "$scheduler" &
  children=("${children[@]: -2}" $!)
  sleep $((60 - $(date +%-S))) &
  children=("${children[@]}" $!)
  wait $!
done
