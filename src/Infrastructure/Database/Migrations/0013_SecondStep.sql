-- A code after the password, and sign-in by another system.

alter table console_user
  add column requires_second_step boolean not null default false;
comment on column console_user.requires_second_step is 'At the next sign-in a second step has to be set up; also where no role asks for it';
comment on column console_user.two_factor_enabled is 'A code is asked for after the password';

create table sign_in_rule (
  single            boolean primary key default true check (single),
  second_step_roles text[]  not null default '{}'   -- who has one of these needs a second step; all roles: everybody
);
comment on table sign_in_rule is 'What is asked of everybody who signs in with a password';
insert into sign_in_rule default values;

create table console_user_code (
  user_id bigint      not null references console_user (id) on delete cascade,
  code    text        not null,
  used_at timestamptz not null default now(),
  primary key (user_id, code)
);
comment on table console_user_code is 'Codes of the last minutes that were taken; none is taken twice (RFC 6238 section 5.2)';
