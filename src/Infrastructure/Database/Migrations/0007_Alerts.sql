-- What the watchdogs have found, who sees to it, and who is told.

create table alert (
  id        bigint generated always as identity primary key,
  key       text        not null,             -- kind, node and subject
  kind      text        not null,
  subject   text        not null,
  node      text        not null default '',  -- where it is seen; empty: everywhere
  connector text        not null default '',
  severity  text        not null check (severity in ('warning', 'error')),
  text      text        not null,             -- as it was seen last
  next_step text        not null default '',
  link      text        not null default '',  -- page of the console that shows more
  owner     text        not null default '',  -- who has taken it
  since     timestamptz not null,             -- when it began, as far as that is known
  opened_at timestamptz not null default now(),
  seen_at   timestamptz not null default now(),
  told_at   timestamptz,                      -- when people were last told
  closed_at timestamptz
);
create unique index alert_open on alert (key) where closed_at is null;

comment on table alert is 'Something that is wrong, or was; it opens once and closes by itself';

create table alert_note (
  alert_id bigint      not null references alert on delete cascade,
  at       timestamptz not null default now(),
  actor    text        not null,
  kind     text        not null check (kind in ('taken', 'given back', 'note')),
  text     text        not null default ''
);
create index alert_note_of on alert_note (alert_id);

-- What is to be told: one row for each change of an alert and each way. A row is sent again until it is taken, so its id goes with it.
create table alert_notice (
  id         uuid        not null primary key,
  alert_id   bigint      not null references alert on delete cascade,
  what       text        not null check (what in ('opened', 'worse', 'again', 'closed')),
  target     text        not null,             -- mail, or the address of a webhook
  body       jsonb       not null,
  made_at    timestamptz not null default now(),
  due_at     timestamptz not null default now(),
  attempts   int         not null default 0,
  done_at    timestamptz,                      -- taken, or given up
  failure    text        not null default ''   -- of the last attempt
);
create index alert_notice_due on alert_notice (due_at) where done_at is null;

alter table configuration
  add column alert_recipients     text[]   not null default '{}',
  add column alert_webhooks       text[]   not null default '{}',
  add column alert_webhook_secret text     not null default '',
  add column alert_severity       text     not null default 'warning' check (alert_severity in ('warning', 'error')),
  add column alert_repeat         interval not null default '4 hours',
  add column delay_notice         interval not null default '4 hours';

comment on column configuration.alert_repeat is 'An open alert that nobody has taken is told again after this; 0 never';
comment on column configuration.delay_notice is 'A sender whose mail waits longer is told, once; 0 never';

-- When a delivery last left by the connector, whatever it said in between.
alter table connector_status add column left_at timestamptz;

-- When the sender was told that it waits.
alter table delivery add column delayed_at timestamptz;

-- The latest run of a connector is looked for every few seconds.
create index program_run_of on program_run (connector_id, id);
