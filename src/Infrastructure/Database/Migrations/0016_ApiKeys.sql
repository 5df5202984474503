-- Keys with which a person's programs use /api/v1, and what was asked for with them.

create table api_key (
  id           bigint generated always as identity primary key,
  user_id      bigint      not null references console_user (id) on delete cascade,
  name         text        not null,
  scopes       text[]      not null,
  hash         bytea       not null unique check (octet_length(hash) = 32),
  prefix       text        not null,
  created_at   timestamptz not null default now(),
  created_by   text        not null,
  expires_at   timestamptz not null,
  last_used_at timestamptz,
  revoked_at   timestamptz,
  revoked_by   text        not null default '',
  constraint api_key_revoked check ((revoked_at is null) = (revoked_by = ''))
);
create index api_key_user on api_key (user_id);

comment on table api_key is 'A key acts as its person, with the roles of the moment, narrowed by its scopes';
comment on column api_key.scopes is 'read, queue, connectors';
comment on column api_key.hash is 'SHA-256 of the key; the key itself is nowhere';
comment on column api_key.prefix is 'The beginning of the key, so that a person can tell theirs apart';
comment on column api_key.last_used_at is 'To the minute';

create table api_operation (
  operation_id    bigint primary key references operation (id) on delete cascade,
  key_id          bigint references api_key (id) on delete set null,
  idempotency_key text,
  request_hash    bytea       not null,
  created_at      timestamptz not null default now()
);

comment on table api_operation is 'Operations that were started with a key, and with which';
comment on column api_operation.idempotency_key is 'What the program sent so that a repeated request starts nothing a second time';
comment on column api_operation.request_hash is 'SHA-256 of what was asked for: the same idempotency key with another request is refused';
create unique index api_operation_idempotency on api_operation (key_id, idempotency_key);
