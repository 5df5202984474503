-- What a message is found by and what it belongs to: attachment names, the message it answers, the files it went by.

alter table message
  add column attachments text[],                   -- names of its attachments; null when it has none with a name
  add column answers     text not null default ''; -- Message-ID, without brackets, of what it answers or reports on

-- Hashes, for a Message-ID may be longer than an index row; most messages answer nothing and cost the second index nothing.
create index message_header  on message (hashtextextended(header_id, 0)) where header_id <> '';
create index message_answers on message (hashtextextended(answers, 0))   where answers <> '';

-- Files are named by a delivery, so a delivery finds the runs it went by.
create index program_run_file_name on program_run_file (file_name);

-- What IMPORT wrote about what it refused, word for word; the file itself goes when the run is settled.
create table program_run_refusal (
  run_id    bigint not null references program_run on delete cascade,
  file_name text   not null,
  data      bytea  not null,
  primary key (run_id, file_name)
);
