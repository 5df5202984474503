using Npgsql;
using Postern.Domain.Directory.Merging;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Dirsync;

/// <summary>How far one class of a plan is.</summary>
/// <param name="Mail">Queued deliveries to addresses that its rows change.</param>
/// <param name="Agreed">Who has agreed to rows that still need somebody else, and to how many.</param>
public sealed record ClassFigures(ChangeClass Class, long Open, long Approved, long Rejected, long Mail, IReadOnlyList<(string Who, long Rows)> Agreed);

/// <summary>A row that was decided about in the plan before and is another now.</summary>
/// <param name="Ordinal">Its number in the plan now; null when nothing is to be changed there any more.</param>
public sealed record MovedRow(int? Ordinal, string Name, string Verdict, ChangeClass Class);

/// <summary>What became of the rows of a plan when its source was read again.</summary>
/// <param name="From">The plan that was overtaken.</param>
/// <param name="Kept">Rows that are proposed exactly as they were: they kept what was decided about them.</param>
/// <param name="Asked">Rows that are proposed in another way and ask again.</param>
/// <param name="Over">Rows of entries that need no change any more.</param>
/// <param name="New">Rows of entries that were not in the plan.</param>
/// <param name="Rows">Decided rows that moved or are over, the first of them.</param>
public sealed record PlanMoves(long From, DateTimeOffset FromMadeAt, long Kept, long Asked, long Over, long New, IReadOnlyList<MovedRow> Rows);

/// <summary>Counts over the rows of one plan that its page shows beside them.</summary>
public sealed class PlanFigures(NpgsqlDataSource database)
{
    private const string ClassesSql =
        """
        -- verdicts of each class of a plan
          select class, count(*) filter (where verdict = 'open'), count(*) filter (where verdict = 'approved'), count(*) filter (where verdict = 'rejected'), coalesce(sum(mail), 0)::bigint
            from plan_row where plan_id = $1
        group by class order by class
        """;

    private const string AgreedSql =
        """
        -- who agreed to rows that need somebody else too
          select class, who, count(*)
            from plan_row, unnest(approved_by) who where plan_id = $1 and verdict = 'open' and approved_by <> '{}'
        group by class, who order by class, 3 desc, 2
        """;

    private const string BeforeSql =
        """
        -- the plan of the cycle before, where it was overtaken before it was carried out
        select b.id, b.made_at
          from plan p
          cross join lateral (
            select id, made_at, state from plan
             where partner_id = p.partner_id and direction = p.direction and id < p.id and author is null and state <> 'making' and counts <> '{0,0,0,0,0,0}'
          order by id desc limit 1) b
         where p.id = $1 and p.author is null and b.state = 'superseded'
        """;

    private const string NewerSql =
        """
        -- the plan that overtook this one
        select n.id from plan p join plan n on n.partner_id = p.partner_id and n.direction = p.direction and n.id > p.id and n.author is null and n.state <> 'making'
         where p.id = $1 order by n.id limit 1
        """;

    private const string MovesSql =
        """
        -- rows of two plans side by side: the same, changed, over, new
        with was as (select identity, hash from plan_row where plan_id = $1 and class <> 5),
             now as (select identity, hash from plan_row where plan_id = $2 and class <> 5)
        select count(*) filter (where was.hash = now.hash), count(*) filter (where was.hash <> now.hash), count(*) filter (where now.identity is null), count(*) filter (where was.identity is null)
          from was full join now using (identity)
        """;

    private const string MovedSql =
        """
        -- the decided ones among those that changed or are over
          select now.ordinal, coalesce(was.before_name, was.after_name), case when was.verdict = 'open' then 'half approved' else was.verdict end, was.class
            from plan_row was left join plan_row now on now.plan_id = $2 and now.identity = was.identity and now.class <> 5
           where was.plan_id = $1 and was.class <> 5 and (was.verdict <> 'open' or was.approved_by <> '{}') and was.hash is distinct from now.hash
        order by now.ordinal is null, was.ordinal limit $3
        """;

    private const int MostMoved = 20;

    /// <summary>Class by class; a class without rows is not in it.</summary>
    public async Task<IReadOnlyList<ClassFigures>> ClassesAsync(long planId, CancellationToken cancellationToken)
    {
        var agreed = await ReadAsync(AgreedSql, row => (Class: (ChangeClass)row.GetInt16(0), Who: row.GetString(1), Rows: row.GetInt64(2)), cancellationToken, planId);
        return await ReadAsync(
            ClassesSql,
            row => new ClassFigures(
                (ChangeClass)row.GetInt16(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4),
                [.. agreed.Where(found => found.Class == (ChangeClass)row.GetInt16(0)).Select(found => (found.Who, found.Rows))]),
            cancellationToken, planId);
    }

    /// <summary>What has moved since the plan of the cycle before; null when that one was not overtaken.</summary>
    public async Task<PlanMoves?> MovesAsync(long planId, CancellationToken cancellationToken)
    {
        if (await ReadAsync(BeforeSql, row => (Id: row.GetInt64(0), MadeAt: row.GetFieldValue<DateTimeOffset>(1)), cancellationToken, planId) is not [var before])
        {
            return null;
        }

        var moved = await ReadAsync(
            MovedSql, row => new MovedRow(row.IsDBNull(0) ? null : row.GetInt32(0), row.GetString(1), row.GetString(2), (ChangeClass)row.GetInt16(3)), cancellationToken,
            before.Id, planId, MostMoved);
        var counts = await ReadAsync(MovesSql, row => (Kept: row.GetInt64(0), Asked: row.GetInt64(1), Over: row.GetInt64(2), New: row.GetInt64(3)), cancellationToken, before.Id, planId);
        return new PlanMoves(before.Id, before.MadeAt, counts[0].Kept, counts[0].Asked, counts[0].Over, counts[0].New, moved);
    }

    /// <summary>The plan that came after this one; null when none has.</summary>
    public async Task<long?> NewerAsync(long planId, CancellationToken cancellationToken) =>
        await ReadAsync(NewerSql, row => row.GetInt64(0), cancellationToken, planId) is [var newer] ? newer : null;

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = database.Command(sql, values);
        return await command.RowsAsync(read, cancellationToken);
    }
}
