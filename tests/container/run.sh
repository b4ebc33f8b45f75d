#!/usr/bin/env bash
# make test-container: the image from the packages of build/deb, and everything that compose.yaml
# starts from it: one message to its delivery, four workers instead of one, a program that dies, a
# restart of all. Needs root, podman and podman-compose, and the Debian mirror once.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=build/container base=build/packages/base.tar port=${PORT:-18080}
[ "$(id -u)" = 0 ] || { echo "make test-container needs root." >&2; exit 1; }
mkdir -p $out build/packages
if [ ! -s $base ]; then
  echo "-- a clean root"
  mmdebstrap --quiet --variant=apt --include=ca-certificates,postgresql,redis-server,nginx bookworm \
    ${base%.tar}.new.tar "${MIRROR:-http://deb.debian.org/debian}"
  mv ${base%.tar}.new.tar $base
fi

home=$(mktemp -d /var/tmp/dundun-container.XXXXXX)
tests/container/podman.sh "$home"
export PATH=$home/bin:$PATH
site=$home/site
mkdir "$site"
cp deploy/container/compose.yaml deploy/container/secrets.sh "$site"
export DUNDUN_IMAGE=localhost/dundun:test PORT=$port
export POSTGRES_IMAGE=localhost/dundun-stores:test REDIS_IMAGE=localhost/dundun-stores:test
compose() { (cd "$site" && podman-compose -p dundun_test "$@" </dev/null >>"$OLDPWD/$out/compose.log" 2>&1); }
# Podman's helpers may live on for a moment, and mount its folder anew.
tidy() {
  podman rm -fa -t 0 >>$out/compose.log 2>&1 || true
  podman network prune -f >>$out/compose.log 2>&1 || true
  local _
  for _ in $(seq 10); do
    # Deepest first.
    awk -v home="$home/" 'index($2, home) == 1 { print $2 }' /proc/mounts | sort -r |
      xargs -r umount -l 2>/dev/null || true
    rm -rf --one-file-system "$home" 2>/dev/null && break
    sleep 1
  done
}
trap tidy EXIT
: >$out/compose.log

echo "-- images"
LIMIT=600 podman import -q $base localhost/dundun-base >/dev/null
image() { LIMIT=600 podman build -q --build-arg BASE=localhost/dundun-base "$@" >>$out/build.log 2>&1; }
: >$out/build.log
image -t $DUNDUN_IMAGE -f deploy/container/Containerfile . || { tail -20 $out/build.log; exit 1; }
image -t $POSTGRES_IMAGE -f tests/container/Containerfile.stores tests/container ||
  { tail -20 $out/build.log; exit 1; }

fail() {
  echo "FAIL: $1" >&2
  podman ps -a --filter name=dundun_test --format '{{.Names}} {{.Status}}' >&2
  for name in $(podman ps -a --filter name=dundun_test --format '{{.Names}}'); do
    echo "== $name"
    podman logs --tail 5 "$name"
  done >$out/logs 2>&1
  tail -n 40 $out/compose.log $out/logs >&2
  exit 1
}
ask() { curl -sS -m 10 "http://127.0.0.1:$port$1" "${@:2}"; }
until_good() { # SECONDS WHAT COMMAND…
  local end=$((SECONDS + $1)) what=$2
  until "${@:3}" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "$what"
    sleep 0.5
  done
}
field() { grep -o "\"$1\":\"[^\"]*" | head -n 1 | cut -d'"' -f4; }

echo "-- up"
began=$SECONDS
"$site/secrets.sh" admin@example.com "http://127.0.0.1:$port" >/dev/null
compose up -d
# Whoever tries before there is an administrator has soon tried too often.
made() { [ "$(podman inspect -f '{{.State.Status}} {{.State.ExitCode}}' dundun_test_setup_1)" = 'exited 0' ]; }
until_good 120 "setup does not end" made
until_good 120 "it is not ready" ask /readyz -f
post() { # PATH BODY
  ask "$1" -H 'Content-Type: application/json' -H "Origin: http://127.0.0.1:$port" -d "$2"
}
# The platform's people need a second factor; the first login makes one. That happens once, so what
# is tried again until it is good is the password alone.
password() {
  token=$(post /api/auth/login "{\"email\":\"admin@example.com\",
    \"password\":\"$(<"$site/secrets/admin-password")\"}" | field login_token)
  [ -n "$token" ]
}
until_good 60 "the administrator cannot sign in" password
secret=$(post /api/auth/login/enrol "{\"login_token\":\"$token\"}" | field secret)
[ -n "$secret" ] || fail "there is no second factor"
post /api/auth/login/second-factor "{\"login_token\":\"$token\",
  \"code\":\"$(oathtool -b --totp "$secret")\"}" | grep -q '"permissions":\[.*"platform"' ||
  fail "the second factor does not let in"
ask / | grep -q '<script' || fail "there is no portal"
echo "-- from up to a login: $((SECONDS - began)) s"

echo "-- health checks"
# Podman asks by systemd's timers, which may not be there: so they are asked here, each as it stands.
healthy() { podman healthcheck run "$1"; }
for name in $(podman ps --format '{{.Names}}'); do until_good 30 "$name is not healthy" healthy "$name"; done

ctl() { podman exec dundun_test_admin_1 /usr/lib/dundun/container ctl "$@"; }
sql() { podman exec -i dundun_test_postgres_1 psql -X -q -tA -U postgres dundun; }
account=$(sql <<<'select min(account_id) from users where role = 4')
ctl account credit "$account" --amount 100 --environment test --description Test \
  --idempotency-key one >/dev/null || fail "no credit"
key=esms_test_$(openssl rand -hex 16)
sql <<TEXT
insert into api_keys (key_hash, account_id, environment, name, prefix, scopes, rate_limit_per_s)
values (sha256('$key'), $account, 1, 'container', 'esms_test_****', '{send,query}', 1000);
TEXT
delivered() {
  local id
  id=$(ask /api/messages/send -H "Authorization: Bearer $key" -H 'Content-Type: application/json' \
    -d '{"to":"+254712345678","text":"The bus leaves at six"}' | field id)
  [ -n "$id" ] || return 1
  for _ in $(seq 40); do
    [ "$(ask "/api/messages/$id" -H "Authorization: Bearer $key" | field status)" != delivered ] || return 0
    sleep 0.25
  done
  return 1
}
delivered || fail "no message is delivered"
echo "-- a message was delivered"

echo "-- four workers"
# What --scale messages=4 says, for a podman-compose that does not know it.
echo 'services: { messages: { deploy: { replicas: 4 } } }' >"$site/four.yaml"
compose -f compose.yaml -f four.yaml up -d messages || true
seen() {
  local i
  for i in 1 2 3 4; do
    podman exec dundun_test_messages_"$i"  true || return 1
  done
  # nginx asks for the names every three seconds.
  [ "$(podman exec dundun_test_nginx_1 getent ahostsv4 messages | awk '{ print $1 }' | sort -u | wc -l)" = 4 ]
}
until_good 60 "there are no four workers" seen
# While containers come, Podman's name server answers nothing for some seconds; whoever opens a
# connection to PostgreSQL then waits for it.
sleep 8
for _ in $(seq 40); do ask /api/balance -f -H "Authorization: Bearer $key" >/dev/null || fail "an answer is missing"; done
metrics() { podman exec dundun_test_nginx_1 curl -sS http://127.0.0.1:9090/metrics; }
# Each has a host of its own in the joined metrics.
hosts() { metrics | grep -o 'program="messages",host="[^"]*"' | sort -u | wc -l; }
four() { [ "$(hosts)" = 4 ]; }
until_good 20 "the metrics do not show four workers" four
! curl -sS -m 2 "http://127.0.0.1:9090/metrics" >/dev/null 2>&1 || fail "the metrics are public"

echo "-- what they may do"
for name in messages nginx scheduler ws_bridge ws-bridge; do
  id=dundun_test_${name}_1
  podman container exists "$id" || continue
  [ "$(podman exec "$id" id -u)" = 10001 ] || fail "$name is not user 10001"
  ! podman exec "$id" touch /usr/lib/dundun/x 2>/dev/null || fail "$name writes to its root"
  ! podman exec "$id" cat /run/secrets/owner-database-url >/dev/null 2>&1 || fail "$name has the owner's secret"
done

echo "-- one of them is killed"
podman kill dundun_test_messages_2 >/dev/null
until_good 20 "messages do not go on" delivered
echo "-- all is made anew; the data stays"
compose down -t 15
compose up -d
until_good 120 "it does not come back" ask /readyz -f
until_good 30 "the key is gone" delivered
[ "$(sql <<<"select count(*) from users where role = 4")" = 1 ] || fail "setup made a second administrator"
podman exec dundun_test_scheduler_1 bash -c 'DATABASE_URL_FILE=/run/secrets/database-url /usr/lib/dundun/reconcile' ||
  fail "reconcile"
echo "-- container: clean, in $SECONDS s"
