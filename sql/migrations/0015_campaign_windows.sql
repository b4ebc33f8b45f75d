-- When a campaign may leave: between two times of day, and never after a last moment.
alter table batches
  add column window_opens smallint,              -- minutes after local midnight
  add column window_closes smallint,
  add column window_zone text,                   -- as asked for; null: that of each recipient's country
  add column not_after timestamptz;              -- what is not made by then is refunded

-- By which clocks, for each of `countries`; empty without a window. Like all of the plan it is frozen:
-- the order of the zones is that in which the campaign goes through its lists.
alter table batch_plans add column zones text[] not null default '{}';
