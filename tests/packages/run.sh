#!/usr/bin/env bash
# make test-packages: the packages of build/deb in a clean Debian 12, from `apt install` to a delivered
# message and to the purge. Needs root (a chroot, namespaces of its own), and the Debian mirror.
# MIRROR names another one. The clean root is kept as build/packages/base.tar.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=build/packages
mirror=${MIRROR:-http://deb.debian.org/debian}
[ "$(id -u)" = 0 ] || { echo "make test-packages needs root." >&2; exit 1; }

echo "-- lintian"
lintian --allow-root --fail-on error build/deb/*.deb

mkdir -p $out
if [ ! -s $out/base.tar ]; then
  echo "-- a clean root"
  mmdebstrap --quiet --variant=apt --include=ca-certificates,postgresql,redis-server,nginx bookworm \
    $out/base.new.tar "$mirror"
  mv $out/base.new.tar $out/base.tar
fi
root=$(mktemp -d "$PWD/$out/root.XXXXXX")
# The mounts are the namespace's own; what is left is files.
trap 'rm -rf --one-file-system "$root"' EXIT
tar -xf $out/base.tar -C "$root"
mkdir "$root/packages"
cp build/deb/*.deb tests/packages/inside.sh "$root/packages"
cp /etc/resolv.conf "$root/etc/resolv.conf"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"

in_root() { # NAMESPACES COMMAND…
  local kinds=$1
  shift
  # shellcheck disable=SC2086
  unshare --mount --pid --fork --kill-child $kinds bash -c '
    root=$1
    shift
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs tmpfs "$root/run"
    mkdir -p "$root/run/postgresql" && chmod 1777 "$root/run/postgresql"
    [ "$(id -u)" != 0 ] || ip link set lo up 2>/dev/null || true
    exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb \
      LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"' - "$root" "$@"
}

began=$SECONDS
echo "-- apt install"
in_root '' bash /packages/inside.sh install
echo "-- from apt install on: $((SECONDS - began)) s"
echo "-- without a network but itself"
in_root '--net --uts' bash /packages/inside.sh use
echo "-- packages: clean, in $((SECONDS - began)) s"
