#!/usr/bin/env bash
# Runs everything where there is no systemd: containers, chroots. As root each program gets its own user
# and the secrets, as its unit would; otherwise all are the caller. Usage: dundun-run [--restart|--stop]
# (in the background), or without a word in the foreground. MESSAGES=4: so many of that worker.
# ONLY="messages carrier": these programs alone.
set -euo pipefail
etc=/etc/dundun
lib=/usr/lib/dundun
run=/run/dundun
groups=(messages bulk contacts account routes session admin carrier inbound webhooks verify gravity)
read -r -a only <<<"${ONLY:-${groups[*]} scheduler ws-bridge nginx}"
is_root() { [ "$(id -u)" = 0 ]; }

# COMMAND… as the user of NAME, with NAME's settings, secrets in a folder of its own.
as_program() { # NAME COMMAND…
  local name=$1 user=() secret
  shift
  set -a
  # shellcheck disable=SC1091
  [ ! -f $etc/env ] || . $etc/env
  # shellcheck disable=SC1090
  [ ! -f "$etc/$name.env" ] || . "$etc/$name.env"
  if is_root; then
    install -d -m 0500 -o "dundun-$name" "$run/credentials/$name"
    for secret in "$etc"/credentials/*; do
      install -m 0400 -o "dundun-$name" "$secret" "$run/credentials/$name/"
    done
    user=(setpriv "--reuid=dundun-$name" --regid=dundun --init-groups)
    case $name in nginx) user=(setpriv --reuid=root) ;; esac
    secret=$run/credentials/$name
  else
    secret=$etc/credentials
  fi
  local file variable
  for file in "$secret"/*; do
    variable=$(basename "$file" | tr 'a-z-' 'A-Z_')
    [ -n "${!variable:-}" ] || printf -v "${variable}_FILE" %s "$file"
    export "${variable}_FILE"
  done
  set +a
  [ "$name" = nginx ] || "${user[@]}" $lib/dundunctl check --before-start "$name" >&2 || exit 2
  exec "${user[@]}" "$@"
}

again() { # NAME COMMAND…: it is started anew when it ends
  while true; do
    (as_program "$@") || true
    sleep 0.2
  done
}

start_one() {
  local name=$1 count
  case $name in
    scheduler) again scheduler $lib/scheduler & ;;
    ws-bridge) again ws-bridge $lib/ws-bridge & ;;
    nginx)
      local orders='daemon off;' # one -g: of two, nginx takes the last
      ! is_root || orders+=' user www-data;'
      # It takes the workers' sockets, run/NAME.sock, from where it stands.
      cd /usr/share/dundun/prefix
      /usr/sbin/nginx -e stderr -p /usr/share/dundun/prefix -c conf/nginx.conf -g "$orders" &
      ;;
    *)
      count=$(tr 'a-z' 'A-Z' <<<"$name")
      again "$name" perl $lib/pool.pl "$run/$name.sock" "${!count:-1}" "$lib/$name" &
      ;;
  esac
}

foreground() {
  local name
  if is_root; then systemd-tmpfiles --create dundun.conf; else mkdir -p $run/metrics; fi
  echo $$ >$run/dundun-run.pid
  # The whole group: the loops, and what they run.
  trap 'trap - TERM INT; rm -f $run/dundun-run.pid; kill 0; wait; exit 0' TERM INT
  for name in "${only[@]}"; do start_one "$name"; done
  wait
}

stop() {
  local pid _
  pid=$(cat $run/dundun-run.pid 2>/dev/null) && kill -TERM -- "-$pid" 2>/dev/null || return 0
  for _ in $(seq 150); do
    kill -0 -- "-$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL -- "-$pid" 2>/dev/null || true
}

case ${1:-} in
  --stop) stop ;;
  --restart)
    stop
    mkdir -p $run
    setsid "$0" >>$run/dundun-run.log 2>&1 </dev/null 3>&- & # 3: debconf waits for its end
    ;;
  '') foreground ;;
  *) echo "usage: dundun-run [--restart|--stop]" >&2; exit 2 ;;
esac
