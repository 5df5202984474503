-- Views of the queue that people keep: a name for a filter.

create table saved_view (
  id        bigint generated always as identity primary key,
  owner     text        not null,          -- name of the account
  name      text        not null,
  query     text        not null,          -- as the address of the queue page has it
  is_shared boolean     not null default false,
  made_at   timestamptz not null default now()
);
create unique index saved_view_name on saved_view (owner, lower(name));

comment on table saved_view is 'Named filters of the queue page';
comment on column saved_view.is_shared is 'Everybody sees it; only its owner or an administrator removes it';
