-- The audit is append-only, and each row seals all before it.

alter table audit
  add column place bigint unique,
  add column hash  bytea;

comment on column audit.place is 'Its place in the chain, in the order in which the acts were committed; no place is ever left out';
comment on column audit.hash is 'SHA-256 over the hash of the place before and this row''s own content';

create table audit_head (
  single  boolean primary key default true check (single),
  place   bigint  not null,
  hash    bytea   not null,
  told_on date,                                  -- the UTC day for which the head was last logged and mailed
  mail_to text    not null default ''            -- who gets the head by mail each day; empty for nobody
);
comment on table audit_head is 'The newest sealed row of the audit: what every act locks last, for as long as its commit takes';
insert into audit_head (place, hash) values (0, decode(repeat('00', 32), 'hex'));

-- A field of the content: its length in bytes, so that no two contents can be written alike.
create function audit_field(value text) returns bytea language sql immutable as $$
  select convert_to(octet_length(convert_to(value, 'UTF8')) || ':' || value || ',', 'UTF8')
$$;

-- What the program works out as well when it verifies; the order of the fields never changes.
create function audit_hash(before bytea, place bigint, entry audit) returns bytea language sql stable as $$
  select sha256(before || audit_field(place::text) || audit_field((extract(epoch from entry.at) * 1000000)::bigint::text)
                || audit_field(entry.actor) || audit_field(entry.verb) || audit_field(entry.target) || audit_field(entry.reason)
                || audit_field(coalesce(entry.details::text, '')))
$$;

-- The first thing of a commit, and so the last of an act: acts wait for each other only here.
create function audit_seal() returns trigger language plpgsql as $$
declare
  head audit_head;
  sealed bytea;
begin
  select * into head from audit_head for update;
     update audit set place = head.place + 1, hash = audit_hash(head.hash, head.place + 1, audit.*)
      where id = new.id
  returning hash into sealed;
  update audit_head set place = head.place + 1, hash = sealed;
  return null;
end $$;

create function audit_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    new.place := null;
    new.hash := null;
    return new;
  end if;
  if tg_op = 'UPDATE' and old.place is null and new.place is not null
     and (old.id, old.at, old.actor, old.verb, old.target, old.reason) = (new.id, new.at, new.actor, new.verb, new.target, new.reason)
     and old.details is not distinct from new.details then
    return new;
  end if;
  raise exception 'A row of the audit is never changed or removed.' using errcode = 'restrict_violation';
end $$;

-- What stands there already is sealed in the order in which it was written.
do $$
declare
  entry audit;
  head audit_head;
begin
  select * into head from audit_head;
  for entry in select * from audit order by id loop
    head.place := head.place + 1;
    head.hash := audit_hash(head.hash, head.place, entry);
    update audit set place = head.place, hash = head.hash where id = entry.id;
  end loop;
  update audit_head set place = head.place, hash = head.hash;
end $$;

create trigger audit_guard before insert or update or delete on audit for each row execute function audit_guard();
create trigger audit_kept before truncate on audit for each statement execute function audit_guard();
create constraint trigger audit_seal after insert on audit deferrable initially deferred for each row execute function audit_seal();
