-- Where an entry stood in what was read is part of its history (entry_change.source), with the cycle and the rule; nobody ever filled this column.
alter table entry drop column source;
