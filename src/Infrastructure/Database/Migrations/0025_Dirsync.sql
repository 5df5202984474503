-- Directory synchronisation: partners, what their directories hold, plans of changes, and what was decided about them.

-- A directory of another system with which entries are exchanged.
create table partner (
  id               bigint generated always as identity primary key,
  name             text        not null unique check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  kind             text        not null,                    -- ldap, ccmail, msmail, dirsync, csv
  settings         jsonb       not null default '{}',       -- what its kind needs to reach it
  rules            jsonb       not null default '{}',       -- what is exchanged, whose consent it needs, when it runs
  is_enabled       boolean     not null default true,
  memory           jsonb       not null default '{}',       -- what its reader and writer remember from cycle to cycle
  cycle            bigint      not null default 0,          -- number of the last cycle that began
  cycle_began_at   timestamptz,
  cycle_ended_at   timestamptz,
  cycle_fault      text        not null default '',         -- why the last cycle came to nothing; empty when it did not
  cycle_progress   text        not null default '',         -- what the running cycle does; empty when none runs
  last_complete_at timestamptz,                             -- when a cycle last read everything and found it as it should be
  run_wanted_at    timestamptz,                             -- somebody pressed Run now
  run_is_dry       boolean     not null default false,
  created_at       timestamptz not null default now(),
  version          bigint      not null default 1           -- of settings and rules; two editors never overwrite each other
);

-- Entries get what synchronisation must know of them. Those without a partner are our own.
alter table entry
  add column partner_id      bigint references partner,     -- who gave it
  add column source_identity text    not null default '' collate "C", -- what the giver knows it by
  add column source          text    not null default '',   -- where it stood in what was read
  add column row_values     text    not null default '',   -- as RowValues writes them
  add column is_hidden       boolean not null default false,
  add column trust           int     not null default 0 check (trust between 0 and 100),
  add column container       text    not null default '',
  add column changed_at      timestamptz not null default now();
create unique index entry_source on entry (partner_id, source_identity) where partner_id is not null;

-- Which partner owns a home or a single address, whoever tells us of it. No row: our own when a site has the home, nobody's otherwise.
create table address_owner (
  kind       text   not null check (kind in ('home', 'address')),
  key        text   not null collate "C",
  partner_id bigint references partner on delete cascade, -- null: ours
  primary key (kind, key)
);

-- What a partner's directory holds, as it was last read back or, where it cannot be read, as it was last written.
create table held_row (
  partner_id  bigint   not null references partner on delete cascade,
  is_ours     boolean  not null,              -- we put it there and answer for it
  identity    text     not null collate "C",
  key         bytea    not null,
  name        text     not null,
  address     text     not null,
  address_key text     not null collate "C",
  kind        smallint not null,              -- RowKind
  row_values text     not null,
  place       text     not null default '',   -- where it stands there, for partners that need it to write: a distinguished name
  primary key (partner_id, is_ours, identity)
);
create index held_row_key on held_row (partner_id, key);

-- A proposed set of changes of one directory.
create table plan (
  id              bigint generated always as identity primary key,
  partner_id      bigint      not null references partner on delete cascade,
  direction       text        not null check (direction in ('in', 'out')),   -- in: our directory changes; out: the partner's does
  cycle           bigint      not null,
  state           text        not null check (state in ('making', 'waiting', 'approved', 'applying', 'applied', 'rejected', 'superseded', 'failed')),
  hash            text        not null default '',                           -- PlanHash
  made_at         timestamptz not null default now(),
  read_rows       bigint      not null default 0,                            -- rows of the source
  held_rows       bigint      not null default 0,                            -- rows of ours that the directory held
  counts          bigint[]    not null default '{0,0,0,0,0,0}',              -- by ChangeClass
  is_complete     boolean     not null default true,                         -- the source was read to its end
  needed          text[]      not null default '{}',                         -- ApprovalMode by ChangeClass, delete to add
  thresholds      jsonb       not null default '[]',                         -- [{"class":0|null,"number":25|null,"percent":2|null,"count":37,"held":1284,"isOver":true,"sentence":"..."}]
  notes           text[]      not null default '{}',                         -- sentences about what was read
  postponed_until timestamptz,
  approved_hash   text,                                                      -- the fingerprint that was approved as a whole, when it was
  apply_began_at  timestamptz,
  apply_ended_at  timestamptz,
  fault           text        not null default '',
  author          text,                                                      -- who made it by hand (a revert, a template); null for a cycle
  reverts_id      bigint references plan                                     -- the plan that this one takes back
);
create unique index plan_open on plan (partner_id, direction) where state in ('making', 'waiting', 'approved', 'applying');
create index plan_made on plan (made_at desc, id desc);

create table plan_row (
  plan_id            bigint   not null references plan on delete cascade,
  ordinal            int      not null,                -- place in PlanOrder, from 1
  class              smallint not null,                -- ChangeClass
  gone               smallint not null default 0,      -- GoneReason
  takes_held_name    boolean  not null default false,
  identity           text     not null collate "C",
  hash               bytea    not null,                -- ChangeHash
  before_key         bytea,                            -- all before_* are null for an add
  before_name        text,
  before_address     text,
  before_address_key text collate "C",
  before_kind        smallint,
  before_values      text,
  after_key          bytea,                            -- all after_* are null for a delete
  after_name         text,
  after_address      text,
  after_address_key  text collate "C",
  after_kind         smallint,
  after_values       text,
  sides              jsonb,                            -- of a collision: [{"identity","name","address","holds","isOurs"}]
  source             text     not null default '',     -- where the entry stood in what was read: a line, a distinguished name
  why                text     not null default '',     -- the rule behind the new value, in words
  mail               int      not null default 0,      -- queued deliveries that use the address it has before
  verdict            text     not null default 'open' check (verdict in ('open', 'approved', 'rejected')),
  approved_by        text[]   not null default '{}',   -- in the order in which they agreed
  decided_at         timestamptz,
  author             text,                             -- who edited it by hand
  outcome            smallint not null default 0,      -- 0 nothing yet, 1 its delete is done, 2 done, 3 failed, 4 not needed any more
  outcome_text       text     not null default '',
  done_at            timestamptz,
  primary key (plan_id, ordinal)
);
create index plan_row_identity on plan_row (plan_id, identity);

-- Changes that were refused; each is forgotten when a complete cycle does not propose it any more.
create table refused_change (
  partner_id bigint      not null references partner on delete cascade,
  direction  text        not null,
  hash       bytea       not null,
  identity   text        not null collate "C",
  name       text        not null,
  class      smallint    not null,
  actor      text        not null,
  reason     text        not null default '',
  refused_at timestamptz not null default now(),
  primary key (partner_id, direction, hash)
);

-- What was decided about one entry in one directory (RowDecision) and names given by hand.
create table row_decision (
  partner_id  bigint      not null references partner on delete cascade,
  direction   text        not null,
  identity    text        not null collate "C",
  name        text        not null default '',
  row_values text        not null default '',
  is_left_out boolean     not null default false,
  actor       text        not null,
  decided_at  timestamptz not null default now(),
  primary key (partner_id, direction, identity)
);
create table given_name (
  partner_id bigint      not null references partner on delete cascade,
  direction  text        not null,
  key        bytea       not null,
  identity   text        not null collate "C",
  name       text        not null,
  actor      text        not null,
  given_at   timestamptz not null default now(),
  primary key (partner_id, direction, key)
);

-- Addresses of entries that are gone, for the hold-off.
create table former_address (
  address_key  text        not null collate "C" primary key,
  address      text        not null,
  identity     text        not null collate "C",
  is_stable    boolean     not null,
  name         text        not null,
  gone_at      timestamptz not null default now()
);

-- How often in a row an entry was changed (Flapping).
create table flapping (
  partner_id bigint not null references partner on delete cascade,
  direction  text   not null,
  identity   text   not null collate "C",
  name       text   not null,
  last_cycle bigint not null,
  streak     int    not null,
  primary key (partner_id, direction, identity)
);

-- What happened to every entry: one row a change that was applied. Never changed afterwards.
create table entry_change (
  id             bigint generated always as identity primary key,
  at             timestamptz not null default now(),
  partner        text        not null,
  direction      text        not null,
  plan_id        bigint      not null,
  ordinal        int         not null,
  identity       text        not null collate "C",
  entry_id       bigint,                         -- of our directory, when it is there
  class          smallint    not null,
  before_name    text,
  before_address text,
  before_values  text,
  after_name     text,
  after_address  text,
  after_values   text,
  source         text        not null default '',
  why            text        not null default '',
  approved_by    text[]      not null default '{}',
  unique (plan_id, ordinal)
);
create index entry_change_identity on entry_change (identity, at desc);
create index entry_change_entry on entry_change (entry_id, at desc) where entry_id is not null;

-- What a cycle said: faults of entries that were not taken, withheld rows, trouble. Kept for the last cycles of a partner.
create table cycle_note (
  id         bigint generated always as identity primary key,
  partner_id bigint not null references partner on delete cascade,
  cycle      bigint not null,
  at         timestamptz not null default now(),
  kind       text   not null check (kind in ('fault', 'withheld', 'missed', 'said')),
  source     text   not null default '',
  text       text   not null
);
create index cycle_note_partner on cycle_note (partner_id, cycle desc, id);
