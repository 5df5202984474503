-- Sessions that can be seen and ended, and people who are locked out by somebody.

create table console_session (
  id         uuid        primary key,
  user_id    bigint      not null references console_user (id) on delete cascade,
  started_at timestamptz not null default now(),
  seen_at    timestamptz not null default now(),   -- to the minute
  means      text        not null,                 -- password, password and code, single sign-on
  address    text        not null default '',
  agent      text        not null default ''       -- what the browser calls itself; anybody can claim anything
);
create index console_session_user on console_session (user_id);
comment on table console_session is 'A sign-in that has not ended; the cookie carries its id, and without the row it opens nothing';

alter table console_user
  add column locked_at    timestamptz,
  add column signed_in_at timestamptz;

comment on column console_user.locked_at is 'An administrator has locked the person out; lockout_end is the short lock after wrong passwords';
