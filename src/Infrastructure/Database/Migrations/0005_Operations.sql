-- What operators do to many deliveries at once, kept so that it can be followed, stopped and taken back.

create table operation (
  id         bigint generated always as identity primary key,
  verb       text        not null,  -- retry, hold, release, return, remove
  actor      text        not null,
  reason     text        not null default '',
  state      text        not null default 'running',  -- running, done, cancelled, undoing, undone
  total      int         not null,
  done       int         not null default 0,
  refused    int         not null default 0,
  restored   int         not null default 0,
  started_at timestamptz not null default now(),
  ended_at   timestamptz,
  undo_until timestamptz not null,                    -- reports of a return wait until then
  undone_by  text        not null default ''
);
create index operation_unended on operation (id) where state in ('running', 'undoing');

create table operation_item (
  operation_id bigint not null references operation on delete cascade,
  delivery_id  bigint not null,
  piece        int,                -- items of one piece were acted on in one transaction
  acted_at     timestamptz,        -- null: its turn has not come
  is_done      boolean not null default false,
  refusal      text    not null default '',
  before       jsonb,              -- the row of the delivery as it was
  restored     boolean,            -- null: nobody has asked for it back
  primary key (operation_id, delivery_id)
);
create index operation_item_next on operation_item (operation_id, delivery_id) where acted_at is null;
