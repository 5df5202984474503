-- What operators tell connectors for a while, and the copies that capture mode keeps.

create table connector_act (
  connector_id   bigint      not null references connector on delete cascade,
  kind           text        not null check (kind in ('drain', 'pause pickup', 'pause delivery', 'run', 'capture')),
  actor          text        not null,
  reason         text        not null default '',
  since          timestamptz not null default now(),
  until          timestamptz,                        -- null: until somebody ends it
  keep_days      int check (keep_days between 1 and 90),
  keep_megabytes int check (keep_megabytes between 1 and 10240),
  primary key (connector_id, kind),
  constraint connector_act_capture check ((kind = 'capture') = (keep_days is not null and keep_megabytes is not null))
);

comment on table connector_act is 'Pauses, drains, captures and wishes to run at once; every process looks at it each second';
comment on column connector_act.keep_days is 'Capture: days a copy is kept';
comment on column connector_act.keep_megabytes is 'Capture: all copies of the connector together; the oldest go first';

create table connector_copy (
  id           bigint generated always as identity primary key,
  connector_id bigint      not null,                 -- no foreign key: a copy outlives its connector until its time is over
  connector    text        not null,
  at           timestamptz not null default now(),
  direction    text        not null check (direction in ('in', 'out')),
  stage        text        not null check (stage in ('before', 'after')),
  message_id   bigint,                               -- null: a file of several messages
  node         text        not null,                 -- whose data folder holds it
  file         text        not null,                 -- our own name below the folder of copies
  name         text        not null,                 -- as it was called on the way
  size         bigint      not null,
  keep_days    int         not null
);
create index connector_copy_connector on connector_copy (connector_id, id);
create index connector_copy_message on connector_copy (message_id) where message_id is not null;

-- the directory is paged by name
create index entry_name on entry (lower(display_name), id);

comment on table connector_copy is 'Bytes before and after conversion, kept for diagnosis while an operator has capture switched on (Q192516)';
