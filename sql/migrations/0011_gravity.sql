-- The second dialect: its keys count requests by the minute.
alter table api_keys add column rate_window_s int not null default 1 check (rate_window_s > 0);

-- An app and its key.
create index api_keys_by_app on api_keys (account_id, app_id) where app_id is not null;
