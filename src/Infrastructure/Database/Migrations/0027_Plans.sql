-- What deciding about plans and carrying them out needs.

-- A plan that somebody made by hand (a revert) stands beside the one of the cycle.
drop index plan_open;
create unique index plan_open on plan (partner_id, direction) where state in ('making', 'waiting', 'approved', 'applying') and author is null;

alter table plan
  add column tally   bigint[],    -- open, approved, rejected, done, failed, mail; kept when it ends, counted before
  add column told_at timestamptz; -- when those who approve were told by mail that it waits

-- An entry of our own directory that a partner takes over was known by another identity before.
alter table plan_row add column before_identity text collate "C";

comment on column api_key.scopes is 'read, queue, connectors, directory';
