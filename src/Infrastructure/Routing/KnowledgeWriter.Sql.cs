namespace Postern.Infrastructure.Routing;

internal sealed partial class KnowledgeWriter
{
    // Acts wait for each other here, so that their ids stand in the order of their commits.
    private const string LockSql = "select pg_advisory_xact_lock(hashtext('postern knowledge'), 0)";

    private const string RowsSql =
        $"""
        -- all that is stored of these definitions
          select {KnowledgeRow.Columns} from post_office_knowledge
           where (owner_key, destination_key) in (select * from unnest($1::text[], $2::text[]))
        order by owner_key, destination_key, is_there
        """;

    private const string SnapshotSql =
        """
        -- the same as one value, to be kept with the act
        select coalesce(jsonb_agg(to_jsonb(k) - 'is_there' order by owner_key, destination_key, is_there), '[]')::text
          from post_office_knowledge k
         where (owner_key, destination_key) in (select * from unnest($1::text[], $2::text[]))
        """;

    private const string DeleteSql =
        """
        delete from post_office_knowledge where (owner_key, destination_key) in (select * from unnest($1::text[], $2::text[]))
        """;

    private const string InsertSql =
        """
        -- rows as an act leaves them; one without a time came into its state now
        insert into post_office_knowledge (system, owner, destination, via, owner_key, destination_key, state, since, seen_at, proof, proved_by, sheet)
        select system, owner, destination, via, owner_key, destination_key, state, coalesce(since, now()), case when seen_now then now() else seen_at end, proof, proved_by, nullif(sheet, 0)
          from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::boolean[], $11::text[], $12::text[], $13::int[])
               as r (system, owner, destination, via, owner_key, destination_key, state, since, seen_at, seen_now, proof, proved_by, sheet)
        """;

    private const string ActSql =
        """
        -- the act, with what it touched
        insert into knowledge_act (actor, verb, owner_key, reason, before, after) values ($1, $2, $3, $4, $5::jsonb, $6::jsonb) returning id
        """;

    private const string TakenBackSql =
        """
        -- an act is taken back once, by whoever is first, while all it touched is as it left it; being seen again changes nothing
        update knowledge_act a
           set taken_back_by = $2
         where a.id = $1 and a.taken_back_by = '' and a.verb in ('issue', 'confirm', 'find missing', 'want', 'upload')
           and (select coalesce(jsonb_agg(to_jsonb(k) - 'is_there' - 'seen_at' order by k.owner_key, k.destination_key, k.is_there), '[]')
                  from post_office_knowledge k
                 where (k.owner_key, k.destination_key) in (select e ->> 'owner_key', e ->> 'destination_key' from jsonb_array_elements(a.before || a.after) e))
             = (select coalesce(jsonb_agg(e - 'seen_at' order by e ->> 'owner_key', e ->> 'destination_key', e ->> 'state' in ('confirmed', 'stale')), '[]') from jsonb_array_elements(a.after) e)
        returning verb, owner_key, before::text, after::text
        """;

    private const string ClearSql =
        """
        -- the rows an act touched
        delete from post_office_knowledge k
         where (k.owner_key, k.destination_key) in (select e ->> 'owner_key', e ->> 'destination_key' from jsonb_array_elements($1::jsonb || $2::jsonb) e)
        """;

    private const string RestoreRowsSql =
        """
        -- as they were before it
        insert into post_office_knowledge (system, owner, destination, via, owner_key, destination_key, state, since, seen_at, proof, proved_by, sheet)
        select system, owner, destination, via, owner_key, destination_key, state, since, seen_at, proof, proved_by, sheet
          from jsonb_populate_recordset(null::post_office_knowledge, $1::jsonb)
        """;
}
