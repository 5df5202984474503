-- Canary entries: ours in the directories of partners, and theirs in what they give us. Not rows of plans: nobody approves them, and they count as nobody.

create table partner_canary (
  partner_id    bigint   not null references partner on delete cascade,
  direction     text     not null check (direction in ('in', 'out')),
  address_key   text     not null collate "C",
  name          text     not null default '',
  address       text     not null default '',
  key           bytea    not null default '',
  row_values    text     not null default '',
  place         text     not null default '',
  is_read_back  boolean  not null default true,
  written_day   date,                     -- null while it is to be written: the entry may stand there already
  written_at    timestamptz,
  seen_day      date,
  seen_at       timestamptz,              -- when it was last read with that day
  looked_at     timestamptz,              -- when the directory was last read to its end
  late_since    timestamptz,              -- since when it shows another day than was written
  fault         text     not null default '',
  tried_day     date,                     -- what was refused is not tried again on the same day
  tried_version bigint   not null default 0, -- unless the partner was changed
  primary key (partner_id, direction, address_key)
);
