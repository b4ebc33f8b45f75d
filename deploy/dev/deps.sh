#!/usr/bin/env bash
# Installs the Debian packages that are missing, and starts or enables no service.
# Usage: deps.sh build|test|check|package|container|systemd|failover|bench|fuzz
set -euo pipefail

build=(g++ make pkg-config ccache libfcgi-dev libhiredis-dev libwebsockets-dev
  libwebsockets-evlib-uv libuv1-dev libcsv-dev libpq-dev libcurl4-openssl-dev libssl-dev
  libphonenumber-dev libprotobuf-dev libicu-dev libargon2-dev libcbor-dev rapidjson-dev libgtest-dev nginx
  redis-server postgresql-15
  postgresql-client-15 kannel openssl curl perl-base util-linux procps)
# Of what comes from npm (deploy/dev/npm.sh); a node from elsewhere brings its own npm.
node=()
command -v node >/dev/null || node+=(nodejs)
command -v npm >/dev/null || node+=(npm)
# Chromium shows the portal, /docs and the documents' examples: its shell without a window, because
# that of the whole browser costs as much again. The interpreters run the snippets of /docs.
# libsmpp34, oathtool and aiosmtpd are others' word on SMPP, one-time codes and mail; cbor2 and
# cryptography on passkeys. pgBackRest restores a database and HAProxy leads to a Redis, by the
# shipped configuration.
test=(chromium-headless-shell python3-httpx php-cli libsmpp34-dev oathtool python3-aiosmtpd
  python3-cbor2 python3-cryptography pgbackrest haproxy "${node[@]}")
case ${1:-build} in
  build) wanted=("${build[@]}" "${node[@]}") ;; # the portal is made with node
  test) wanted=("${build[@]}" "${test[@]}") ;;
  check) wanted=("${build[@]}" clang-format shellcheck python3 git systemd binutils prometheus "${node[@]}") ;;
  package) wanted=("${build[@]}" debhelper lintian mmdebstrap systemd "${node[@]}") ;;
  container) wanted=("${build[@]}" podman podman-compose runc netavark aardvark-dns iptables mmdebstrap
    oathtool) ;;
  systemd) wanted=("${build[@]}" systemd-container mmdebstrap "${node[@]}") ;;
  failover) wanted=("${build[@]}" patroni etcd-server python3-etcd iproute2 openssl) ;;
  bench) wanted=("${build[@]}" wrk bc libnginx-mod-nchan nodejs) ;;
  # Not 14, the default: it does not read std::ranges::subrange of libstdc++ 12.
  fuzz) wanted=("${build[@]}" clang-16 libclang-rt-16-dev) ;;
  *) echo "usage: deps.sh build|test|check|package|container|systemd|failover|bench|fuzz" >&2; exit 2 ;;
esac

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
    missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || {
    echo "Missing packages: ${missing[*]}" >&2
    echo "What to do: run this as root, or install sudo." >&2
    exit 1
  }
  as_root=(sudo)
fi
echo "Installing: ${missing[*]}"

# While packages are installed, policy-rc.d forbids their scripts to start anything, and no
# PostgreSQL cluster is made for the system.
policy=/usr/sbin/policy-rc.d
saved=$(mktemp)
had_policy=no
if [ -e $policy ]; then had_policy=yes; cp -p $policy "$saved"; fi
restore() {
  if [ $had_policy = yes ]; then
    "${as_root[@]}" cp -p "$saved" $policy
  else
    "${as_root[@]}" rm -f $policy
  fi
  rm -f "$saved"
}
trap restore EXIT
printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
"${as_root[@]}" chmod 755 $policy
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
  "${as_root[@]}" mkdir -p /etc/postgresql-common
  echo 'create_main_cluster = false' |
    "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
fi

"${as_root[@]}" apt-get update -qq || { echo "What to do: check the network and apt's sources." >&2; exit 1; }
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
  --no-install-recommends -o Dpkg::Options::=--force-confold "${missing[@]}" >/dev/null || {
  echo "Failed: apt-get could not install: ${missing[*]}" >&2
  exit 1
}
# Debian enables a service on installation; those that came just now are not wanted by the machine.
if command -v systemctl >/dev/null; then
  for package in "${missing[@]}"; do
    case $package in
      nginx | redis-server | kannel | prometheus | haproxy) "${as_root[@]}" systemctl disable "$package" >/dev/null 2>&1 || true ;;
      postgresql-15) "${as_root[@]}" systemctl disable postgresql >/dev/null 2>&1 || true ;;
    esac
  done
fi
