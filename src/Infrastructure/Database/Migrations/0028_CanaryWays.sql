-- A canary tries one way: from a name of ours to a post office and back.

alter table canary
  add column post_office text not null default '',   -- key of the post office that must show what it knows; empty for the canary of the connector itself
  add column shadow      text not null default '',   -- key of our name that its report comes to; empty where its system has none
  add column reporter    text not null default '';   -- key of the post office that wrote the report; empty where that cannot be told

comment on column canary.reporter is 'A report shows what a post office knows when that post office itself wrote it: one on the way there may answer for it';

comment on column api_key.scopes is 'read, queue, connectors, routing';
