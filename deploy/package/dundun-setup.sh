#!/usr/bin/env bash
# dundun-setup(8): makes a host a Dundun, or brings it to the release that is installed. What is there
# stays, so it can be run again. --upgrade, --migrate and --renewed are what the packages, dundunctl
# and certbot call.
set -euo pipefail
etc=/etc/dundun
share=/usr/share/dundun
lib=/usr/lib/dundun
conf=$etc/setup.conf
challenges=/var/lib/dundun/acme # certbot writes there, and plain.conf of nginx shows it
groups=(messages bulk contacts account routes session admin carrier inbound webhooks verify gravity)
yes=no domain='' tls='' certificate='' key='' port=80 admin='' database=local redis=redis://127.0.0.1:6379
start=yes mode=setup plan=()

fail() {
  printf 'dundun-setup: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf 'What to do: %s\n' "$2" >&2
  exit 1
}
step() { printf -- '- %s\n' "$1"; }
usage() { fail "$1" "man dundun-setup"; }

parse() {
  while [ $# -gt 0 ]; do
    case $1 in
      --yes) yes=yes ;;
      --no-start) start=no ;;
      --upgrade) mode=upgrade ;;
      --migrate) mode=migrate ;;
      --renewed) mode=renewed ;;
      --plan) plan=(--plan) ;;
      --domain | --tls | --certificate | --key | --port | --admin | --database | --redis)
        [ $# -gt 1 ] || usage "$1 needs a value"
        printf -v "${1#--}" %s "$2"
        shift
        ;;
      *) usage "no such option: $1" ;;
    esac
    shift
  done
  case $port in '' | *[!0-9]*) usage "--port is no number: $port" ;; esac
  case $domain in *[!A-Za-z0-9.-]*) usage "--domain is no name of a host: $domain" ;; esac
  case $admin in '' | ?*@?*) ;; *) usage "--admin is no address: $admin" ;; esac
}

systemd_runs() { [ -d /run/systemd/system ]; }
as_postgres() { (cd / && runuser -u postgres -- "$@"); }
sql() { as_postgres psql -X -q -tA -v ON_ERROR_STOP=1 "$@"; }
random() { openssl rand -hex 32; }

ask() { # NAME QUESTION DEFAULT
  [ -z "${!1}" ] || return 0
  if [ $yes = no ] && [ -t 0 ]; then
    read -r -p "$2 [$3] " "$1"
  fi
  [ -n "${!1}" ] || printf -v "$1" %s "$3"
}

# Secrets are root's. What was sealed or signed with one opens with no other: none is made twice.
keep_secret() { # NAME: from stdin, unless it is there
  if [ -s "$etc/credentials/$1" ]; then
    cat >/dev/null
  else
    (umask 077 && cat >"$etc/credentials/$1.new" && mv "$etc/credentials/$1.new" "$etc/credentials/$1")
  fi
}

say_what() {
  cat <<TEXT
This is what will be done on $(uname -n):
$(if [ "$database" = local ]; then
    echo "- PostgreSQL here: the database dundun, its owner dundun, and dundun_app for the programs"
  else echo "- PostgreSQL: as --database says; its tables must be there"; fi)
- Redis: $redis
- secrets in $etc/credentials, settings in $etc/env (what is there stays)
- nginx: its own instance, dundun-nginx, for ${domain:-any name}, $(case $tls in
    none) echo "in the clear on port $port" ;;
    files) echo "TLS on port 443 with $certificate" ;;
    letsencrypt) echo "TLS on port 443, certificate by certbot" ;;
  esac)
$(! systemd_runs || ! systemctl is-active -q nginx 2>/dev/null || [ "$port" != 80 ] ||
    echo "- the distribution's nginx, which has port 80, is stopped and disabled")
- everything is started; the first administrator is $admin; one message goes through the
  loopback carrier, which sends nothing to anyone
TEXT
  [ $yes = no ] || return 0
  [ -t 0 ] || fail "there is nobody to ask." "--yes"
  local answer
  read -r -p "Go on? [y/N] " answer
  [[ $answer == [yY]* ]] || fail "nothing was done."
}

make_database() {
  mkdir -p $etc/credentials
  chmod 700 $etc/credentials
  if [ "$database" != local ]; then
    printf '%s\n' "$database" | keep_secret database-url
    return
  fi
  command -v psql >/dev/null && id postgres >/dev/null 2>&1 ||
    fail "there is no PostgreSQL here." "apt install postgresql, or --database URL"
  sql -c 'select 1' postgres >/dev/null 2>&1 ||
    fail "PostgreSQL does not answer." "pg_ctlcluster 15 main start"
  local name password
  for name in dundun dundun_app; do
    [ "$(sql -c "select 1 from pg_roles where rolname = '$name'" postgres)" = 1 ] ||
      sql -c "create role $name" postgres
  done
  [ "$(sql -c "select 1 from pg_database where datname = 'dundun'" postgres)" = 1 ] ||
    sql -c "create database dundun owner dundun encoding 'UTF8' template template0" postgres
  if [ ! -s $etc/credentials/database-url ]; then
    password=$(random)
    # On stdin: a command line is everybody's to read.
    sql postgres <<<"alter role dundun_app login password '$password'"
    printf 'postgresql://dundun_app:%s@127.0.0.1:%s/dundun\n' "$password" \
      "$(sql -c 'show port' postgres)" | keep_secret database-url
  fi
}

migrate() {
  if [ "$(sed -n 's/^DATABASE=//p' $conf)" != local ]; then
    fail "the database is on another host." \
      "there, or wherever the owner may connect: $share/sql/migrate.sh OWNER_URL dundun_app"
  fi
  # As its owner: what postgres made, dundun could not change.
  (cd / && PGOPTIONS='-c role=dundun' runuser -u postgres --preserve-environment -- \
    "$share/sql/migrate.sh" "dbname=dundun" dundun_app "${plan[@]}")
}

reference_data() {
  [ "$(sql -c 'select count(*) from countries' dundun)" = 0 ] || return 0
  step "countries, routes and sample prices: dundunctl price import and fx import replace them"
  (cd / && PGOPTIONS='-c role=dundun' runuser -u postgres --preserve-environment -- \
    psql -X -q -1 -v ON_ERROR_STOP=1 dundun -f $share/coverage.sql >/dev/null)
}

make_secrets() {
  local name
  printf '%s\n' "$redis" | keep_secret redis-url
  for name in verify-secret payment-secret secrets-key; do random | keep_secret $name; done
}

origin() {
  case $tls in
    none) [ "$port" = 80 ] && echo "http://${domain:-127.0.0.1}" || echo "http://${domain:-127.0.0.1}:$port" ;;
    *) echo "https://$domain" ;;
  esac
}

make_settings() {
  [ -s $etc/env ] || cat >$etc/env <<TEXT
# Settings of all programs, NAME=value; those of one stand in NAME.env. Secrets are files in
# credentials/. What there is: /usr/share/doc/dundun/README.md. After a change: dundunctl check.
METRICS_DIR=/run/dundun/metrics
WITNESS_DIR=/var/lib/dundun/witness
PUBLIC_URL=$(origin)
PORTAL_URL=$(origin)
TEXT
  [ -s $etc/ws-bridge.env ] || cat >$etc/ws-bridge.env <<TEXT
WS_LISTEN=unix:/run/dundun/ws.sock
WS_ALLOWED_ORIGINS=$(origin)
TEXT
  printf 'DATABASE=%s\n' "$([ "$database" = local ] && echo local || echo elsewhere)" >$conf
  chmod 644 $etc/env $etc/ws-bridge.env $conf
}

install_certificate() { # CERTIFICATE KEY
  install -m 644 "$1" $etc/nginx/tls/fullchain.pem
  install -m 640 -g dundun-tls "$2" $etc/nginx/tls/key.pem
}

# nginx does not start without a certificate, and certbot gets none without nginx at port 80.
first_certificate() {
  local live=/etc/letsencrypt/live/$domain
  command -v certbot >/dev/null || fail "there is no certbot." "apt install certbot"
  if [ -s "$live/privkey.pem" ]; then
    certificate=$live/fullchain.pem key=$live/privkey.pem
    return
  fi
  certificate=$etc/nginx/tls/first.pem key=$etc/nginx/tls/first-key.pem
  (umask 077 && openssl req -x509 -newkey rsa:2048 -nodes -days 7 -subj "/CN=$domain" \
    -addext "subjectAltName=DNS:$domain" -keyout "$key" -out "$certificate" 2>/dev/null)
}

# By the nginx that runs, now and at each renewal; the hook is certbot's to keep.
get_certificate() {
  certbot certonly --webroot -w $challenges --non-interactive --agree-tos -m "$admin" -d "$domain" \
    --deploy-hook 'dundun-setup --renewed' ||
    fail "certbot got no certificate for $domain; until then nginx shows one of its own making." \
      "its name must lead here, port 80 must be open: then dundun-setup again"
  rm -f $etc/nginx/tls/first.pem $etc/nginx/tls/first-key.pem
}

# certbot's deploy hook.
renewed() {
  [ -n "${RENEWED_LINEAGE:-}" ] || usage "--renewed is certbot's to call"
  install_certificate "$RENEWED_LINEAGE/fullchain.pem" "$RENEWED_LINEAGE/privkey.pem"
  if systemd_runs; then
    systemctl reload dundun-nginx
  elif [ -s /run/dundun/nginx.pid ]; then
    kill -HUP "$(cat /run/dundun/nginx.pid)"
  fi
}

make_site() {
  mkdir -p $etc/nginx/tls
  chgrp dundun-tls $etc/nginx/tls
  chmod 750 $etc/nginx/tls
  if [ "$tls" = none ]; then
    {
      echo "# From dundun-setup; yours to change."
      echo "listen $port backlog=4096;"
      [ ! -e /proc/net/if_inet6 ] || echo "listen [::]:$port backlog=4096;"
    } >$etc/nginx/listen.conf
    : >$etc/nginx/plain.conf
    return
  fi
  [ "$tls" != letsencrypt ] || first_certificate
  openssl x509 -in "$certificate" -noout -checkend 0 >/dev/null 2>&1 ||
    fail "--certificate is no certificate in force: $certificate"
  [ "$(openssl x509 -in "$certificate" -noout -pubkey)" = "$(openssl pkey -in "$key" -pubout 2>/dev/null)" ] ||
    fail "--key does not belong to --certificate."
  install_certificate "$certificate" "$key"
  cp $share/nginx/tls/listen.conf $share/nginx/tls/plain.conf $etc/nginx/
  [ -e /proc/net/if_inet6 ] || sed -i '/listen \[::\]/d' $etc/nginx/listen.conf $etc/nginx/plain.conf
}

# One after the other: a socket keeps what comes while its worker is replaced.
start_all() {
  local name
  if ! systemd_runs; then
    $lib/dundun-run --restart
    return
  fi
  systemctl daemon-reload
  if [ "$port" = 80 ] && systemctl is-active -q nginx; then systemctl disable --now -q nginx; fi
  for name in "${groups[@]}"; do
    systemctl enable -q --now "dundun@$name.socket"
    systemctl enable -q "dundun@$name.service"
    systemctl restart "dundun@$name.service"
  done
  systemctl enable -q dundun-scheduler dundun-ws-bridge dundun-nginx
  systemctl restart dundun-scheduler dundun-ws-bridge
  # Reloaded if it runs; one that just began might not hear it.
  systemctl reload-or-restart dundun-nginx
}

local_url() { [ "$tls" = none ] && echo "http://127.0.0.1:$port" || echo "https://$domain"; }
ask_here() { # PATH CURL-OPTIONS…: this host's nginx, whatever the name server says
  local path=$1 trust=()
  shift
  # Our own certificate may be of an authority that this host does not know.
  [ "$tls" = none ] || trust=(--cacert "$etc/nginx/tls/fullchain.pem")
  curl -sS -m 20 --connect-to "::127.0.0.1:" "${trust[@]}" "$@" "$(local_url)$path"
}
field() { grep -o "\"$1\":\"[^\"]*" | head -n 1 | cut -d'"' -f4; }

wait_until_ready() {
  local _
  for _ in $(seq 150); do
    ask_here /readyz -f >/dev/null 2>&1 && return
    sleep 0.2
  done
  ask_here /readyz || true
  fail "the programs do not answer at $(local_url)." "dundunctl check; journalctl -u 'dundun*' -n 50"
}

first_administrator() {
  [ "$(sql -c 'select count(*) from users where role = 4' dundun)" = 0 ] || return 0
  local password
  password=$(openssl rand -hex 10)
  printf '%s\n' "$password" |
    dundunctl bootstrap --email "$admin" --account Platform --currency USD --password-stdin >/dev/null
  step "the first administrator is $admin; the password, shown this once: $password"
}

# A test key for a minute, and a message by the loopback carrier. Test money is no money.
first_message() {
  [ "$database" = local ] || return 0
  local account key id status='' _
  account=$(sql -c 'select min(account_id) from users where role = 4' dundun)
  dundunctl account credit "$account" --amount 100 --environment test --description Setup \
    --idempotency-key dundun-setup >/dev/null
  key=esms_test_$(openssl rand -hex 16)
  sql dundun >/dev/null <<TEXT
insert into api_keys (key_hash, account_id, environment, name, prefix, scopes, rate_limit_per_s,
                      expires_at)
values (sha256('$key'), $account, 1, 'dundun-setup', 'esms_test_****${key: -4}', '{send,query}', 10,
        now() + interval '2 minutes')
TEXT
  id=$(ask_here /api/messages/send -H "Authorization: Bearer $key" -H 'Content-Type: application/json' \
    -d '{"to":"+254712345678","text":"The bus leaves at six"}' | field id)
  [ -n "$id" ] || fail "the first message was refused." "journalctl -u 'dundun@messages' -n 20"
  for _ in $(seq 150); do
    status=$(ask_here "/api/messages/$id" -H "Authorization: Bearer $key" | field status)
    [ "$status" != delivered ] || break
    sleep 0.2
  done
  sql -c "update api_keys set revoked_at = now() where name = 'dundun-setup'" dundun >/dev/null
  [ "$status" = delivered ] || fail "the first message is $status, not delivered." "dundunctl check"
  step "a message went through the loopback carrier and was delivered: $id"
}

check() {
  local status=0
  dundunctl check --url "${1:-$(local_url)}" || status=$?
  [ $status -lt 2 ] || fail "something is wrong: see FAIL above."
}

setup() {
  ask tls "TLS: letsencrypt, files or none?" none
  case $tls in
    none) ;;
    files) [ -f "$certificate" ] && [ -f "$key" ] || usage "--tls files needs --certificate and --key" ;;
    letsencrypt) [ $start = yes ] || usage "--tls letsencrypt needs what --no-start leaves out" ;;
    *) usage "--tls is none of letsencrypt, files, none: $tls" ;;
  esac
  ask domain "Name of this host, as browsers reach it?" "$([ "$tls" = none ] || hostname -f)"
  [ "$tls" = none ] || [ -n "$domain" ] || usage "--tls $tls needs --domain"
  ask admin "Address of the first administrator?" "root@${domain:-localhost.localdomain}"
  say_what
  step "PostgreSQL: database and roles"
  make_database
  step "secrets and settings"
  make_secrets
  make_settings
  if [ "$database" = local ]; then
    step "tables"
    migrate >/dev/null
    reference_data
  fi
  step "nginx' site"
  make_site
  [ $start = yes ] || return 0
  step "starting"
  start_all
  if [ "$tls" = letsencrypt ]; then
    step "a certificate for $domain"
    get_certificate
  fi
  wait_until_ready
  [ "$database" != local ] || first_administrator
  first_message
  [ "$tls" = none ] && check || check "$(local_url)"
  step "Dundun runs at $(origin)/"
}

upgrade() {
  [ "$(sed -n 's/^DATABASE=//p' $conf)" != local ] || migrate
  if systemd_runs || [ -e /run/dundun/dundun-run.pid ]; then
    port=0 start_all
  fi
}

parse "$@"
[ "$(id -u)" = 0 ] || fail "this needs root."
case $mode in
  setup) setup ;;
  upgrade) upgrade ;;
  migrate) migrate ;;
  renewed) renewed ;;
esac
