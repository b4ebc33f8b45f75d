-- The second lock (docs/rights.md).

-- name: restrict_to_account
-- $1 account. tenant: tells PostgreSQL whose rows the rest of the transaction may meet.
select set_config('dundun.account', $1::text, true) as account;
