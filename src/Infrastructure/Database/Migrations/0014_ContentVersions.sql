-- Changed copies of messages that an operator made so that they could be delivered. The original stays as it was accepted.

-- A version has an id of mail_id, and its bytes lie in message_content under that id and the instant it was made.
create table message_version (
  id          bigint      not null primary key,
  message_id  bigint      not null,
  accepted_at timestamptz not null,  -- of the message: its history goes by that day
  made_at     timestamptz not null,
  made_by     text        not null,
  reason      text        not null default '',
  size        bigint      not null,
  subject     text        not null default '',
  is_8bit     boolean     not null,
  is_utf8     boolean     not null,
  notes       jsonb       not null   -- what was changed: [{"what":…,"before":…,"after":…}]
);
create index message_version_of on message_version (message_id);

alter table delivery         add column version_id bigint;
alter table delivery_history add column version_id bigint;
alter table operation        add column fix jsonb;

comment on column delivery.version_id is 'The changed copy it is delivered with; null: the message as it was accepted';
comment on column delivery_history.version_id is 'The changed copy it was delivered with; null: the message as it was accepted';
comment on column operation.fix is 'Of a replay: what is changed in each delivery before it is tried again';
