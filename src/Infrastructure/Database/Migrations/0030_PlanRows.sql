-- A plan of a million rows was looked up once for each of them. Its rows go with it all the same, in one statement.
alter table plan_row drop constraint plan_row_plan_id_fkey;

create function plan_rows_go() returns trigger language plpgsql as $$
begin
  delete from plan_row where plan_id in (select id from gone);
  return null;
end $$;
create trigger plan_rows_go after delete on plan referencing old table as gone for each statement execute function plan_rows_go();
