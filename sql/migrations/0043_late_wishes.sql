-- When a STOP or START was written that was fetched, and not brought: it is taken long after that,
-- and what counts between the two is when they were written.
create table late_wishes (
  carrier text not null,
  carrier_message_id text not null,
  written_at timestamptz not null,
  primary key (carrier, carrier_message_id)
);
