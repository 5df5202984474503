-- What cycles need beside the tables of synchronisation.

-- Quarter hours before this time call for no cycle any more: the schedule was changed then, or they were missed and that was said.
alter table partner add column schedule_from timestamptz not null default now();

-- When the oldest change of an open plan was first proposed; a plan that takes the place of another one keeps it.
alter table plan add column proposed_since timestamptz not null default now();

-- What the partner itself calls the row; for rows that it lists with its changes.
alter table held_row add column source_identity text not null default '' collate "C";

-- What a source that is read by its changes said last, so that an entry that is not read again is not forgotten while its plan waits.
create table source_row (
  partner_id  bigint   not null references partner on delete cascade,
  identity    text     not null collate "C",
  source_id   text     not null,
  name        text     not null,
  address     text     not null,
  proxies     text[]   not null,
  kind        smallint not null,
  row_values  text     not null,
  is_hidden   boolean  not null,
  source      text     not null,
  primary key (partner_id, identity)
);
