-- What the connectors to MS Mail post offices must remember.

-- Mailboxes of our own post offices that stand for internet senders without an entry. A reply may come years later, so a row is never removed.
create table msmail_alias (
  alias   text        primary key check (alias ~ '^[A-Z0-9]{1,10}$'),
  address text        not null,                -- the sender as it stood in the header, else in the envelope
  made_at timestamptz not null default now()
);

-- What the files of a post office have shown about themselves.
create table msmail_learned (
  connector_id bigint      primary key,
  body_gap     text        not null,           -- None, LineEnd: whether an uncounted line end stands before the body
  learned_at   timestamptz not null default now()
);

-- The trace of messages that went through MS Mail, by which one is known when it comes again. Emptied after fourteen days.
create table msmail_passage (
  key      bytea       primary key,            -- SHA-256 of sender, recipient, time, subject and content
  sent_at  timestamptz,                        -- when it was last handed to a post office
  sent_to  text        not null default '',
  passes   int         not null default 0,     -- how often it came in
  noted_at timestamptz not null default now()
);
