-- What people of an account are told.
create sequence notification_ids;

create table notifications (
  account_id bigint not null,
  notification_id bigint not null,
  environment smallint not null,
  type text not null,                            -- low_balance, campaign_finished …
  title text not null,
  body text not null,
  link text not null,                            -- a path of the portal
  dedupe_key text,                               -- one row an account and key
  event_id uuid not null,
  created_at timestamptz not null default clock_timestamp(),
  read_at timestamptz,
  primary key (account_id, notification_id)
);
create unique index notifications_by_key on notifications (account_id, dedupe_key);
create index notifications_by_age on notifications (created_at);
create index notifications_unread on notifications (account_id, environment)
  where read_at is null;
