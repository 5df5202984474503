-- What each person may do.

alter table console_user
  add column roles text[] not null default '{administrator}';

-- Who could sign in before there were roles could do everything, and still can; new people get the roles they are given.
alter table console_user alter column roles set default '{viewer}';

comment on column console_user.roles is 'viewer, operator, directory approver, routing editor, administrator; read again at every act';
