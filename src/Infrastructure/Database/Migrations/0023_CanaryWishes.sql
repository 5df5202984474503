-- An operator may ask for a canary now.

alter table connector_act drop constraint connector_act_kind_check;
alter table connector_act add constraint connector_act_kind_check check (kind in ('drain', 'pause pickup', 'pause delivery', 'run', 'capture', 'canary'));
comment on table connector_act is 'Pauses, drains, captures and wishes to run or to send a canary at once; every process looks at it each second';
