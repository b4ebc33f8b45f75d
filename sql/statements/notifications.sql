-- name: notifications_page
-- $1 account, $2 environment, $3 older than this id, $4 only unread ones, $5 limit, $6 offset.
-- Newest first.
select notification_id, type, title, body, link, created_at, read_at
from notifications
where account_id = $1::bigint and environment = $2::smallint and notification_id < $3::bigint
  and (not $4::boolean or read_at is null)
order by notification_id desc
limit $5::bigint offset $6::bigint;

-- name: notifications_count
-- $1 account, $2 environment: all, and the unread ones.
select count(*) as total, count(*) filter (where read_at is null) as unread
from notifications
where account_id = $1::bigint and environment = $2::smallint;

-- name: notifications_unread
-- $1 account, $2 environment.
select count(*)
from notifications
where account_id = $1::bigint and environment = $2::smallint and read_at is null;

-- name: notification_read
-- $1 account, $2 environment, $3 id. The first reading counts; columns as in notifications_page.
update notifications
set read_at = coalesce(read_at, clock_timestamp())
where account_id = $1::bigint and environment = $2::smallint and notification_id = $3::bigint
returning notification_id, type, title, body, link, created_at, read_at;

-- name: notifications_read_all
-- $1 account, $2 environment.
update notifications
set read_at = clock_timestamp()
where account_id = $1::bigint and environment = $2::smallint and read_at is null;
