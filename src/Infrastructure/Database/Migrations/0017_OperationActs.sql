-- Operations that need a second person, acts with parameters, and an order among what is due.

alter table operation
  add column options      jsonb not null default '{}',
  add column confirmed_by text  not null default '';

comment on column operation.state is 'awaiting a second person, running, done, cancelled, undoing, undone';
comment on column operation.options is 'What the verb needs: connector, priority, report';
comment on column operation.confirmed_by is 'The second person, where one was needed';

drop index operation_unended;
create index operation_unended on operation (id) where state in ('awaiting', 'running', 'undoing');

-- What one person has ended within the last hour.
create index operation_actor on operation (actor, started_at);

alter table configuration
  add column undo_minutes int not null default 10  check (undo_minutes between 1 and 1440),
  add column confirm_over int not null default 500 check (confirm_over between 0 and 1000000000);

comment on column configuration.undo_minutes is 'Minutes in which an operation can be taken back; reports of returns wait as long';
comment on column configuration.confirm_over is 'Deliveries that one person may end within an hour without a second one';

-- Among what is due for one destination the higher priority goes first; each level is in order of its time.
drop index delivery_ready;
create index delivery_ready on delivery (connector_id, destination, priority desc, due_at, id) where state = 'queued';

comment on column delivery.priority is '1 high, 0 normal, -1 low';
