-- What each old post office is believed to know, the change sheets that ask for it, and every act on either.

create table knowledge_act (
  id            bigint generated always as identity primary key,
  at            timestamptz not null default now(),
  actor         text        not null,             -- the operator; 'postern' where mail, a canary or time did it
  verb          text        not null check (verb in ('issue', 'confirm', 'find missing', 'want', 'upload', 'lapse', 'override', 'end override', 'take back')),
  owner_key     text        not null default '',  -- the post office it is about; empty: several
  reason        text        not null default '',
  before        jsonb       not null default '[]',  -- the rows it touched as they were
  after         jsonb       not null default '[]',  -- and as it left them
  taken_back_by text        not null default ''
);
create index knowledge_act_of on knowledge_act (owner_key, id);

comment on table knowledge_act is 'Acts on the knowledge of post offices, in order; the highest id is the version of that knowledge';

create table change_sheet (
  id         bigint generated always as identity primary key,
  act_id     bigint      not null references knowledge_act,
  system     text        not null check (system in ('CCMAIL', 'MS')),
  owner      text        not null,
  owner_key  text        not null,
  number     int         not null,
  issued_at  timestamptz not null default now(),
  issued_by  text        not null,
  lines      jsonb       not null,
  is_void    boolean     not null default false,  -- its issue was taken back
  unique (owner_key, number)
);

comment on table change_sheet is 'What was given out to be entered at a post office; numbers of one post office are never used twice';

-- A row per post office, destination and way. Required rows that follow from the model are not stored.
create table post_office_knowledge (
  system          text        not null check (system in ('CCMAIL', 'MS')),
  owner           text        not null,
  destination     text        not null,
  via             text        not null default '',  -- indirect via; empty: direct
  owner_key       text        not null,             -- names as they compare, worked out by the program
  destination_key text        not null,
  state           text        not null check (state in ('required', 'issued', 'confirmed', 'stale')),
  since           timestamptz not null default now(),  -- when it came into this state
  seen_at         timestamptz,                      -- when something last showed that it is there
  proof           text        not null default '' check (proof in ('', 'operator', 'listing', 'mail', 'canary')),
  proved_by       text        not null default '',  -- the operator, or the message that came through
  sheet           int,                              -- number of the sheet that asked for it last
  is_there        boolean     generated always as (state in ('confirmed', 'stale')) stored,
  primary key (owner_key, destination_key, is_there)
);

comment on table post_office_knowledge is 'What a post office is believed to have (confirmed, stale) and what it is wanted to have (required, issued); one of each for a destination';

-- Entries that an administrator publishes to a post office although a way there or back is not confirmed.
create table publication_override (
  post_office_key text        not null,
  native          text        not null,  -- home key of the mailboxes
  face            text        not null,  -- home key under which the post office sees them
  at              timestamptz not null default now(),
  actor           text        not null,
  reason          text        not null,
  primary key (post_office_key, native, face)
);
