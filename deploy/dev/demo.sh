#!/usr/bin/env bash
# Demo data: reference tables, three accounts with wallets, four keys. Prints the keys as shell
# assignments; only their SHA-256 is stored. Usage: demo.sh DATABASE_URL
set -euo pipefail
url=$1
cd "$(dirname "$0")"

new_key() { # PREFIX: 32 lower-case alphanumerics after it
  local letters
  letters=$(openssl rand -base64 96 | tr -dc 'a-z0-9' | head -c 32)
  echo "$1$letters"
}
hash() { printf %s "$1" | sha256sum | cut -d' ' -f1; }

live=$(new_key esms_live_)
test=$(new_key esms_test_)
poor=$(new_key esms_live_)
query=$(new_key esms_live_)
phone=$(new_key phone_)

psql -X -q -v ON_ERROR_STOP=1 -1 "$url" -f coverage.sql >/dev/null
psql -X -q -v ON_ERROR_STOP=1 -1 "$url" >/dev/null <<SQL
create temp table opening (name text, environment smallint, balance bigint);
insert into opening values ('Kijani Tours', 0, 1000000000000), ('Kijani Tours', 1, 100000000000),
  ('Two Messages Ltd', 0, 2400000), ('Two Messages Ltd', 1, 0);
insert into accounts (name, currency) values ('Kijani Tours', 'KES'), ('Two Messages Ltd', 'KES');
insert into wallets (account_id, environment, currency, balance_micros, seq)
select a.account_id, o.environment, 'KES', o.balance, case when o.balance > 0 then 1 else 0 end
from opening o join accounts a using (name);
insert into ledger_entries (account_id, environment, seq, type, amount_micros,
                            balance_after_micros, description)
select a.account_id, o.environment, 1, 1, o.balance, o.balance, 'Opening balance'
from opening o join accounts a using (name) where o.balance > 0;
insert into sender_ids (account_id, name, countries, status)
select account_id, 'Kijani', '{KE,UG,TZ}', 2 from accounts where name = 'Kijani Tours';
insert into api_keys (key_hash, account_id, environment, name, prefix, scopes, rate_limit_per_s)
select decode(k.hash, 'hex'), a.account_id, k.environment, k.label, k.prefix, k.scopes, 1000
from (values
  ('$(hash "$live")', 'Kijani Tours', 0::smallint, 'demo live', 'esms_live_****${live: -4}',
   '{send,query,webhooks}'::text[]),
  ('$(hash "$test")', 'Kijani Tours', 1::smallint, 'demo test', 'esms_test_****${test: -4}',
   '{send,query,webhooks}'),
  ('$(hash "$query")', 'Kijani Tours', 0::smallint, 'demo query', 'esms_live_****${query: -4}',
   '{query}'),
  ('$(hash "$poor")', 'Two Messages Ltd', 0::smallint, 'demo poor', 'esms_live_****${poor: -4}',
   '{send,query,webhooks}')
) as k (hash, account, environment, label, prefix, scopes)
join accounts a on a.name = k.account;
insert into carriers (carrier, secret_hashes)
values ('loopback', array[decode('$(hash "$phone")', 'hex')]);
insert into inbound_numbers (number, country, keyword, account_id, carrier, auto_reply)
select v.number, 'KE', v.keyword, a.account_id, 'loopback', v.auto_reply
from (values ('20880', '', 'Kijani Tours', 'Karibu! A guide will answer you soon.'),
             ('21555', 'kijani', 'Kijani Tours', null),
             ('21555', 'two', 'Two Messages Ltd', null)) as v (number, keyword, name, auto_reply)
join accounts a using (name);
-- Numbers to send from in the second dialect, one for each environment.
insert into inbound_numbers (number, country, keyword, account_id, environment, carrier)
select v.number, '', '', a.account_id, v.environment, 'loopback'
from (values ('+254711082300', 0::smallint), ('+254711082301', 1::smallint))
       as v (number, environment)
join accounts a on a.name = 'Kijani Tours';
update config_version set version = version + 1;
SQL

echo "API_KEY=$live"
echo "TEST_KEY=$test"
echo "POOR_KEY=$poor"
echo "QUERY_KEY=$query"
echo "LOOPBACK_SECRET=$phone"
echo "FROM_NUMBER=+254711082300"
echo "TEST_FROM_NUMBER=+254711082301"
