#!/usr/bin/env bash
# Makes what Kannel and we know of each other, and keeps what is there: CARRIER_FILE for our programs
# (user, password, and the secret that signs receipts' addresses), MO_FILE with the secret in the
# address that texts come in by. Two secrets: who sees the one in an access log can sign no receipt.
# Usage: secrets.sh CARRIER_FILE MO_FILE
set -euo pipefail
umask 077
random() { openssl rand -hex "$1"; }
keep() { # FILE: what comes on stdin, unless it is there; whole or not at all
  if [ -f "$1" ]; then cat >/dev/null; else cat >"$1.new" && mv "$1.new" "$1"; fi
}
printf 'username=dundun\npassword=%s\nsecret=%s\n' "$(random 16)" "$(random 32)" | keep "$1"
random 32 | keep "$2"
