#!/usr/bin/env bash
# make deb: lays out what goes into the packages, and builds them, in build/deb.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$(cat VERSION)
mode=${MODE:-release}
bin=build/$mode/bin
out=build/deb
stage=$out/dundun-$version
[ -f build/portal/index.html ] || { echo "There is no portal: make portal MODE=release" >&2; exit 1; }
rm -rf $out
mkdir -p "$stage"/{bin,sql,nginx,units,man,docs,kannel,prometheus,grafana,pgbackrest,failover}
cp $bin/{account,admin,bulk,carrier,contacts,gravity,inbound,messages,routes,session,verify,webhooks} \
  $bin/{scheduler,reconcile,ws-bridge,dundunctl,smpp-guard} "$stage/bin"
cp -r sql/migrations sql/migrate.sh sql/plan.sh sql/grants.sql "$stage/sql"
cp -r nginx/{nginx,api,fastcgi,headers}.conf nginx/tls "$stage/nginx"
cp nginx/limits.conf deploy/dev/coverage.sql deploy/dev/pool.pl build/$mode/openapi.json CHANGELOG.md \
  "$stage"
mkdir "$stage/portal"
cp -r portal/docs portal/live-events.js "$stage/portal"
chmod 755 "$stage"/portal/docs/clients/*.sh
cp -r build/portal "$stage/site"
cp -r deploy/systemd/dundun* "$stage/units"
cp deploy/kannel/* "$stage/kannel"
cp deploy/prometheus/* "$stage/prometheus"
cp deploy/grafana/* "$stage/grafana"
cp deploy/pgbackrest/* "$stage/pgbackrest"
cp deploy/failover/* "$stage/failover"
cp deploy/debian/man/* "$stage/man"
cp deploy/*.md "$stage/docs"
cp deploy/package/dundun-setup.sh "$stage/dundun-setup"
cp deploy/package/dundun-run.sh "$stage/dundun-run"
deploy/dev/sbom.py $bin account admin bulk carrier contacts gravity inbound messages routes session \
  verify webhooks scheduler reconcile ws-bridge dundunctl smpp-guard >"$stage/sbom.json"

cp -r deploy/debian "$stage/debian"
rm -r "$stage/debian/man"
cp deploy/systemd/sysusers.conf "$stage/debian/dundun.sysusers"
cp deploy/systemd/tmpfiles.conf "$stage/debian/dundun.tmpfiles"
cp deploy/cron/dundun "$stage/debian/dundun.cron.d"
# The time is the commit's, so that the same sources make the same packages.
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
cat >"$stage/debian/changelog" <<TEXT
dundun ($version) unstable; urgency=medium

  * Release $version: /usr/share/doc/dundun/changelog.gz says what is new.

 -- Dundun developers <packages@dundun.example>  $(date -R -u -d "@$SOURCE_DATE_EPOCH")
TEXT
(cd "$stage" && dpkg-buildpackage -b -us -uc -d) >$out/build.log 2>&1 ||
  { tail -n 20 $out/build.log >&2; exit 1; }
cp "$stage/sbom.json" $out
rm -rf "$stage"
(cd $out && sha256sum -- *.deb sbom.json >SHA256SUMS)
ls -l $out/*.deb
