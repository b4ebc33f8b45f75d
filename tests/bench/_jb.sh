set -u
source "$(dirname "$0")/servers.sh"
psql -q "$DATABASE_URL" -c "select setval(pg_get_serial_sequence('accounts','account_id'), 1000)"
for i in 1 2 3; do
 for w in /tmp/bench_journal_before $bin/bench_journal; do
  redis-cli -s $work/redis.sock config resetstat >/dev/null
  echo -n "$(basename $w) "; $w "$DATABASE_URL" "$REDIS_URL" 100000 256
  redis-cli -s $work/redis.sock info commandstats | grep -i 'eval\|publish\|xadd'
 done
done
redis-cli -s $work/redis.sock info memory | grep used_memory_human
