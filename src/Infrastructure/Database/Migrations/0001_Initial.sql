-- The life of mail, and the configuration it follows.
-- Tables with "partition by range" are cut by UTC day of acceptance; queue_partitions() makes the days.

create type delivery_state as enum
  ('queued', 'leased', 'held', 'quarantined', 'delivered', 'bounced', 'removed', 'expanded');

-- ---------------------------------------------------------------- mail

-- One sequence for messages and deliveries. A message takes 1 + recipients consecutive ids: its own, then one per delivery,
-- so the deliveries of a message are found by id range and need no index of their own. Processes reserve blocks.
create sequence mail_id increment by 10000;

create table message (
  id              bigint      not null,
  accepted_at     timestamptz not null,
  last_id         bigint      not null,  -- id of its last delivery
  source          text        not null,  -- name of the listener or connector it came by, or 'postern' for its own reports
  peer            text        not null default '',  -- client host and address, or the file it was read from
  sender          text        not null,  -- canonical address; '' is the null sender
  header_id       text        not null default '',  -- Message-ID without its brackets
  subject         text        not null default '',
  size            bigint      not null,  -- bytes of content
  is_report       boolean     not null default false,
  report_of       bigint,                -- the message it reports on
  is_8bit         boolean     not null default false,
  is_utf8         boolean     not null default false,  -- needs SMTPUTF8
  returns_headers boolean     not null default false,  -- RFC 3461 RET=HDRS
  envelope_id     text        not null default '',     -- RFC 3461 ENVID
  hops            int         not null default 0,
  notes           jsonb,                 -- what was lost or doubtful when it was read: [{"what":…,"before":…,"after":…}]
  primary key (id, accepted_at)
) partition by range (accepted_at);

-- Bytes of a message in order; 256 KB a chunk. Kept for some days after the last final state.
create table message_content (
  message_id  bigint      not null,
  chunk       int         not null,
  accepted_at timestamptz not null,
  data        bytea       not null,
  primary key (message_id, chunk, accepted_at)
) partition by range (accepted_at);
alter table message_content alter column data set storage external;

-- Live deliveries. Final ones move to delivery_history.
create table delivery (
  id                 bigint         not null primary key,
  message_id         bigint         not null,
  last_id            bigint         not null,
  transfer_id        bigint         not null,  -- id of the first delivery it travels with
  accepted_at        timestamptz    not null,
  connector_id       bigint         not null,
  destination        text           not null,  -- next hop within the connector
  recipient          text           not null,  -- canonical address at the next system
  original_recipient text           not null default '',  -- as the sender wrote it (RFC 3461 ORCPT, or the address before the directory changed it)
  recipient_class    smallint       not null default 0,   -- 0 not in the header, 1 To, 2 Cc, 3 Bcc
  notify             smallint       not null default 0,   -- RFC 3461 NOTIFY bits: 1 never, 2 success, 4 failure, 8 delay
  sender             text           not null,
  subject            text           not null default '',
  size               bigint         not null,
  is_report          boolean        not null default false,
  state              delivery_state not null,
  priority           smallint       not null default 0,
  due_at             timestamptz    not null,
  expires_at         timestamptz    not null,
  attempts           int            not null default 0,
  crashes            int            not null default 0,   -- attempts that ended with the process; above 0 it runs alone
  may_repeat         boolean        not null default false,  -- an earlier attempt may have been taken without our learning of it
  route_version      bigint         not null,
  first_attempt_at   timestamptz,
  last_attempt_at    timestamptz,
  leased_by          bigint,
  leased_until       timestamptz,
  status             text           not null default '',  -- RFC 3463, of the last attempt
  reply              text           not null default '',  -- the peer's own words
  reason             text           not null default '',  -- one sentence for the operator
  remote             text           not null default '',
  constraint delivery_is_live check (state in ('queued', 'leased', 'held', 'quarantined')),
  constraint delivery_lease check ((state = 'leased') = (leased_by is not null and leased_until is not null))
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- Claim walks this: destinations by loose scan, then due order within one.
create index delivery_ready on delivery (connector_id, destination, due_at, id) where state = 'queued';

create table delivery_history (
  id                 bigint         not null,
  message_id         bigint         not null,
  last_id            bigint         not null,
  transfer_id        bigint         not null,
  accepted_at        timestamptz    not null,
  connector_id       bigint         not null,
  destination        text           not null,
  recipient          text           not null,
  original_recipient text           not null default '',
  recipient_class    smallint       not null default 0,
  notify             smallint       not null default 0,
  sender             text           not null,
  subject            text           not null default '',
  size               bigint         not null,
  is_report          boolean        not null default false,
  state              delivery_state not null,
  attempts           int            not null,
  may_repeat         boolean        not null default false,
  route_version      bigint         not null,
  first_attempt_at   timestamptz,
  last_attempt_at    timestamptz,
  finished_at        timestamptz    not null,
  status             text           not null default '',
  reply              text           not null default '',
  reason             text           not null default '',
  remote             text           not null default '',
  report             text           not null default '',  -- 'sent', or why none was: 'not asked', 'no sender', 'operator'
  report_id          bigint,                              -- message id of the report
  constraint delivery_is_final check (state in ('delivered', 'bounced', 'removed', 'expanded')),
  primary key (id, accepted_at)
) partition by range (accepted_at);

-- What happened to a delivery beyond a first-try success.
create table delivery_event (
  delivery_id bigint      not null,
  accepted_at timestamptz not null,
  at          timestamptz not null,
  kind        text        not null,  -- deferred, bounced, quarantined, delivered, held, released, retried, returned, removed, crashed, converted, repeated
  attempt     int         not null default 0,
  status      text        not null default '',
  reply       text        not null default '',
  reason      text        not null default '',
  remote      text        not null default '',
  actor       text        not null default '',  -- operator, where one acted
  details     jsonb                              -- for 'converted': what was lost or changed
) partition by range (accepted_at);
create index delivery_event_of on delivery_event (delivery_id);

-- Independent rows the books are checked against. Never updated; the leader folds whole days into ledger_day.
create table ledger (
  day          date           not null,  -- UTC day of acceptance of what it counts
  at           timestamptz    not null default now(),
  batch        uuid           not null,  -- the intake or recording transaction
  source       text           not null default '',  -- accepted: listener or connector; 'postern' for reports
  connector_id bigint         not null default 0,   -- finished: by which connector
  outcome      delivery_state,           -- null: accepted
  deliveries   int            not null,
  messages     int            not null default 0,
  first_id     bigint,                   -- accepted: every id of the range belongs to a message or delivery of this row
  last_id      bigint,
  ids          bigint[]                  -- finished: exactly these deliveries
) partition by range (day);
create index ledger_batch on ledger (batch);

create table ledger_day (
  day          date           not null,
  source       text           not null default '',
  connector_id bigint         not null default 0,
  outcome      delivery_state,
  deliveries   bigint         not null,
  messages     bigint         not null
);
create unique index ledger_day_key on ledger_day (day, source, connector_id, outcome) nulls not distinct;

-- Where a message of a pickup came from; one row per message, so that a file read twice is accepted once.
create table pickup_identity (
  source      text        not null,  -- connector
  file_id     text        not null,  -- id the file got when it was moved into Work
  ordinal     int         not null,  -- message within the file
  message_id  bigint      not null,
  accepted_at timestamptz not null,
  primary key (source, file_id, ordinal)
);

-- Content fingerprints of messages read from an EXPORT that did not end with 0; emptied by the next clean run.
create table pickup_fingerprint (
  source      text        not null,
  fingerprint bytea       not null,
  seen_at     timestamptz not null default now(),
  message_id  bigint,
  primary key (source, fingerprint)
);

-- ---------------------------------------------------------------- processes

create table worker (
  id         bigint generated always as identity primary key,
  node       text        not null,
  pid        int         not null,
  version    text        not null default '',
  started_at timestamptz not null default now(),
  seen_at    timestamptz not null default now()
);

-- One row per run of a foreign program; a row without an end tells that something died in between.
create table program_run (
  id           bigint generated always as identity primary key,
  connector_id bigint      not null,
  program      text        not null,  -- import, export
  node         text        not null,
  started_at   timestamptz not null default now(),
  pid          int,
  pid_started  bigint,                -- start time of the process in clock ticks, so that a reused pid is not taken for it
  ended_at     timestamptz,
  exit_code    int,
  ending       text        not null default '',  -- exited, timed out, crashed, found dead
  output       text        not null default ''
);
create index program_run_open on program_run (connector_id) where ended_at is null;

create table program_run_file (
  run_id       bigint   not null references program_run on delete cascade,
  file_name    text     not null,
  delivery_ids bigint[] not null,
  primary key (run_id, file_name)
);

create table connector_status (
  connector_id bigint primary key,
  state        text        not null default 'stopped',  -- running, stopped, waiting, failed
  detail       text        not null default '',         -- one sentence
  alive_at     timestamptz,                             -- last proof of life: a transaction, a run, a poll that ended well
  failed_at    timestamptz,
  failure      text        not null default '',
  worker_id    bigint,
  updated_at   timestamptz not null default now()
);

-- ---------------------------------------------------------------- configuration

create table configuration (
  version    bigint      not null,
  changed_at timestamptz not null default now(),
  single     boolean     not null default true primary key check (single)
);
insert into configuration (version) values (1);

create table site (
  id                   bigint generated always as identity primary key,
  name                 text   not null unique,
  smtp_domains         text[] not null default '{}',
  ccmail_post_office   text   not null default '',
  msmail_network       text   not null default '',
  msmail_post_office   text   not null default '',
  unknown_recipients   text   not null default 'refuse' check (unknown_recipients in ('refuse', 'forward'))
);

create table connector (
  id            bigint generated always as identity primary key,
  name          text  not null unique check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  kind          text  not null check (kind in ('smtp', 'ccmail', 'msmail')),
  settings      jsonb not null default '{}',
  desired_state text  not null default 'started' check (desired_state in ('started', 'stopped')),
  node_label    text  not null default ''
);

create table post_office (
  id           bigint generated always as identity primary key,
  system       text not null check (system in ('CCMAIL', 'MS')),
  name         text not null,
  connector_id bigint references connector,
  via_id       bigint references post_office,
  constraint post_office_reach check ((connector_id is null) <> (via_id is null))
);
create unique index post_office_name on post_office (system, upper(name));

create table address_space (
  id           bigint generated always as identity primary key,
  connector_id bigint not null references connector on delete cascade,
  type         text   not null check (type in ('SMTP', 'CCMAIL', 'MS')),
  pattern      text   not null default '*',
  cost         int    not null default 1 check (cost between 1 and 100),
  unique (connector_id, type, pattern)
);

create table listener (
  id       bigint generated always as identity primary key,
  name     text    not null unique,
  host     text    not null default '127.0.0.1',
  port     int     not null check (port between 0 and 65535),
  settings jsonb   not null default '{}',
  enabled  boolean not null default true
);

create table entry (
  id           bigint generated always as identity primary key,
  display_name text not null,
  kind         text not null default 'person' check (kind in ('person', 'list', 'board'))
);

create table entry_address (
  id        bigint generated always as identity primary key,
  entry_id  bigint  not null references entry on delete cascade,
  type      text    not null check (type in ('SMTP', 'CCMAIL', 'MS')),
  address   text    not null,          -- canonical text
  key       bytea   not null unique,   -- SHA-256 of the comparison key, computed by the program
  is_native boolean not null default false,
  ordinal   int     not null default 0 -- the first of a type is shown to that system
);
create index entry_address_entry on entry_address (entry_id);
create unique index entry_address_native on entry_address (entry_id) where is_native;

create table secret (
  name       text primary key,
  ciphertext bytea not null
);

-- ---------------------------------------------------------------- watching

create table event (
  id        bigint generated always as identity primary key,
  at        timestamptz not null default now(),
  code      int         not null,   -- as in the log
  severity  text        not null check (severity in ('information', 'warning', 'error')),
  connector text        not null default '',
  text      text        not null,   -- what happened, one sentence
  next_step text        not null default '',
  details   jsonb
);
create index event_at on event (at);

create table audit (
  id      bigint generated always as identity primary key,
  at      timestamptz not null default now(),
  actor   text        not null,  -- user name, or local:<user> from the command line
  verb    text        not null,
  target  text        not null,
  reason  text        not null default '',
  details jsonb
);

-- ---------------------------------------------------------------- partitions

-- Makes the partitions of one UTC day for every partitioned table; does nothing where they exist.
create function queue_partitions(of_day date) returns void language plpgsql as $$
declare
  parent text;
begin
  foreach parent in array array['message', 'message_content', 'delivery_history', 'delivery_event'] loop
    execute format('create table if not exists %I partition of %I for values from (%L) to (%L)',
      parent || '_' || to_char(of_day, 'YYYYMMDD'), parent,
      (of_day::timestamp at time zone 'UTC'), ((of_day + 1)::timestamp at time zone 'UTC'));
  end loop;
  execute format('create table if not exists %I partition of ledger for values from (%L) to (%L)',
    'ledger_' || to_char(of_day, 'YYYYMMDD'), of_day, of_day + 1);
end $$;

-- The net below: a day without a partition must not stop mail. What lands here raises an event.
create table message_default          partition of message          default;
create table message_content_default  partition of message_content  default;
create table delivery_history_default partition of delivery_history default;
create table delivery_event_default   partition of delivery_event   default;
create table ledger_default           partition of ledger           default;
