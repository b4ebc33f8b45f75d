-- From the rollup only: the cost is in days, not in messages.

-- name: message_day_totals
-- $1 account, $2 environments, $3 first day, $4 day after the last: days since $3 and counts by
-- status in the order of their numbers, the latest day first.
select day - $3::date, sum(scheduled)::bigint, sum(queued)::bigint, sum(submitted)::bigint,
       sum(sent)::bigint, sum(delivered)::bigint, sum(failed)::bigint, sum(retrying)::bigint,
       sum(cancelled)::bigint, sum(expired)::bigint
from message_daily
where account_id = $1::bigint and environment = any ($2::smallint[])
  and day >= $3::date and day < $4::date
group by day
order by day desc;

-- name: message_days
-- $1 account, $2 environment, $3 first day, $4 day after the last: days since $3, delivered,
-- failed, pending, sent (all but scheduled and cancelled).
select day - $3::date, sum(delivered)::bigint, sum(failed + expired)::bigint,
       sum(scheduled + queued + submitted + sent + retrying)::bigint,
       sum(delivered + failed + expired + queued + submitted + sent + retrying)::bigint
from message_daily
where account_id = $1::bigint and environment = $2::smallint
  and day >= $3::date and day < $4::date
group by day
order by day;
