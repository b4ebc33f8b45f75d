#!/usr/bin/env bash
# The part of the postgres image that compose.yaml uses: POSTGRES_DB and POSTGRES_PASSWORD_FILE. Any
# other command runs as it stands.
set -euo pipefail
[ "$1" = postgres ] || exec "$@"
data=/var/lib/postgresql/data bin=/usr/lib/postgresql/15/bin
install -d -m 700 -o postgres -g postgres "$data" /var/run/postgresql
if [ ! -s $data/PG_VERSION ]; then
  install -m 600 -o postgres "$POSTGRES_PASSWORD_FILE" /tmp/password
  setpriv --reuid=postgres --regid=postgres --clear-groups $bin/initdb -D $data -E UTF8 \
    --auth-host=scram-sha-256 --auth-local=trust --pwfile=/tmp/password >/dev/null
  echo 'host all all all scram-sha-256' >>$data/pg_hba.conf
  echo "create database \"$POSTGRES_DB\"" |
    setpriv --reuid=postgres --regid=postgres --clear-groups $bin/postgres --single -D $data postgres >/dev/null
fi
exec setpriv --reuid=postgres --regid=postgres --clear-groups $bin/postgres -D $data \
  -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql
