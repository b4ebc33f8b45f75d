#!/usr/bin/env bash
# Everything at once for MINUTES=30, at a load that leaves half of the machine: RATE=500 sends a
# second of 200 accounts, a tenth of them scheduled; a campaign of 10,000 and an export a minute;
# webhooks of 50 accounts to a sink; 500 sockets of 10 accounts that get 1,000 events a second.
# A line a minute: what the sends took, and of each program its memory and descriptors, of each
# queue its size. At the end the last quarter beside the second one: what grew says so.
# shellcheck disable=SC1091,SC2154
set -euo pipefail
. "$(dirname "$0")/servers.sh"
minutes=${MINUTES:-30}
rate=${RATE:-500}
minute=${MINUTE_SECONDS:-60}
sql() { psql -qtA "$DATABASE_URL" -c "$1"; }
for group in messages bulk contacts webhooks; do pool $group $group 1; done
sink=$((port + 7))
"$bin/bench_sink" "$sink" &
pids+=($!)
sql "update api_keys set scopes = '{send,query,webhooks}'; update config_version set version = version + 1"
sleep 1.5
call() { # ACCOUNT METHOD PATH [curl arguments]: the body
  curl -s -X "$2" "http://127.0.0.1:$port/api$3" -H "Authorization: Bearer esms_live_bench$1" "${@:4}"
}
for i in $(seq 50); do
  call "$i" PUT /webhooks -H 'Content-Type: application/json' \
    -d "{\"dlr_url\":\"http://127.0.0.1:$sink/quick\"}" >/dev/null
done
perl -e 'print "phone,name\n"; printf "+2547%07d3,Name%d\n", $_, $_ for 1000000 .. 1009999' \
  >"$work/list.csv"
list=$(call 60 POST /contact-lists -F "file=@$work/list.csv;type=text/csv" |
  grep -o '"id":[^,}]*' | head -1 | cut -d: -f2 | tr -d '"')

# As cron does it: one ends, the next is there.
while true; do SCHEDULER_RUN_S=60 "$bin/scheduler" 2>>"$work/scheduler.log"; done &
pids+=($!)
WS_LISTEN=unix:$work/run/ws.sock WS_CONNECTIONS_PER_ACCOUNT=20000 \
  WS_CONNECTIONS_PER_ADDRESS=20000 "$bin/ws-bridge" 2>>"$work/ws-bridge.log" &
bridge=$!
pids+=("$bridge")
until [ -S "$work/run/ws.sock" ]; do sleep 0.1; done
EVENT_TYPE=message_status FLOOD=0 RATE=1000 "$bin/bench_bridge_clients" bridge "$work/run/ws.sock" \
  500 10 $((minutes * minute + 600)) "$work/redis.sock" "$bridge" >"$work/sockets.log" &
pids+=($!)

load() {
  sends "$minute" 64 ACCOUNTS=200 RECIPIENTS=10000000 SCHEDULED_EVERY=10 LEAD_S=330 \
    PAUSE_MS=$((64 * 1000 / rate)) | cut -d' ' -f2,4-
}

# The processes of a name that this script started; PostgreSQL's leave its group.
postmaster=$(head -n 1 "$work/pg/data/postmaster.pid")
of() { if [ "$1" = postgres ]; then pgrep -P "$postmaster"; else pgrep -x "$1" -g 0; fi || true; }
# NAME VALUE lines: KB of memory and descriptors of all processes of a name, bytes of tables.
values() {
  local name pid
  for name in messages bulk contacts webhooks ws-bridge nginx redis-server postgres; do
    for pid in $(of "$name"); do
      # It may have ended by now.
      awk -v name="$name" '/^Pss:/ {print name, "KB", $2}' "/proc/$pid/smaps_rollup" 2>/dev/null || true
      echo "$name descriptors $(find "/proc/$pid/fd" -type l 2>/dev/null | wc -l)"
    done
  done | awk '{s[$1 " " $2] += $3} END {for (name in s) print name "\t" s[name]}' | sort
  for name in dispatch claims event_outbox webhook_queue; do
    printf '%s bytes\t%s\n' $name "$(sql "select pg_total_relation_size('$name')")"
  done
  printf 'Redis bytes\t%s\n' "$(redis-cli -s "$work/redis.sock" info memory | tr -d '\r' |
    sed -n 's/^used_memory:\(.*\)/\1/p')"
  printf 'webhooks waiting\t%s\n' "$(sql "select count(*) from webhook_queue where next_attempt_at < now() - interval '5 s'")"
}

# What each program took of the processor for a send of this minute: of nginx it tells how fast the
# machine was. A scheduler ends each minute: its share is PostgreSQL's and what the rest leave.
cpu_a_send() { # SENDS
  local name pid
  for name in messages nginx redis-server postgres; do
    for pid in $(of "$name") $([ "$name" = postgres ] && echo "$postmaster"); do
      awk -v name="$name" '{print name, $14 + $15 + $16 + $17}' "/proc/$pid/stat" 2>/dev/null || true
    done
  done | awk '{s[$1] += $2} END {for (name in s) print name "\t" s[name]}' | sort >"$work/cpu"
  [ ! -f "$work/cpu.before" ] || join -t$'\t' "$work/cpu.before" "$work/cpu" | awk -F'\t' -v n="$1" \
    -v tick="$(getconf CLK_TCK)" '{printf "%s CPU us a send\t%.0f\n", $1, ($3 - $2) / tick * 1e6 / n}'
  mv "$work/cpu" "$work/cpu.before"
}

printf 'minute  sends/s  p50 ms  p99 ms  refused  memory MB: worker bulk bridge nginx redis postgres\n'
for at in $(seq "$minutes"); do
  call 60 POST /messages/send-bulk -H 'Content-Type: application/json' \
    -d "{\"contact_list_ids\":[$list],\"text\":\"Hi {{name}}, minute $at.\"}" >>"$work/answers"
  call 1 GET /messages/export -o "$work/export.csv" &
  took=$(load)
  wait $!
  {
    # shellcheck disable=SC2086
    printf 'sends a second\t%s\np50 ms\t%s\np99 ms\t%s\nrefused\t%s\n' $took
    values
    cpu_a_send "$(awk -v n="${took%% *}" -v s="$minute" 'BEGIN {printf "%.0f", n * s}')"
  } | sed "s/^/$at\t/" | tee -a "$work/all" | awk -F'\t' -v at="$at" '{v[$2] = $3}
    END {printf "%6d %8d %7.1f %7.1f %8d  %.0f %.0f %.0f %.0f %.0f %.0f\n", at,
      v["sends a second"], v["p50 ms"], v["p99 ms"], v["refused"], v["messages KB"] / 1024,
      v["bulk KB"] / 1024, v["ws-bridge KB"] / 1024, v["nginx KB"] / 1024,
      v["redis-server KB"] / 1024, v["postgres KB"] / 1024}'
done
echo "medians of the second and of the last quarter:"
for quarter in 2 4; do
  awk -F'\t' -v from=$((minutes * (quarter - 1) / 4)) -v to=$((minutes * quarter / 4)) \
    '$1 > from && $1 <= to {print $2 "\t" $3}' "$work/all" | sort -t$'\t' -k1,1 -k2,2n |
    awk -F'\t' '$1 != name {if (name) print name "\t" v[int((n + 1) / 2)]; name = $1; n = 0}
      {v[++n] = $2} END {print name "\t" v[int((n + 1) / 2)]}' >"$work/quarter$quarter"
done
join -t$'\t' "$work/quarter2" "$work/quarter4" |
  awk -F'\t' '{printf "  %-26s %12.1f %12.1f%s\n", $1, $2, $3, ($3 > 1.15 * $2 + 1) ? "  GREW" : ""}'
sleep 10
"$bin/reconcile"
