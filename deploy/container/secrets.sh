#!/usr/bin/env bash
# Makes the secrets of compose.yaml, in secrets/ beside it, and .env. What is there stays: what was
# sealed or signed with one opens with no other. Usage: secrets.sh ADMIN-EMAIL [ORIGIN]
set -euo pipefail
cd "$(dirname "$0")"
admin=${1:?usage: secrets.sh ADMIN-EMAIL [ORIGIN]}
origin=${2:-http://localhost:8080}
# Containers read them as this user, who is not root.
user=$(id -u):$(id -g)
[ "$(id -u)" != 0 ] || user=10001:10001
umask 077
mkdir -p secrets carriers
keep() { # NAME: from stdin, unless it is there
  if [ -s "secrets/$1" ]; then cat >/dev/null; else cat >"secrets/$1"; fi
}
random() { openssl rand -hex 32; }

random | keep postgres-password
random | keep redis-password
random | keep app-password
openssl rand -hex 10 | keep admin-password
for name in verify-secret payment-secret secrets-key; do random | keep $name; done
echo "postgresql://dundun_app:$(<secrets/app-password)@postgres:5432/dundun" | keep database-url
echo "postgresql://postgres:$(<secrets/postgres-password)@postgres:5432/dundun" | keep owner-database-url
echo "redis://:$(<secrets/redis-password)@redis:6379" | keep redis-url
[ "$(id -u)" != 0 ] || chown -R 10001:10001 secrets carriers
[ -s .env ] || cat >.env <<TEXT
DUNDUN_USER=$user
ADMIN_EMAIL=$admin
ORIGIN=$origin
TEXT
echo "secrets/ and .env are ready. The administrator is $admin; the password: cat $PWD/secrets/admin-password"
