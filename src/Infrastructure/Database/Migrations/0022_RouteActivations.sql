-- Drafts of routing, and every version of routing that was in force.

create table route_draft (
  id           bigint generated always as identity primary key,
  name         text        not null check (name <> ''),
  is_shared    boolean     not null default true,  -- others may change it, too
  made_by      text        not null,
  made_at      timestamptz not null default now(),
  changed_by   text        not null,
  changed_at   timestamptz not null default now(),
  row_version  bigint      not null default 1,     -- who saves names the one they have read; each save raises it
  base_version bigint      not null,               -- of the configuration it was made from
  base         jsonb       not null,               -- sites, post offices and address spaces as they were then
  content      jsonb       not null                -- as they shall be
);
create unique index route_draft_name on route_draft (upper(name));

create table route_activation (
  version      bigint      primary key,            -- of the configuration
  at           timestamptz not null default now(),
  actor        text        not null,
  reason       text        not null default '',
  source       text        not null check (source in ('start', 'draft', 'return', 'configuration')),
  draft        text        not null default '',    -- its name
  returns_to   bigint,                             -- the version whose routing came back
  content      jsonb       not null,
  changes      text[]      not null default '{}',  -- a line each
  audit_id     bigint,
  followed_at  timestamptz,                        -- all that waited by then has been looked through
  operations   bigint[]    not null default '{}'   -- what moved, held and released waiting mail for it
);
create index route_activation_unfollowed on route_activation (version) where followed_at is null;

comment on table route_activation is 'Versions of routing, newest last; source start is what was in force before the first one';
comment on column delivery.route_version is 'The version of the configuration it was routed by; below 0 where an operator named its connector, which later versions leave alone';
