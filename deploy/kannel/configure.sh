#!/usr/bin/env bash
# Prints Kannel's configuration from kannel.conf.in and the variables it names (deploy/kannel.md).
# Usage: DATA=… LOG=… USERNAME=… PASSWORD=… … configure.sh >/etc/kannel/kannel.conf
set -euo pipefail
: "${ADMIN_PORT:=13000}" "${SMSBOX_PORT:=13001}" "${SENDSMS_PORT:=13013}" "${GUARD_PORT:=2776}"
: "${WINDOW:=50}" "${DATA:=/var/lib/dundun/kannel}" "${LOG:=/var/log/kannel}"
names=(ADMIN_PORT ADMIN_PASSWORD SMSBOX_PORT SENDSMS_PORT GUARD_PORT WINDOW DATA LOG USERNAME PASSWORD
  SMSC_USERNAME SMSC_PASSWORD MO_URL)
text=$(cat "$(dirname "$0")/kannel.conf.in")
for name in "${names[@]}"; do
  [ -n "${!name:-}" ] || { echo "configure.sh: $name is not set" >&2; exit 2; }
  case ${!name} in
    *\"* | *@* | *$'\n'*) echo "configure.sh: $name holds a quote, an at sign or a line break" >&2; exit 2 ;;
  esac
  text=${text//"@$name@"/"${!name}"}
done
printf '%s\n' "$text"
