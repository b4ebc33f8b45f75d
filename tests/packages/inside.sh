#!/usr/bin/env bash
# In the clean root (run.sh): installs, sets up, sends, sets up again, upgrades, removes, purges.
# Usage: inside.sh install|use
set -euo pipefail
shown=/packages/log
failed() { echo "FAILED: $1" >&2; tail -n 40 $shown >&2 || true; exit 1; }
wants() { "${@:2}" >$shown 2>&1 || failed "$1"; echo "ok   $1"; }
refuses() { ! "${@:2}" >$shown 2>&1 || failed "$1"; echo "ok   $1"; }
says() { grep -qF -- "$2" $shown || failed "$1: it does not say $2"; echo "ok   $1"; }
shown_all() { find /etc /usr /lib /var /opt -xdev \( -type f -o -type l -o -type d \) 2>/dev/null |
  grep -vE '^/var/(lib/(dpkg|apt|postgresql|redis|systemd|nginx)|log|cache|backups)' | sort; }
services() {
  hostname dundun.test
  grep -q dundun.test /etc/hosts || echo '127.0.0.1 localhost dundun.test' >>/etc/hosts
  pg_ctlcluster 15 main start
  redis-server /etc/redis/redis.conf --daemonize yes --supervised no >/dev/null
}
psql_all() { runuser -u postgres -- psql -X -tA "$@"; }

install_all() {
  shown_all >/packages/before
  wants 'the mirror answers' apt-get update -qq
  wants 'apt installs dundun' apt-get install -y -qq --no-install-recommends /packages/dundun_*.deb
  wants 'and dundun-kannel' apt-get install -y -qq --no-install-recommends /packages/dundun-kannel_*.deb
  wants 'dundunctl names its release' dundunctl version
  refuses 'without settings it says what is missing' dundunctl account list
  says 'it names the setting' 'DATABASE_URL is not set'
  wants 'there is a page to read' test -s /usr/share/man/man8/dundunctl.8.gz
  # For `use`, which has no network.
  wants 'curl and openssl came along' sh -c 'command -v curl openssl'
}

first_setup() {
  local began=$SECONDS
  refuses 'it asks before it does anything' dundun-setup --admin root@dundun.test </dev/null
  refuses 'nothing was done' test -e /etc/dundun/env
  wants 'the first setup' dundun-setup --yes --tls none --admin root@dundun.test
  cp $shown /packages/first
  says 'a message was delivered' 'was delivered: msg-'
  echo "     setup to a delivered message: $((SECONDS - began)) s"
  wants 'the site answers' curl -fsS http://127.0.0.1/healthz
  wants 'with the portal' sh -c "curl -fsS http://127.0.0.1/ | grep -q '<html'"
  wants 'and the page of the API' sh -c "curl -fsS http://127.0.0.1/docs/ | grep -qi dundun"
  refuses 'secrets are closed' sh -c \
    "find /etc/dundun/credentials -type f ! -perm 600 | grep . || find /etc/dundun/credentials ! -user root | grep ."
  wants 'the programs cannot rewrite the books' sh -c \
    "! psql \"\$(cat /etc/dundun/credentials/database-url)\" -c 'delete from ledger_entries' 2>/dev/null"
  wants 'the books balance' sh -c 'DATABASE_URL_FILE=/etc/dundun/credentials/database-url dundunctl reconcile'
}

again() {
  local before after
  before=$(cat /etc/dundun/credentials/* /etc/dundun/env | sha256sum)
  wants 'a second setup' dundun-setup --yes --tls none --admin other@dundun.test
  says 'and a second message' 'was delivered: msg-'
  after=$(cat /etc/dundun/credentials/* /etc/dundun/env | sha256sum)
  wants 'secrets and settings stay' test "$before" = "$after"
  wants 'so does the administrator' test "$(psql_all -c 'select count(*) from users' dundun)" = 1
  wants 'installed again, it upgrades' dpkg -i /packages/dundun_*.deb
  wants 'and runs' sh -c 'for i in $(seq 100); do curl -fsS http://127.0.0.1/readyz && exit; sleep 0.2; done; exit 1'
  wants 'nothing is pending' sh -c 'dundunctl migrate --plan | grep -qx "nothing is pending"'
}

wrong_settings() {
  echo 'REQUESTS_MAX=many' >>/etc/dundun/env
  refuses 'a wrong setting is seen' dundunctl check
  says 'by name' 'REQUESTS_MAX is no number'
  /usr/lib/dundun/dundun-run --stop
  rm -f /run/dundun/messages.sock
  ONLY=messages /usr/lib/dundun/dundun-run --restart
  sleep 2
  refuses 'no program starts with it' test -S /run/dundun/messages.sock
  /usr/lib/dundun/dundun-run --stop
  sed -i '/REQUESTS_MAX/d' /etc/dundun/env
}

tls() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=dundun.test \
    -addext subjectAltName=DNS:dundun.test -keyout /packages/key.pem -out /packages/cert.pem 2>/dev/null
  refuses 'a key of another certificate' sh -c \
    'openssl genrsa -out /packages/other.pem 2048 2>/dev/null && exec dundun-setup --yes --tls files \
      --domain dundun.test --certificate /packages/cert.pem --key /packages/other.pem'
  says 'is named' '--key does not belong to --certificate'
  cp /packages/cert.pem /usr/local/share/ca-certificates/dundun-test.crt
  update-ca-certificates >/dev/null 2>&1
  wants 'TLS from files' dundun-setup --yes --tls files --domain dundun.test \
    --certificate /packages/cert.pem --key /packages/key.pem
  says 'and a message' 'was delivered: msg-'
  wants 'a browser gets TLS' curl -fsS https://dundun.test/healthz
  refuses 'a key in the clear is refused' curl -fsS http://dundun.test/api/balance
  rm /usr/local/share/ca-certificates/dundun-test.crt
  update-ca-certificates --fresh >/dev/null 2>&1
}

leave() {
  /usr/lib/dundun/dundun-run --stop
  wants 'removal' apt-get remove -y -qq dundun dundun-kannel
  wants 'keeps the data' test "$(psql_all -c 'select count(*) > 2 from messages' dundun)" = t
  wants 'and the secrets' test -s /etc/dundun/credentials/secrets-key
  wants 'installed again' dpkg -i /packages/dundun_*.deb
  /usr/lib/dundun/dundun-run --stop
  echo 'dundun dundun/purge-data boolean true' | debconf-set-selections
  # dundun-kannel left nothing to purge when it was removed.
  wants 'a purge that was asked to delete' apt-get purge -y -qq dundun
  wants 'the database is gone' test -z "$(psql_all -c "select 1 from pg_database where datname = 'dundun'")"
  wants 'and the roles' test -z "$(psql_all -c "select 1 from pg_roles where rolname like 'dundun%'")"
  shown_all >/packages/after
  # Users and groups stay, as Debian has it: files of theirs may be elsewhere.
  comm -13 /packages/before /packages/after | grep -i dundun >$shown || true
  refuses 'nothing of ours is left' test -s $shown
}

case $1 in
  install) install_all ;;
  use)
    services
    first_setup
    again
    wrong_settings
    tls
    leave
    ;;
esac
