-- RingCentral limits by user and application: after its 429 nothing of this user is asked until then,
-- because asking within the penalty begins it anew.
alter table rc_connections
  add column held_until timestamptz,
  -- When its subscription was last seen to be active. RingCentral suspends one whose notifications
  -- it could not bring.
  add column subscription_seen_at timestamptz;

-- opt_outs.source: 3, a carrier's own list.
comment on column opt_outs.source is '1 a text that came in, 2 the API, 3 a carrier';
