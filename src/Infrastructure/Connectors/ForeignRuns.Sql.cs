namespace Postern.Infrastructure.Connectors;

public sealed partial class ForeignRuns
{
    private const string InsertRun =
        """
        -- a run that is about to start
        insert into program_run (connector_id, program, node)
             values ($1, $2, $3)
          returning id
        """;

    private const string InsertFile =
        """
        -- a file the run is given
        insert into program_run_file (run_id, file_name, delivery_ids)
             values ($1, $2, $3)
        """;

    private const string UpdateProcess =
        """
        -- which process the run is
        update program_run
           set pid = $2, pid_started = $3
         where id = $1 and ended_at is null
        """;

    private const string UpdateEnd =
        """
        -- how the run ended
        update program_run
           set ended_at = now(), exit_code = $2::int, ending = $3, output = $4
         where id = $1
        """;

    private const string DeleteFiles =
        """
        -- what the run was given; what it took is written anew
        delete from program_run_file
              where run_id = $1
        """;

    private const string SelectOpen =
        """
        -- runs without an end, oldest first, with their files in name order
          select r.id, r.program, r.started_at, r.pid, coalesce(r.pid_started, 0),
                 coalesce(array_agg(f.file_name order by f.file_name) filter (where f.file_name is not null), '{}'),
                 coalesce(array_agg(array_to_string(f.delivery_ids, ',') order by f.file_name) filter (where f.file_name is not null), '{}')
            from program_run r
                 left join program_run_file f on f.run_id = r.id
           where r.connector_id = $1 and r.ended_at is null
        group by r.id
        order by r.id
        """;

    private const string SelectTaken =
        """
        -- files taken by ended runs, whose deliveries nobody has recorded yet
          select f.run_id, f.file_name, f.delivery_ids
            from program_run_file f
                 join program_run r on r.id = f.run_id
           where r.connector_id = $1 and r.ended_at is not null
                 and ($2::bigint[] is null or f.delivery_ids && $2)
                 and exists (select from delivery d where d.id = any (f.delivery_ids))
        order by f.run_id, f.file_name
        """;

    private const string Settle =
        """
        -- forget taken files whose deliveries are final; the runs with files left come back
        with settled as (
          delete from program_run_file f
                using program_run r
                where r.id = f.run_id and r.connector_id = $1 and r.ended_at is not null
                      and not exists (select from delivery d where d.id = any (f.delivery_ids))
            returning f.run_id, f.file_name)
        select distinct f.run_id
          from program_run_file f
               join program_run r on r.id = f.run_id
         where r.connector_id = $1
               and not exists (select from settled s where s.run_id = f.run_id and s.file_name = f.file_name)
        """;

    private const string EndedCleanSql =
        """
        -- did this run end with 0?
        select exists (select from program_run where connector_id = $1 and id = $2 and exit_code = 0)
        """;
}
