-- name: account_name
-- $1 account.
select name from accounts where account_id = $1::bigint;

-- name: wallet_by_key
-- $1 account, $2 environment.
select balance_micros, currency, seq
from wallets
where account_id = $1::bigint and environment = $2::smallint
order by seq desc
limit 1;

-- name: ledger_page
-- $1 account, $2 environment, $3 entries with a smaller seq, $4 limit. Newest first.
select seq, type, amount_micros, balance_after_micros, description, batch_id, message_id,
       created_at, fx_rate
from ledger_entries
where account_id = $1::bigint and environment = $2::smallint and seq < $3::bigint
order by seq desc
limit $4::bigint;

-- name: ledger_statement_page
-- $1 account, $2 environment, $3 entries with a smaller seq, $4 … $5 made from (inclusive) to
-- (exclusive), $6 limit. Newest first; the columns of ledger_page.
select seq, type, amount_micros, balance_after_micros, description, batch_id, message_id,
       created_at, fx_rate
from ledger_entries
where account_id = $1::bigint and environment = $2::smallint and seq < $3::bigint
  and created_at >= $4::timestamptz and created_at < $5::timestamptz
order by seq desc
limit $6::bigint;

-- name: workspace_by_id
-- $1 account.
select name, currency, status, refund_on_any_failure, low_balance_micros, created_at,
       second_factor_required
from accounts
where account_id = $1::bigint;

-- name: workspace_change
-- $1 account, $2 name, $3 refund on any failure, $4 low balance or null.
update accounts
set name = $2::text, refund_on_any_failure = $3::boolean, low_balance_micros = $4::bigint
where account_id = $1::bigint;

-- name: workspace_for_update
-- $1 account.
select name, refund_on_any_failure, low_balance_micros
from accounts
where account_id = $1::bigint
for update;
