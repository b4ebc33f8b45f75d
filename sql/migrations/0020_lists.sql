-- Lists of what failed, however rare that is. An index on the status itself would take HOT from every
-- update; in this one only messages that fail are entered, and no other update touches it.
create index messages_failed on messages (account_id, message_id) where failed_at is not null;

-- Rollup rows of days gone by are added up into shard -1, which no journal writer has: a list of two
-- years reads a row a day, not up to sixteen. This finds what is still apart.
create index message_daily_apart on message_daily (day) where shard >= 0;
