#!/usr/bin/env bash
# For make test-container: makes a Podman of its own in a folder, with nothing of the machine's
# (images, networks, settings, locks), and a time limit for each call: a Podman that waits for a
# lock waits for ever. Usage: podman.sh FOLDER; then FOLDER/bin comes first in PATH.
# LIMIT: seconds that one call may take (120). RUNTIME: another OCI runtime than runc.
set -euo pipefail
home=$1
mkdir -p "$home"/{bin,networks,tmp}
cat >"$home/storage.conf" <<TEXT
[storage]
driver = "overlay"
graphroot = "$home/images"
runroot = "$home/run"
TEXT
# A process without CAP_SYS_RESOURCE may raise no limit, and Podman asks for more than it has.
limit() { # FLAG AT-MOST
  local hard
  hard=$(ulimit -H "$1")
  if [ "$hard" = unlimited ] || [ "$hard" -gt "$2" ]; then hard=$2; fi
  echo "$hard:$hard"
}
# Neither systemd's cgroups nor its journal: they may not be there.
cat >"$home/containers.conf" <<TEXT
[containers]
default_ulimits = ["nofile=$(limit -n 16384)", "nproc=$(limit -u 8192)"]
log_driver = "k8s-file"
[engine]
runtime = "${RUNTIME:-runc}"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "$home/tmp"
[network]
network_config_dir = "$home/networks"
TEXT
cat >"$home/bin/podman" <<TEXT
#!/bin/sh
export CONTAINERS_CONF=$home/containers.conf CONTAINERS_STORAGE_CONF=$home/storage.conf
exec timeout -k 5 "\${LIMIT:-120}" $(command -v podman) "\$@"
TEXT
chmod 755 "$home/bin/podman"
