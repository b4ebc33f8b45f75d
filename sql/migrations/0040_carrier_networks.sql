-- From where a carrier calls, as api_keys.allowed_addresses has it.
alter table carriers
  add column allowed_addresses text[] not null default '{}';  -- CIDR; empty: from everywhere
