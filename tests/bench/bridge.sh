#!/usr/bin/env bash
# The bridge beside Nchan (with its Redis backend) and Node's ws, in one run: deliveries a second,
# latency from publication to client, memory and CPU; then all sockets coming back at once, as after a
# restart. SECONDS_EACH=4 shortens it, SHAPES names the sockets and accounts of each round, SERVERS
# who is asked, BEFORE=<binary> another ws-bridge to be measured by turns with this one. A row that
# cannot be measured says why, and the script fails.
# Usage: tests/bench/bridge.sh
set -euo pipefail
# shellcheck source=tests/bench/servers.sh
source "$(dirname "$0")/servers.sh"
each=${SECONDS_EACH:-6}
ulimit -n 65536 2>/dev/null || true
clients=$bin/bench_bridge_clients

missing=()
not_measured() { # NAME SOCKETS ACCOUNTS LOG
  missing+=("$1, $2 sockets of $3 accounts")
  [ ! -s "$4" ] || tail -n 5 "$4" | sed 's/^/    /'
}
measure() { # NAME KIND PORT SOCKETS ACCOUNTS LOG PID…
  printf '%-26s %6s sockets %5s accounts ' "$1" "$4" "$5"
  "$clients" "$2" "$3" "$4" "$5" "$each" "$work/redis.sock" "${@:7}" ||
    not_measured "$1" "$4" "$5" "$6"
}
# Nobody listens there, and no client's socket has its number by chance.
free_port() {
  local try
  while true; do
    try=$((10000 + RANDOM % 20000))
    (exec 3<>"/dev/tcp/127.0.0.1/$try") 2>/dev/null || break
  done
  echo $try
}
until_open() { # PORT PID LOG NAME SOCKETS ACCOUNTS: false if it died first
  until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
    kill -0 "$2" 2>/dev/null || { echo "$4 did not start"; not_measured "$4" "$5" "$6" "$3"; return 1; }
    sleep 0.05
  done
}
# Nchan takes no Unix socket.
redis_port=$(free_port)
[ "$(redis-cli -s "$work/redis.sock" config set port "$redis_port")" = OK ] ||
  { echo "Redis cannot listen on port $redis_port"; exit 1; }

# More accounts than the 200 of servers.sh: one for every socket.
{
  echo "begin; insert into accounts (account_id, name, currency) overriding system value select g, 'b', 'KES' from generate_series(201, 10000) g;"
  echo "insert into api_keys (key_hash, account_id, environment, name, prefix, scopes) select sha256(convert_to('esms_live_bench' || g, 'UTF8')), g, 0, 'b', 'b', '{query}' from generate_series(201, 10000) g; commit;"
} | psql -q "$DATABASE_URL"

bridge() { # SOCKETS ACCOUNTS [NAME BINARY]
  local at name=${3:-ws-bridge}
  at=$(free_port)
  WS_LISTEN=127.0.0.1:$at WS_CONNECTIONS_PER_ACCOUNT=20000 WS_CONNECTIONS_PER_ADDRESS=20000 \
    WS_PING_INTERVAL_S=600 "${4:-$bin/ws-bridge}" 2>>"$work/ws-bridge.log" &
  local pid=$!
  pids+=("$pid")
  until_open "$at" $pid "$work/ws-bridge.log" "$name" "$1" "$2" || return 0
  measure "$name" bridge "$at" "$1" "$2" "$work/ws-bridge.log" $pid
  kill $pid && wait $pid || true
}
before() { bridge "$1" "$2" "ws-bridge before" "$BEFORE"; }

# 500 that read, alone and beside 500 that never do, as behind nginx: on a Unix socket.
sleepers() {
  local at=$work/run/ws.sock count
  WS_LISTEN=unix:$at WS_CONNECTIONS_PER_ACCOUNT=20000 WS_CONNECTIONS_PER_ADDRESS=20000 \
    WS_PING_INTERVAL_S=600 "$bin/ws-bridge" 2>>"$work/ws-bridge.log" &
  local pid=$!
  pids+=("$pid")
  until [ -S "$at" ]; do sleep 0.05; done
  for count in 0 500; do
    printf 'ws-bridge, 500 sockets, 10 accounts, %3d sleepers, 4 KB events: ' $count
    SLEEPERS=$count FLOOD=0 RATE=20000 EVENT_BYTES=4096 \
      "$clients" bridge "$at" 500 10 $((each * 2)) "$work/redis.sock" $pid
  done
  kill $pid && wait $pid || true
}

# It listens before it is connected to its Redis, and says 503 meanwhile.
nchan_admits() { # PORT
  (
    exec 3<>"/dev/tcp/127.0.0.1/$1"
    printf '%s\r\n' 'GET /sub/0 HTTP/1.1' 'Host: localhost' 'Connection: Upgrade' \
      'Upgrade: websocket' 'Sec-WebSocket-Version: 13' \
      'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==' '' >&3
    read -r -t 5 line <&3 && [[ $line == *' 101 '* ]]
  ) 2>/dev/null
}

nchan() { # SOCKETS ACCOUNTS
  local at
  at=$(free_port)
  mkdir -p "$work/nchan"
  cat >"$work/nchan/nginx.conf" <<CONF
load_module /usr/lib/nginx/modules/ngx_nchan_module.so;
worker_processes 1;
worker_rlimit_nofile 65536;
pid $work/nchan/pid;
error_log $work/nchan/error.log;
daemon off;
user root;
events { worker_connections 60000; }
http {
  access_log off;
  nchan_shared_memory_size 512M;
  keepalive_requests 100000000;
  upstream bench_redis { nchan_redis_server "redis://127.0.0.1:$redis_port"; }
  server {
    listen 127.0.0.1:$at backlog=4096;
    location ~ ^/sub/(\d+)\$ { nchan_subscriber websocket; nchan_channel_id \$1; nchan_redis_pass bench_redis; nchan_subscriber_first_message newest; }
    location ~ ^/pub/(\d+)\$ { nchan_publisher; nchan_channel_id \$1; nchan_redis_pass bench_redis; nchan_message_buffer_length 1000; }
  }
}
CONF
  [ "$(id -u)" = 0 ] || sed -i '/^user/d' "$work/nchan/nginx.conf"
  nginx -c "$work/nchan/nginx.conf" 2>"$work/nchan/error.log" &
  local pid=$!
  pids+=("$pid")
  until_open "$at" $pid "$work/nchan/error.log" "Nchan, Redis" "$1" "$2" || return 0
  for _ in $(seq 100); do nchan_admits "$at" && break; sleep 0.1; done
  measure "Nchan, Redis" nchan "$at" "$1" "$2" "$work/nchan/error.log" $pid $(pgrep -P $pid)
  kill $pid && wait $pid || true
}

# Debian's node-ws, or npm's ws beside ioredis.
if [ ! -d "$work/npm/node_modules/ws" ] && command -v npm >/dev/null; then
  npm install --silent --no-fund --no-audit --prefix "$work/npm" ws ioredis >/dev/null 2>&1 || true
fi
node_ws() { # SOCKETS ACCOUNTS
  [ -d "$work/npm/node_modules/ioredis" ] ||
    { echo "Node ws: npm did not install it"; not_measured "Node ws, ioredis" "$1" "$2" /dev/null; return; }
  local at
  at=$(free_port)
  cat >"$work/npm/server.mjs" <<'JS'
import { WebSocketServer } from "ws";
import Redis from "ioredis";
const rooms = new Map();
const redis = new Redis(process.env.REDIS_SOCKET);
redis.on("message", (channel, text) => {
  const data = Buffer.from(text); // once, shared by all
  for (const socket of rooms.get(channel) ?? []) socket.send(data, { binary: false });
});
new WebSocketServer({ host: "127.0.0.1", port: +process.env.PORT, backlog: 4096, perMessageDeflate: false })
  .on("connection", (socket, request) => {
    const channel = "bench:" + request.url.slice(1);
    if (!rooms.has(channel)) { rooms.set(channel, new Set()); redis.subscribe(channel); }
    rooms.get(channel).add(socket);
    socket.on("close", () => rooms.get(channel).delete(socket));
  });
JS
  REDIS_SOCKET=$work/redis.sock PORT=$at node "$work/npm/server.mjs" 2>"$work/npm/log" &
  local pid=$!
  pids+=("$pid")
  until_open "$at" $pid "$work/npm/log" "Node ws, ioredis" "$1" "$2" || return 0
  measure "Node ws, ioredis" node "$at" "$1" "$2" "$work/npm/log" $pid
  kill $pid && wait $pid || true
}

IFS=, read -ra shapes <<<"${SHAPES:-1000 10,10000 100,1000 1000,10000 10000}"
read -ra servers <<<"${SERVERS:-${BEFORE:+before }bridge nchan node_ws}"
for shape in "${shapes[@]}"; do
  # shellcheck disable=SC2086
  for server in "${servers[@]}"; do $server $shape; done
done
export JOINERS=512 JOIN_ONLY=1
for accounts in 10 10000; do
  for server in "${servers[@]}"; do $server 10000 $accounts; done
done
unset JOINERS JOIN_ONLY
[ -n "${SHAPES:-}" ] || sleepers
[ ${#missing[@]} = 0 ] || { printf 'Not measured: %s\n' "${missing[@]}"; exit 1; }
