-- Texts that came while RingCentral could not tell us are asked for.
alter table rc_connections
  -- What was written until then is here.
  add column texts_until timestamptz not null default clock_timestamp(),
  add column texts_asked_at timestamptz;         -- null: to be asked at once
