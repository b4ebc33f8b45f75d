#!/usr/bin/env bash
# In the booted host (run.sh), as a unit of it.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root
shown=/packages/log
began=$SECONDS
units=(dundun@{messages,bulk,contacts,account,routes,session,admin,carrier,inbound,webhooks,verify,gravity}
  dundun-scheduler dundun-ws-bridge dundun-nginx)
failed() {
  echo "FAILED: $1"
  tail -n 30 $shown || true
  systemctl --failed --no-legend --plain || true
  journalctl -q -u 'dundun*' -n 30 --no-pager || true
  exit 1
}
wants() { "${@:2}" >$shown 2>&1 || failed "$1"; echo "ok   $1"; }
refuses() { ! "${@:2}" >$shown 2>&1 || failed "$1"; echo "ok   $1"; }
says() { grep -qF -- "$2" $shown || failed "$1: it does not say $2"; echo "ok   $1"; }
sql() { runuser -u postgres -- psql -X -q -tA dundun; }
# One that fails and is started again is active now and then. The scheduler ends by itself.
active() {
  systemctl is-active "${units[@]}" || return 1
  local unit
  for unit in "${units[@]}"; do
    [ $unit = dundun-scheduler ] || [ "$(systemctl show -P NRestarts "$unit")" = 0 ] ||
      { echo "$unit was started again"; return 1; }
  done
}
within() { # SECONDS COMMAND…
  local end=$((SECONDS + $1))
  until "${@:2}"; do [ $SECONDS -lt $end ] || return 1; sleep 0.2; done
}
field() { grep -o "\"$1\":\"[^\"]*" | head -n 1 | cut -d'"' -f4; }

first() {
  wants 'apt installs it' apt-get install -y -qq --no-install-recommends /packages/dundun_*.deb
  wants 'the first setup' dundun-setup --yes --tls none --admin root@dundun.test
  says 'a message was delivered' 'was delivered: msg-'
  echo "     from apt install to a delivered message: $((SECONDS - began)) s"
  wants 'every unit runs' active
  refuses 'no unit failed' sh -c "systemctl --failed --no-legend 'dundun*' | grep ."
  refuses 'the distribution nginx is off' systemctl is-enabled nginx
}

# What systemd says of the units as they are, and the kernel of their processes.
rights() {
  local unit pid
  wants 'each unit has an exposure under 1.5' sh -c \
    "for unit in $(printf '%s.service ' "${units[@]}"); do systemd-analyze security --threshold=15 \
      --no-pager \$unit | tail -n 1 || exit 1; done"
  sed 's/^/     /; s/→ //' $shown
  for unit in "${units[@]}"; do
    pid=$(systemctl show -P MainPID "$unit")
    [ "$(stat -c %U "/proc/$pid")" != root ] || failed "$unit is root"
    grep -q '^NoNewPrivs:.*1' "/proc/$pid/status" || failed "$unit may get new privileges"
    case $unit in
      dundun-nginx) ;;
      *) grep -q '^CapEff:.*0000000000000000$' "/proc/$pid/status" || failed "$unit has capabilities" ;;
    esac
  done
  echo 'ok   no unit is root, has a capability or may get one (nginx: its port)'
}

make_key() {
  local account
  account=$(sql <<<'select min(account_id) from users where role = 4')
  dundunctl account credit "$account" --amount 10000 --environment test --description Test \
    --idempotency-key test >/dev/null
  key=esms_test_$(openssl rand -hex 16)
  sql <<TEXT
insert into api_keys (key_hash, account_id, environment, name, prefix, scopes, rate_limit_per_s)
values (sha256('$key'), $account, 1, 'test', 'esms_test_****', '{send,query}', 1000);
TEXT
}
send() {
  curl -sS -m 30 http://127.0.0.1/api/messages/send -H "Authorization: Bearer $key" \
    -H 'Content-Type: application/json' -d '{"to":"+254712345678","text":"The bus leaves at six"}' "$@"
}
# Two clients that send, one after the other, until /packages/stop is there.
load() {
  local client
  rm -f /packages/stop /packages/answers.*
  for client in 1 2; do
    while [ ! -e /packages/stop ]; do
      send -o "/packages/answer.$client" -w '%{http_code} ' >>"/packages/answers.$client" 2>&1 ||
        echo none >>"/packages/answers.$client"
      field id <"/packages/answer.$client" >>"/packages/answers.$client" || echo
    done &
  done
}
judge() { # WHAT
  touch /packages/stop
  wait
  local all good
  all=$(cat /packages/answers.* | wc -l)
  good=$(grep -hc '^2.. msg-' /packages/answers.* | awk "{ n += \$1 } END { print n }")
  [ "$all" = "$good" ] || { grep -hv '^2.. msg-' /packages/answers.* | head >$shown; failed "$1"; }
  awk '{ print $2 }' /packages/answers.* | sort >/packages/sent
  within 60 all_delivered || failed "$1: a message is missing"
  echo "ok   $1: no request of $all failed, each message was delivered"
}
# 5: delivered (sql/numbers.txt)
all_delivered() {
  [ "$(sql <<<"select count(*) from messages where status <> 5")" = 0 ]
}

under_load() {
  load
  sleep 2
  wants 'each worker is restarted' sh -c \
    "for unit in $(printf '%s ' "${units[@]:0:12}"); do systemctl restart \$unit || exit 1; done"
  judge 'restarts under load'
  load
  sleep 2
  wants 'installed again, it upgrades' dpkg -i /packages/dundun_*.deb
  sleep 1
  judge 'an upgrade under load'
  wants 'every unit runs' active
}

broken() {
  local before
  before=$(systemctl show -P MainPID dundun@messages)
  kill -9 "$before"
  wants 'a worker that was killed is back' within 10 sh -c "systemctl is-active dundun@messages &&
    [ \$(systemctl show -P MainPID dundun@messages) != $before ]"
  wants 'and takes messages' send -f
  echo 'REQUESTS_MAX=many' >/etc/dundun/messages.env
  refuses 'with a wrong setting it does not start' systemctl restart dundun@messages
  wants 'the journal' journalctl -q -u dundun@messages --no-pager
  says 'names it' 'REQUESTS_MAX is no number'
  rm /etc/dundun/messages.env
  systemctl reset-failed dundun@messages dundun@messages.socket
  wants 'without it it does' systemctl restart dundun@messages.socket dundun@messages
  wants 'and takes messages again' within 10 send -f
}

authority() {
  mkdir /packages/acme
  cd /packages/acme
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=acme.test \
    -addext subjectAltName=DNS:acme.test -keyout key.pem -out cert.pem 2>/dev/null
  cp cert.pem /usr/local/share/ca-certificates/acme-test.crt
  update-ca-certificates >/dev/null 2>&1
  echo '127.0.0.1 localhost acme.test dundun.test' >/etc/hosts
  cat >pebble.json <<TEXT
{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
  "certificate": "cert.pem", "privateKey": "key.pem", "httpPort": 80, "tlsPort": 443}}
TEXT
  # It refuses some requests by chance, and waits by chance, as others might: not here.
  PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 pebble -config pebble.json >/packages/pebble 2>&1 &
  mkdir -p /etc/letsencrypt
  echo 'server = https://acme.test:14000/dir' >/etc/letsencrypt/cli.ini
  wants 'there is an authority' within 10 curl -fsS https://acme.test:14000/dir
  # As a real authority's, its root is known to whoever asks.
  curl -fsS https://acme.test:15000/roots/0 >/usr/local/share/ca-certificates/acme-root.crt
  update-ca-certificates >/dev/null 2>&1
}
serial() {
  openssl s_client -connect 127.0.0.1:443 -servername dundun.test </dev/null 2>/dev/null |
    openssl x509 -noout -serial -issuer
}
letsencrypt() {
  local first
  authority
  echo '127.0.0.1 localhost acme.test' >/etc/hosts
  refuses 'a name that leads nowhere gets no certificate' dundun-setup --yes --tls letsencrypt \
    --domain dundun.test --admin root@dundun.test
  says 'it says so' 'certbot got no certificate for dundun.test'
  echo '127.0.0.1 localhost acme.test dundun.test' >/etc/hosts
  wants 'a certificate by certbot' dundun-setup --yes --tls letsencrypt --domain dundun.test \
    --admin root@dundun.test
  says 'and a message' 'was delivered: msg-'
  first=$(serial)
  grep -q Pebble <<<"$first" || failed "the certificate is another's: $first"
  wants 'again, it keeps it' dundun-setup --yes --tls letsencrypt --domain dundun.test \
    --admin root@dundun.test
  [ "$(serial)" = "$first" ] || failed 'a second setup has a second certificate'
  wants 'certbot renews it' certbot renew --force-renewal --no-random-sleep-on-renew
  renewed() { [ "$(serial)" != "$first" ]; }
  wants 'nginx shows the new one' within 10 renewed
  refuses 'its key is closed' sh -c \
    "[ \$(stat -c %a%U%G /etc/dundun/nginx/tls/key.pem) != 640rootdundun-tls ]"
}

first
rights
make_key
under_load
broken
wants 'the books balance' sh -c \
  'DATABASE_URL_FILE=/etc/dundun/credentials/database-url dundunctl reconcile'
letsencrypt
wants 'dundunctl check finds no fault' sh -c \
  '! dundunctl check --url https://dundun.test | grep ^FAIL'
