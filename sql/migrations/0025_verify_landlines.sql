-- Codes to numbers that the plan calls landlines, which mostly get no texts.
alter table verify_apps add column landlines boolean not null default false;
