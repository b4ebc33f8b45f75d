-- What a route's carrier takes, in segments a second of all hosts together; null: no limit.
alter table routes add column segments_per_s int check (segments_per_s > 0);
