-- When a secret was last set, and by whom.

alter table secret
  add column set_at timestamptz not null default now(),
  add column set_by text        not null default '';

comment on column secret.set_at is 'A connector that uses the secret starts anew when this moves';
comment on column secret.set_by is 'User name, or local:<user> from the command line; empty when it was set before this was kept';
