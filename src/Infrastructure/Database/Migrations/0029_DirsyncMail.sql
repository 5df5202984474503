-- Directory synchronisation by mail with an MS Mail server: what came for our requestor, where both sides stand, and what the server does not have yet.

-- Mail to the mailbox $SYSTEM of one of our sites, until the next cycle reads it.
create table dirsync_mail (
  id             bigint generated always as identity primary key,
  file_id        text not null,               -- with the ordinal: a file that is read twice brings nothing twice
  ordinal        int  not null,
  connector      text not null,
  sender         text not null,               -- NETWORK/POSTOFFICE/MAILBOX as it stood there
  sender_home    text not null collate "C",   -- key of its post office; empty where it is none
  recipient_home text not null collate "C",   -- key of the site
  subject        text not null,
  has_attachment boolean not null,
  arrived_at     timestamptz not null default now(),
  unique (file_id, ordinal)
);
create index dirsync_mail_for on dirsync_mail (recipient_home, id);

create table dirsync_mail_part (
  mail_id       bigint  not null references dirsync_mail on delete cascade,
  is_attachment boolean not null,             -- else the text
  piece         int     not null,
  content       bytea   not null,
  primary key (mail_id, is_attachment, piece)
);

-- Where a requestor and its server stand. Not in partner.memory: it changes together with the tables below, in one transaction (Q241117).
create table dirsync_requestor (
  partner_id bigint primary key references partner on delete cascade,
  state      jsonb       not null,            -- RequestorState
  said       text[]      not null default '{}', -- what the last answers said beside their records
  sent_at    timestamptz,                     -- when the last mail to the server was queued
  messages   bigint[]    not null default '{}'  -- those mails
);

-- Our records that the server has not confirmed, as they are sent.
create table dirsync_record (
  partner_id  bigint not null references partner on delete cascade,
  number      bigint not null,
  address_key text   not null collate "C",
  record      text   not null,
  primary key (partner_id, number)
);
create index dirsync_record_address on dirsync_record (partner_id, address_key);

-- What the server's lists hold, as its answers told.
create table dirsync_entry (
  partner_id  bigint not null references partner on delete cascade,
  address_key text   not null collate "C",
  list_key    text   not null collate "C",    -- the post office or gateway whose list it stands in
  name_key    text   not null collate "C",
  name        text   not null,
  address     text   not null,
  row_values  text   not null,
  source      text   not null,
  primary key (partner_id, address_key)
);
