#!/usr/bin/env bash
# The private stack of one checkout, under var/: PostgreSQL, Redis, nginx, workers, bridge, a
# stand-in for cron. Usage: stack.sh run|up|restart|down|status|logs|reset  (PORT, BUILD from make)
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
var=$root/var
run=$var/run
logs=$var/log
bin=$root/${BUILD:-build/debug}/bin
pg_bin=/usr/lib/postgresql/15/bin
PORT=${PORT:-8080}
# The owner migrates; the programs connect as a role that cannot rewrite the books.
export OWNER_DATABASE_URL="host=$run dbname=dundun user=dundun"
export DATABASE_URL="host=$run dbname=dundun user=dundun_app"
export REDIS_URL="unix:$run/redis.sock"
export METRICS_DIR=$run/metrics
export WS_LISTEN="unix:$run/ws.sock"
export WS_ALLOWED_ORIGINS="http://127.0.0.1:$PORT,http://localhost:$PORT"
export PAYMENT_PROVIDER=${PAYMENT_PROVIDER-sandbox}
export SECRETS_KEY_FILE=$var/secrets.key
export OUTBOUND_ALLOWED_ADDRESSES=${OUTBOUND_ALLOWED_ADDRESSES-127.0.0.1}
export PUBLIC_URL=${PUBLIC_URL:-http://127.0.0.1:$PORT}
export CARRIER_SECRETS_DIR=$var/carriers
# The demo's administrator logs in by the password that var/dev.env shows.
export ADMIN_SECOND_FACTOR=${ADMIN_SECOND_FACTOR-0}
CARRIER=${CARRIER:-loopback}

groups=(messages bulk contacts account routes session admin carrier inbound webhooks verify gravity)

step() { printf '  %-12s %s\n' "$1" "$2"; }
fail() {
  printf '\nFailed: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf 'What to do: %s\n' "$2" >&2
  exit 1
}

alive() { # NAME: whether the process of run/NAME.pid lives
  local pid
  pid=$(cat "$run/$1.pid" 2>/dev/null) && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null
}

launch() { # NAME COMMAND…: in the background, apart from this terminal's Ctrl-C
  local name=$1
  shift
  setsid "$@" >>"$logs/$name.log" 2>&1 </dev/null &
  echo $! >"$run/$name.pid"
}

wait_for() { # NAME CONDITION…: up to 15 s
  local name=$1
  shift
  for _ in $(seq 300); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    alive "$name" || break
    sleep 0.05
  done
  tail -n 15 "$logs/$name.log" >&2 || true
  fail "$name did not start." "read $logs/$name.log"
}

stop() { # NAME [SIGNAL]: asks, then waits up to 20 s
  local pid
  alive "$1" || { rm -f "$run/$1.pid"; return 0; }
  pid=$(cat "$run/$1.pid")
  kill "-${2:-TERM}" "$pid" 2>/dev/null || true
  for _ in $(seq 400); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.05
  done
  kill -KILL "$pid" 2>/dev/null || true
  rm -f "$run/$1.pid"
}

# PostgreSQL refuses root. As root it runs as `postgres`, with the one capability it needs to
# reach a checkout under a closed folder such as /root.
as_postgres() {
  if [ "$(id -u)" != 0 ]; then "$@"; return; fi
  (cd / && exec setpriv --reuid=postgres --regid=postgres --clear-groups \
    --inh-caps +dac_read_search --ambient-caps +dac_read_search "$@")
}

psql_admin() { psql -X -q -v ON_ERROR_STOP=1 "host=$run user=postgres dbname=$1" "${@:2}"; }

prepare_folders() {
  [ ${#run} -le 80 ] || fail "the path $run is too long for Unix sockets." \
    "move the checkout to a shorter path (80 characters at most)."
  mkdir -p "$run/metrics" "$logs" "$var/conf"
  chmod 700 "$var"
  for file in "$root"/nginx/*.conf; do ln -sf "$file" "$var/conf/"; done
  ln -sfn "$root/portal" "$var/portal"
  ln -sfn "$root/build/portal" "$var/site"
  ln -sf "$root/${BUILD:-build/debug}/openapi.json" "$var/openapi.json"
  echo "listen $PORT backlog=4096; listen [::]:$PORT backlog=4096;" >"$var/conf/listen.conf"
  [ -e /proc/net/if_inet6 ] || echo "listen $PORT backlog=4096;" >"$var/conf/listen.conf"
}

# Kept, because what was made with it must be understood after a restart: checkout links, codes.
kept_secret() { # NAME
  [ -f "$var/$1.secret" ] ||
    (umask 077 && openssl rand -hex 32 >"$var/$1.secret.new" &&
      mv "$var/$1.secret.new" "$var/$1.secret")
  cat "$var/$1.secret"
}

# Kept, because what was sealed with it opens with no other.
make_secrets_key() {
  [ -f "$SECRETS_KEY_FILE" ] ||
    (umask 077 && openssl rand -hex 32 >"$SECRETS_KEY_FILE.new" &&
      mv "$SECRETS_KEY_FILE.new" "$SECRETS_KEY_FILE")
}

port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
port_is_free() { ! port_answers "$PORT"; }

start_postgres() {
  if [ ! -d "$var/postgres" ]; then
    step postgresql "making a cluster"
    mkdir "$var/postgres"
    chmod 700 "$var/postgres"
    [ "$(id -u)" != 0 ] || chown postgres "$var/postgres"
    as_postgres $pg_bin/initdb -A trust -U postgres -E UTF8 --locale=C.UTF-8 \
      -D "$var/postgres" >"$logs/initdb.log" 2>&1 ||
      fail "initdb failed." "read $logs/initdb.log"
  fi
  [ "$(id -u)" != 0 ] || chown postgres "$run"
  step postgresql "starting"
  launch postgres bash -c "$(declare -f as_postgres); as_postgres $pg_bin/postgres \
    -D '$var/postgres' -k '$run' -h '' -c max_connections=200 -c shared_buffers=256MB \
    -c max_wal_size=2GB -c wal_compression=on -c log_min_duration_statement=1000"
  wait_for postgres $pg_bin/pg_isready -q -h "$run" -U postgres
  echo "$(head -n 1 "$var/postgres/postmaster.pid")" >"$run/postgres.pid"
}

# An administrator of the platform and an owner of the first demo account, with one password.
demo_people() {
  local password account
  password=$(openssl rand -hex 12)
  account=$(psql -X -tA "$DATABASE_URL" -c "select min(account_id) from accounts")
  echo "$password" | "$bin/dundunctl" bootstrap --email admin@dundun.test --password-stdin >/dev/null &&
    echo "$password" | "$bin/dundunctl" user create "$account" --email owner@dundun.test --role owner \
      --name Owner --password-stdin >/dev/null || return 1
  echo "ADMIN_EMAIL=admin@dundun.test"
  echo "OWNER_EMAIL=owner@dundun.test"
  echo "PASSWORD=$password"
}

prepare_database() {
  local role
  for role in dundun dundun_app; do
    psql_admin postgres -tAc "select 1 from pg_roles where rolname = '$role'" | grep -q 1 ||
      psql_admin postgres -c "create role $role login"
  done
  psql_admin postgres -tAc "select 1 from pg_database where datname = 'dundun'" | grep -q 1 ||
    psql_admin postgres -c "create database dundun owner dundun"
  step migrations "applying"
  sql/migrate.sh "$OWNER_DATABASE_URL" dundun_app || fail "a migration failed." "see the message above"
  if [ ! -f "$var/keys.env" ]; then
    step "demo data" "loading"
    (umask 077 && deploy/dev/demo.sh "$DATABASE_URL" >"$var/keys.env.new") ||
      fail "loading demo data failed."
    demo_people >>"$var/keys.env.new" || fail "making demo users failed."
    mv "$var/keys.env.new" "$var/keys.env"
  fi
}

# Real SMPP on this machine: an SMSC that plays, smpp-guard, Kannel; the routes leave by it.
start_kannel() {
  local base=$((PORT + 20)) url=http://127.0.0.1:$PORT/carrier/kannel password mo_secret
  [ -x /usr/sbin/bearerbox ] || fail "Kannel is missing." "make deps"
  mkdir -p "$var/kannel/spool" "$CARRIER_SECRETS_DIR"
  deploy/kannel/secrets.sh "$CARRIER_SECRETS_DIR/kannel" "$var/kannel-mo.secret"
  password=$(sed -n 's/^password=//p' "$CARRIER_SECRETS_DIR/kannel")
  mo_secret=$(cat "$var/kannel-mo.secret")
  (umask 077 && ADMIN_PORT=$base ADMIN_PASSWORD=$password SMSBOX_PORT=$((base + 1)) \
    SENDSMS_PORT=$((base + 2)) GUARD_PORT=$((base + 3)) DATA=$var/kannel LOG=$logs USERNAME=dundun \
    PASSWORD=$password SMSC_USERNAME=dundun SMSC_PASSWORD=simulator MO_URL=$url/$mo_secret/mo \
    deploy/kannel/configure.sh >"$var/kannel/kannel.conf")
  psql_admin dundun -c "insert into carriers (carrier, secret_hashes, kind, settings)
    values ('kannel', array[sha256('$mo_secret')], 'kannel', '{\"url\":
      \"http://127.0.0.1:$((base + 2))/cgi-bin/sendsms\", \"receipts_url\": \"$url/kannel-receipt\",
      \"guarded\": true}')
    on conflict (carrier) do update set secret_hashes = excluded.secret_hashes,
      settings = excluded.settings"
  step kannel "starting, with an SMSC that plays"
  launch smsc "$bin/smsc-simulator" $((base + 4))
  wait_for smsc port_answers $((base + 4))
  launch smpp-guard "$bin/smpp-guard" 127.0.0.1:$((base + 3)) 127.0.0.1:$((base + 4)) \
    "$var/kannel/submits" "$url/kannel-receipt"
  wait_for smpp-guard port_answers $((base + 3))
  launch bearerbox /usr/sbin/bearerbox -v 2 "$var/kannel/kannel.conf"
  wait_for bearerbox port_answers $((base + 1))
  launch smsbox /usr/sbin/smsbox -v 4 "$var/kannel/kannel.conf"
  wait_for smsbox port_answers $((base + 2))
}

choose_carrier() {
  case $CARRIER in
    kannel) start_kannel ;;
    loopback) ;;
    *) fail "no carrier $CARRIER." "CARRIER=loopback or CARRIER=kannel" ;;
  esac
  psql_admin dundun -c "update routes set connector = '$CARRIER' where connector <> '$CARRIER'" \
    -c "update config_version set version = version + 1"
}

start_group() { # NAME
  local count=1
  [ -x "$bin/$1" ] || fail "$bin/$1 is missing." "run make"
  [ "$1" != messages ] || count=2
  step "$1" "starting $count worker(s)"
  launch "$1" perl deploy/dev/pool.pl "$run/$1.sock" $count "$bin/$1"
  wait_for "$1" test -S "$run/$1.sock"
}

start_bridge() {
  step ws-bridge "starting"
  launch ws-bridge "$bin/ws-bridge"
  wait_for ws-bridge test -S "$run/ws.sock"
}

start_scheduler() {
  step scheduler "starting, every minute"
  launch cron "$root/deploy/dev/cron.sh" "$bin/scheduler"
}

start_services() {
  step redis "starting"
  launch redis redis-server --port 0 --unixsocket "$run/redis.sock" --unixsocketperm 700 \
    --save '' --appendonly no --maxmemory-policy noeviction --dir "$var"
  wait_for redis redis-cli -s "$run/redis.sock" ping
  start_postgres
  prepare_database
  choose_carrier
  local name
  for name in "${groups[@]}"; do start_group "$name"; done
  start_bridge
  start_scheduler
  step nginx "starting on port $PORT"
  local user=()
  [ "$(id -u)" != 0 ] || user=(-g "user root;")
  (cd "$var" && launch nginx nginx -p . -c conf/nginx.conf -g 'daemon off;' "${user[@]}")
  wait_for nginx curl -sf "http://127.0.0.1:$PORT/readyz"
}

# What must be in the environment of every program.
take_secrets() {
  PAYMENT_SECRET=${PAYMENT_SECRET:-$(kept_secret payment)}
  VERIFY_SECRET=${VERIFY_SECRET:-$(kept_secret verify)}
  export PAYMENT_SECRET VERIFY_SECRET
  make_secrets_key
}

newer() { [ "$bin/$1" -nt "$run/${2:-$1}.pid" ]; } # BINARY [NAME]: than what runs

# After a build: the programs that it changed, and no other.
restart() {
  alive nginx || fail "Dundun does not run in this checkout." "make run"
  PORT=$(cat "$var/port")
  export PUBLIC_URL=http://127.0.0.1:$PORT WS_ALLOWED_ORIGINS="http://127.0.0.1:$PORT,http://localhost:$PORT"
  take_secrets
  local name restarted=0
  for name in "${groups[@]}"; do
    newer "$name" || continue
    stop "$name"
    rm -f "$run/$name.sock"
    start_group "$name"
    restarted=$((restarted + 1))
  done
  if newer ws-bridge; then stop ws-bridge; rm -f "$run/ws.sock"; start_bridge; restarted=$((restarted + 1)); fi
  if newer scheduler cron; then stop cron; start_scheduler; restarted=$((restarted + 1)); fi
  kill -HUP "$(cat "$run/nginx.pid")" # reads its files anew
  echo "Restarted $restarted program(s)."
}

write_env() {
  {
    echo "BASE_URL=http://127.0.0.1:$PORT/api"
    echo "WS_URL=ws://127.0.0.1:$PORT/ws"
    cat "$var/keys.env"
    echo "DATABASE_URL='$DATABASE_URL'"
    echo "REDIS_URL=$REDIS_URL"
  } >"$var/dev.env.new"
  chmod 600 "$var/dev.env.new"
  mv "$var/dev.env.new" "$var/dev.env"
}

up() {
  if alive nginx; then
    echo "Dundun already runs in this checkout (port $(cat "$var/port")). make down stops it."
    exit 0
  fi
  port_is_free || fail "port $PORT is in use by another program." "PORT=8090 make run"
  prepare_folders
  take_secrets
  echo "$PORT" >"$var/port"
  trap '[ $? = 0 ] || down quiet' EXIT
  start_services
  write_env
  trap - EXIT
  welcome
}

# Where people begin, or why they cannot.
portal_lines() {
  if [ -f build/portal/index.html ]; then
    echo "  portal     http://127.0.0.1:$PORT/"
    echo "             sign in as ${OWNER_EMAIL:-}, who owns an account, or ${ADMIN_EMAIL:-}, who"
    echo "             runs the platform; the password of both is ${PASSWORD:-}"
  fi
  [ ! -f build/portal.failed ] || printf '  portal     could not be built, the rest runs:\n%s\n' \
    "$(tail -n 3 build/portal.failed | sed 's/^/             /')"
}

welcome() {
  # shellcheck disable=SC1091
  . "$var/dev.env"
  cat <<TEXT

Dundun runs.
$(portal_lines)
  API        $BASE_URL  (and /v1)
  reading    http://127.0.0.1:$PORT/docs/
  events     $WS_URL
  keys       var/dev.env   (API_KEY, TEST_KEY, POOR_KEY, QUERY_KEY)
  logs       var/log/      metrics: curl --unix-socket var/run/metrics.sock http://x/metrics
  database   psql "$DATABASE_URL"

$([ "$CARRIER" != kannel ] || echo "Messages leave through Kannel and real SMPP: tail -f var/log/smsc.log shows what the SMSC gets.")
Send a message:
  curl -s $BASE_URL/messages/send -H 'Authorization: Bearer $API_KEY' -H 'Content-Type: application/json' -d '{"to":"+254712345678","text":"Hello from Dundun"}'
Top up in the sandbox, then open the checkout_url:
  curl -s -X POST $BASE_URL/balance/topup -H 'Authorization: Bearer $API_KEY'
Be a phone that texts in; then read it, and try STOP:
  curl -s http://127.0.0.1:$PORT/carrier/loopback/mo -H 'Authorization: Bearer ${LOOPBACK_SECRET:-}' -d from=+254712345678 -d to=20880 -d text=Hello
  curl -s $BASE_URL/inbound -H 'Authorization: Bearer $API_KEY'
TEXT
}

down() {
  local name
  for name in nginx cron scheduler ws-bridge "${groups[@]}" smsbox bearerbox smpp-guard smsc; do
    stop "$name" "$([ "$name" = nginx ] && echo QUIT || echo TERM)"
  done
  stop postgres INT
  stop redis
  rm -f "$run"/*.sock
  [ "${1:-}" = quiet ] || echo "Dundun is stopped; its data stays in var/."
}

status() {
  local name
  for name in nginx "${groups[@]}" ws-bridge cron postgres redis smsc smpp-guard bearerbox smsbox; do
    if alive "$name"; then
      step "$name" "runs (pid $(cat "$run/$name.pid"))"
    else
      step "$name" "is stopped"
    fi
  done
}

case ${1:-} in
  up) up ;;
  restart) restart ;;
  down) down ;;
  status) status ;;
  logs) tail -n "${LINES_SHOWN:-20}" -F "$logs"/*.log ;;
  reset)
    if alive nginx; then down; fi
    rm -rf "$var"
    echo "All data of this checkout is gone."
    ;;
  run)
    if alive nginx; then up; fi
    up
    echo
    echo "Ctrl-C stops everything."
    trap 'echo; down; exit 0' INT TERM
    while alive nginx; do sleep 1 & wait $! || true; done
    down quiet
    fail "nginx ended." "read $logs/nginx.log"
    ;;
  *) fail "usage: stack.sh run|up|restart|down|status|logs|reset" ;;
esac
