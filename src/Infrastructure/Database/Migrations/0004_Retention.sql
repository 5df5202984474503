-- How long content and history are kept, and which days are gone.

alter table configuration
  add column content_days int not null default 7  check (content_days between 1 and 3650),
  add column history_days int not null default 90 check (history_days between 1 and 3650),
  add constraint configuration_retention check (history_days >= content_days);

comment on column configuration.content_days is 'Days content stays after the last delivery of a message has ended';
comment on column configuration.history_days is 'Days envelope, history and ledger rows stay after the last delivery of a day has ended';

create table partition_drop (
  parent     text        not null,  -- message_content, or message for the whole day
  day        date        not null,
  dropped_at timestamptz not null,
  kept_days  int         not null,  -- the setting at that time
  moved_rows bigint      not null default 0,
  primary key (parent, day)
);

comment on table partition_drop is 'Days whose content or history was removed after its time, so that a page can say when';
