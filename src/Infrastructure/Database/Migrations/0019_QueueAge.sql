-- What has waited longest: the order of the first page, and of the overview's oldest. The last index the live table may have.

create index delivery_age on delivery (accepted_at, id);
