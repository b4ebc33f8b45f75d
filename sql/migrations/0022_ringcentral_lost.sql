-- When RingCentral refused the authorization, and whether the tenant is still to be told.
alter table rc_connections
  add column lost_at timestamptz,
  add column notice_due boolean not null default false;
create index rc_connections_notice on rc_connections (account_id) where notice_due;
