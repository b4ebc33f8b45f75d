-- From the rollup only: the cost is in days, not in messages.

-- name: message_day_totals
-- $1 account, $2 environments, $3 first day, $4 day after the last, $5 status or null for all: days
-- since $3, a part of that day's count (they add up), and whether it is of those environments, the
-- latest day first. Not summed here: that costs more than the rows do, in numeric as sum(bigint) is.
select day - $3::date as day_number, matches, asked
from (select day, environment = any ($2::smallint[]) as asked,
             case $5::smallint
               when 1 then scheduled
               when 2 then queued
               when 3 then submitted
               when 4 then sent
               when 5 then delivered
               when 6 then failed
               when 7 then retrying
               when 8 then cancelled
               when 9 then expired
               else scheduled + queued + submitted + sent + delivered + failed + retrying + cancelled
                    + expired
             end as matches
      from message_daily
      where account_id = $1::bigint and day >= $3::date and day < $4::date) as counts
where matches <> 0
order by day desc;

-- name: message_days
-- $1 account, $2 environment, $3 first day, $4 day after the last: days since $3, delivered,
-- failed, pending, sent (all but scheduled and cancelled).
select day - $3::date as day_number, sum(delivered)::bigint as delivered,
       sum(failed + expired)::bigint as failed,
       sum(scheduled + queued + submitted + sent + retrying)::bigint as open,
       sum(delivered + failed + expired + queued + submitted + sent + retrying)::bigint as total
from message_daily
where account_id = $1::bigint and environment = $2::smallint
  and day >= $3::date and day < $4::date
group by day
order by day;

-- name: message_failures
-- $1 account, $2 environment, $3 first id, $4 how many of the newest failures are looked at at most:
-- error code, the carrier's own code, country, how many of them, the newest one and when it failed;
-- what happened most comes first.
select coalesce(error_code, '') as error_code, carrier_error_code, country, count(*) as messages,
       max(message_id::text)::uuid as last_message_id,
       max(failed_at) as failed_at
from (select error_code, carrier_error_code, country, message_id, failed_at
      from messages
      where account_id = $1::bigint and environment = $2::smallint and failed_at is not null
        and message_id >= $3::uuid
      order by message_id desc
      limit $4::bigint) as newest
group by 1, 2, 3
order by 4 desc, 5 desc
limit 100;
