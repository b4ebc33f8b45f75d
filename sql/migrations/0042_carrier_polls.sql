-- Carriers whose reports and texts are fetched because they cannot call us. A carrier gives each
-- only once: `asking_since` says that it may have given some that we do not have.
create table carrier_polls (
  carrier text not null,
  what text not null check (what in ('dlr', 'mo')),
  due_at timestamptz not null,
  leased_until timestamptz,                      -- a scheduler asks now
  asking_since timestamptz,                      -- null: all that was given is on record
  again_from timestamptz,                        -- from when on the carrier's log is to be read
  primary key (carrier, what)
);
