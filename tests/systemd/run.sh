#!/usr/bin/env bash
# make test-systemd: a Debian 12 that boots with systemd (systemd-nspawn), the packages of build/deb
# in it: the units for real, an upgrade and restarts under load, a certificate by certbot from an
# authority of its own (Pebble). Needs root, and the Debian mirror (MIRROR). The clean root is kept
# as build/packages/systemd.tar. LIMIT: seconds that the booted host may take (600).
set -euo pipefail
cd "$(dirname "$0")/../.."
base=build/packages/systemd.tar
[ "$(id -u)" = 0 ] || { echo "make test-systemd needs root." >&2; exit 1; }
mkdir -p build/packages
if [ ! -s $base ]; then
  echo "-- a clean root"
  mmdebstrap --quiet --variant=apt \
    --include=ca-certificates,postgresql,redis-server,nginx,systemd-sysv,dbus,certbot,pebble,curl \
    bookworm ${base%.tar}.new.tar "${MIRROR:-http://deb.debian.org/debian}"
  mv ${base%.tar}.new.tar $base
fi
root=$(mktemp -d /var/tmp/dundun-systemd.XXXXXX)
# What nspawn mounts is its own namespace's; what is left is files.
trap 'rm -rf --one-file-system "$root"' EXIT
tar -xf $base -C "$root"
mkdir "$root/packages"
cp build/deb/*.deb tests/systemd/inside.sh "$root/packages"

# What the packages need is fetched first: the booted host has no network but itself.
cp /etc/resolv.conf "$root/etc/resolv.conf"
unshare --mount --pid --fork --kill-child bash -c '
  mount -t proc proc "$1/proc"
  mount --rbind /dev "$1/dev"
  exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive sh -c "
    apt-get update -qq && apt-get install -qq -y --no-install-recommends --download-only \
      /packages/dundun_*.deb"' - "$root" >"$root/packages/fetched" 2>&1 ||
  { tail -n 20 "$root/packages/fetched" >&2; exit 1; }

cat >"$root/etc/systemd/system/dundun-test.service" <<'UNIT'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=bash /packages/inside.sh
StandardOutput=append:/packages/said
StandardError=inherit
ExecStopPost=sh -c 'echo $EXIT_STATUS >/packages/status'
ExecStopPost=systemctl --no-block poweroff
UNIT
mkdir -p "$root/etc/systemd/system/graphical.target.wants"
ln -s ../dundun-test.service "$root/etc/systemd/system/graphical.target.wants/"
echo "-- boot"
touch "$root/packages/said"
tail -n +1 -f "$root/packages/said" &
tail=$!
began=$SECONDS
timeout -k 10 "${LIMIT:-600}" systemd-nspawn --register=no --keep-unit --quiet --boot --private-network \
  --machine="dundun-test-$$" -D "$root" >build/packages/boot.log 2>&1 </dev/null || true
sleep 1
kill $tail
[ "$(cat "$root/packages/status" 2>/dev/null)" = 0 ] ||
  { echo "systemd: failed; build/packages/boot.log has the boot" >&2; exit 1; }
echo "-- systemd: clean, in $((SECONDS - began)) s"
