-- Probes that are sent to mailboxes that cannot exist, and the reports that came back for them.

create table canary_key (
  key    bytea   not null default decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'),
  single boolean not null default true primary key check (single)
);
insert into canary_key default values;

comment on table canary_key is 'Proves the names of canaries; drawn once, and no part of the configuration text';

create table canary (
  id           bigint generated always as identity primary key,
  connector_id bigint      not null,
  token        text        not null unique,
  recipient    text        not null,
  sent_at      timestamptz not null default now(),
  message_id   bigint,                -- the probe; its delivery is the number after it. Null until the queue has it
  back_at      timestamptz,
  report_id    bigint,                -- the message that came back
  way          text        not null default '' check (way in ('', 'returned', 'refused')),
  constraint canary_back check ((back_at is null) = (way = ''))
);
create index canary_of on canary (connector_id, sent_at);

comment on table canary is 'Probes of connectors, kept for 90 days';
comment on column canary.way is 'returned: a report came in from outside, both ways are proven; refused: the other side refused it while it was handed over, the way out is proven';
