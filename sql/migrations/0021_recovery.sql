-- How often in a row a claim was recovered while none of its messages moved on, and how many were
-- open then: an interrupted submit counts as unknown when nothing moves any more, not when processes
-- die often.
alter table claims
  add column stalled smallint not null default 0,
  add column open int;                           -- null: never recovered
