-- The audit log as evidence: the lines of an account are a chain. Each bears the SHA-256 of the line
-- before it and of its own fields, so that a line that was changed, taken out or put in shows
-- (dundunctl audit verify). The database makes the hash, whoever writes the line.

create table audit_chains (
  account_id bigint primary key,                 -- 0: the platform
  seq bigint not null default 0,                 -- of the last line
  hash bytea not null default decode(repeat('00', 32), 'hex'),       -- of the last line
  base_seq bigint not null default 0,            -- of the last line that retention removed
  base_hash bytea not null default decode(repeat('00', 32), 'hex')   -- of that line
);

alter table audit_log add column seq bigint, add column hash bytea;

create function audit_field(value text) returns bytea
language sql stable strict parallel safe as $$
  select int4send(octet_length(convert_to(value, 'UTF8'))) || convert_to(value, 'UTF8')
$$;

-- SHA-256 over the hash before (32 bytes) and each field: its length in bytes (4, big-endian), then
-- its UTF-8. Time in microseconds since 1970, in decimal digits like the other numbers.
create function audit_line_hash(before bytea, line audit_log) returns bytea
language sql stable parallel safe as $$
  select sha256(before
    || audit_field(line.account_id::text) || audit_field(line.seq::text)
    || audit_field((extract(epoch from line.at) * 1000000)::bigint::text)
    || audit_field(line.actor_kind) || audit_field(line.actor_id::text)
    || audit_field(line.actor) || audit_field(line.address) || audit_field(line.action)
    || audit_field(line.subject) || audit_field(line.detail))
$$;

-- Whoever adds a line to a chain holds its row until the commit: the lines of one account wait for
-- one another, and nothing else does.
create function chain_audit_line() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  last audit_chains;
begin
  insert into audit_chains (account_id) values (new.account_id) on conflict do nothing;
  select * into last from audit_chains where account_id = new.account_id for update;
  new.seq := last.seq + 1;
  new.hash := audit_line_hash(last.hash, new);
  update audit_chains set seq = new.seq, hash = new.hash where account_id = new.account_id;
  return new;
end
$$;

-- What was written before there was a chain, in its order.
do $$
declare
  line audit_log;
  last audit_chains;
begin
  for line in select * from audit_log order by account_id, audit_id loop
    insert into audit_chains (account_id) values (line.account_id) on conflict do nothing;
    select * into last from audit_chains where account_id = line.account_id;
    line.seq := last.seq + 1;
    line.hash := audit_line_hash(last.hash, line);
    update audit_log set seq = line.seq, hash = line.hash
    where account_id = line.account_id and audit_id = line.audit_id;
    update audit_chains set seq = line.seq, hash = line.hash where account_id = line.account_id;
  end loop;
end
$$;
alter table audit_log alter column seq set not null, alter column hash set not null;
create unique index audit_log_chain on audit_log (account_id, seq);
create index audit_log_by_time on audit_log (at);

create trigger audit_log_chain before insert on audit_log
for each row execute function chain_audit_line();

-- Removes lines older than `before`, at most so many a chain, from its beginning: what is left still
-- follows from base_hash. How many.
create function forget_audit(before timestamptz, most bigint) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  account bigint;
  chain audit_chains;
  stop bigint;
  base bytea;
  removed bigint;
  sum bigint := 0;
begin
  for account in
    select distinct x.account_id
    from (select l.account_id from audit_log l where l.at < before order by l.at limit most) x
    order by x.account_id
  loop
    select * into chain from audit_chains c where c.account_id = account for update;
    stop := coalesce((select l.seq - 1 from audit_log l
                      where l.account_id = account and l.at >= before order by l.seq limit 1),
                     chain.seq);
    stop := least(stop, chain.base_seq + most);
    continue when stop <= chain.base_seq;
    select l.hash into base from audit_log l where l.account_id = account and l.seq = stop;
    continue when base is null;  -- broken: evidence of that stays
    delete from audit_log l where l.account_id = account and l.seq <= stop;
    get diagnostics removed = row_count;
    update audit_chains c set base_seq = stop, base_hash = base where c.account_id = account;
    sum := sum + removed;
  end loop;
  return sum;
end
$$;
