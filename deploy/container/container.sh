#!/usr/bin/env bash
# What a container of the image does. Settings come as environment variables, secrets as files:
# NAME_FILE, or /run/secrets/name for every one of them.
#   worker NAME    processes of one FastCGI program (PROCESSES, 1) at port 9000
#   scheduler      a job after the other, as cron would start them
#   ws-bridge      live events, at port 9001
#   nginx          the public address: port 8080, or 8443 with TLS if there are
#                  /run/secrets/tls-certificate and /run/secrets/tls-key
#   setup          tables, roles, reference data, the first administrator; then it ends
#   ctl WORDS…     dundunctl
#   listens PORT   health checks: somebody listens there; the scheduler left its metrics, which
#   schedules      it does once a second
set -euo pipefail
lib=/usr/lib/dundun share=/usr/share/dundun
workers=(messages bulk contacts account routes session admin carrier inbound webhooks verify gravity)

take_secrets() {
  local file name
  for file in /run/secrets/*; do
    [ -f "$file" ] || continue
    name=$(basename "$file" | tr 'a-z.-' 'A-Z__')
    [ -n "${!name:-}" ] || export "${name}_FILE=${file}"
  done
}

# The addresses behind the workers' names. They move when a service is scaled or made anew.
addresses() {
  local name
  for name in "${workers[@]}" ws-bridge; do getent ahostsv4 "$name" | sort -u || true; done
}

# A name that nobody has yet: nginx would not start with it. Such a worker answers 503 until then.
host_of() { getent ahostsv4 "$1" >/dev/null && echo "$1" || echo 127.0.0.1; }

write_site() { # PREFIX
  local name conf=$1/conf
  mkdir -p "$conf" "$1/run"
  cp $share/nginx/*.conf /etc/dundun/nginx/limits.conf "$conf"
  ln -sfn $share/openapi.json $share/portal $share/site "$1/"
  : >"$conf/plain.conf"
  for name in "${workers[@]}"; do
    sed -i "s|server unix:run/$name.sock;|server $(host_of "$name"):9000;|" "$conf/nginx.conf"
  done
  # Prometheus asks within the network of the containers; that port is not published.
  sed -i -e "s|server unix:run/ws.sock;|server $(host_of ws-bridge):9001;|" \
    -e 's|listen unix:run/metrics.sock;|listen 9090;|' "$conf/nginx.conf"
  if [ -s /run/secrets/tls-certificate ] && [ -s /run/secrets/tls-key ]; then
    mkdir -p "$conf/tls"
    ln -sfn /run/secrets/tls-certificate "$conf/tls/fullchain.pem"
    ln -sfn /run/secrets/tls-key "$conf/tls/key.pem"
    sed -e 's/listen 443/listen 8443/' -e '/listen \[::\]/d' $share/nginx/tls/listen.conf >"$conf/listen.conf"
    sed -e 's/listen 80/listen 8080/' -e '/listen \[::\]/d' $share/nginx/tls/plain.conf >"$conf/plain.conf"
  elif [ -s /etc/dundun/nginx/listen.conf ]; then
    cp /etc/dundun/nginx/listen.conf "$conf/listen.conf"
  else
    echo 'listen 8080 backlog=4096;' >"$conf/listen.conf"
  fi
}

# nginx looks names up when it starts and when it is told to look again; so somebody looks meanwhile.
run_nginx() {
  local prefix=/tmp/site seen now
  write_site $prefix
  seen=$(addresses)
  cd $prefix
  /usr/sbin/nginx -e stderr -p $prefix -c conf/nginx.conf -g 'daemon off;' &
  local nginx=$!
  trap 'kill -QUIT $nginx 2>/dev/null' TERM INT
  while sleep 3 & wait $! && kill -0 $nginx 2>/dev/null; do
    now=$(addresses)
    [ "$now" != "$seen" ] || continue
    seen=$now
    write_site $prefix
    kill -HUP $nginx
  done
  wait $nginx
}

# One after the other; each ends by itself after a minute.
run_scheduler() {
  local child=''
  trap '[ -z "$child" ] || kill -TERM "$child" 2>/dev/null; wait; exit 0' TERM INT
  while true; do
    $lib/scheduler &
    child=$!
    wait $child || sleep 1
  done
}

# As the owner of the tables, whose URL no other container has. Can be run again.
setup() {
  local owner app_password
  owner=$(<"${OWNER_DATABASE_URL_FILE:?the secret owner-database-url is missing}")
  # postgresql://dundun_app:PASSWORD@…; our own passwords are hexadecimal digits.
  app_password=$(sed -n 's|^postgresql://dundun_app:\([0-9a-f]*\)@.*|\1|p' "$DATABASE_URL_FILE")
  [ -n "$app_password" ] || { echo "the secret database-url is not dundun_app's" >&2; exit 1; }
  local _
  for _ in $(seq 60); do
    ! psql -X -q "$owner" -c 'select 1' >/dev/null 2>&1 || break
    sleep 1
  done
  # On stdin: a command line is everybody's to read.
  psql -X -q -v ON_ERROR_STOP=1 "$owner" <<SQL
select 'create role dundun_app' where not exists (select from pg_roles where rolname = 'dundun_app') \\gexec
alter role dundun_app login password '$app_password';
SQL
  $share/sql/migrate.sh "$owner" dundun_app
  if [ "$(psql -X -tA "$owner" -c 'select count(*) from countries')" = 0 ]; then
    echo "countries, routes and sample prices: dundunctl price import and fx import replace them"
    psql -X -q -1 -v ON_ERROR_STOP=1 "$owner" -f $share/coverage.sql >/dev/null
  fi
  if [ "$(psql -X -tA "$owner" -c 'select count(*) from users where role = 4')" = 0 ]; then
    tr -d '\n' <"${ADMIN_PASSWORD_FILE:?the secret admin-password is missing}" | $lib/dundunctl bootstrap \
      --email "${ADMIN_EMAIL:?ADMIN_EMAIL is missing}" --account Platform --currency USD \
      --password-stdin >/dev/null
    echo "the first administrator is $ADMIN_EMAIL; the password stands in the secret admin-password"
  fi
}

# A wrong setting stays wrong; and some (Podman) start what ended again without a pause, which
# leaves a host no time for anything else.
check() { $lib/dundunctl check --before-start "$1" >&2 || { sleep "${RESTART_PAUSE_S:-5}"; exit 2; }; }

take_secrets
# A network's name server may be away for a moment while containers come (Podman's is), and a second
# one may lead nowhere: whoever asks waits a second for each, not five.
export RES_OPTIONS=${RES_OPTIONS-timeout:1 attempts:5}
export METRICS_DIR=${METRICS_DIR-/var/lib/dundun/metrics} WITNESS_DIR=${WITNESS_DIR-/var/lib/dundun/witness}
case ${1:-} in
  worker)
    check "$2"
    exec perl $lib/pool.pl tcp:9000 "${PROCESSES:-1}" "$lib/$2"
    ;;
  scheduler)
    check scheduler
    run_scheduler
    ;;
  ws-bridge)
    export WS_LISTEN=${WS_LISTEN-0.0.0.0:9001}
    check ws-bridge
    exec $lib/ws-bridge
    ;;
  nginx) run_nginx ;;
  setup) setup ;;
  ctl) exec $lib/dundunctl "${@:2}" ;;
  listens) exec 3<>"/dev/tcp/127.0.0.1/$2" ;;
  schedules) find "$METRICS_DIR" -name 'scheduler-*' -newermt '-20 seconds' | grep -q . ;;
  *)
    sed -n '2,13s/^# \?//p' "$0"
    exit 2
    ;;
esac
