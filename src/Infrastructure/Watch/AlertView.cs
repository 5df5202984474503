using System.Data.Common;
using Npgsql;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Watch;

/// <summary>An alert as pages show it.</summary>
/// <param name="Severity">warning or error.</param>
/// <param name="Link">Page of the console that shows more; empty for none.</param>
/// <param name="Owner">Who has taken it; empty for nobody.</param>
/// <param name="Since">When it began.</param>
/// <param name="ClosedAt">Null while it is open.</param>
public sealed record AlertRow(
    long Id, string Kind, string Subject, string Connector, string Severity, string Text, string NextStep, string Link, string Owner,
    DateTimeOffset Since, DateTimeOffset OpenedAt, DateTimeOffset SeenAt, DateTimeOffset? ToldAt, DateTimeOffset? ClosedAt)
{
    /// <summary>It is still true.</summary>
    public bool IsOpen => ClosedAt is null;
}

/// <summary>What somebody did about an alert.</summary>
/// <param name="Kind">taken, given back, note.</param>
public sealed record AlertNote(DateTimeOffset At, string Actor, string Kind, string Text);

/// <summary>A way on which alerts do not get through.</summary>
/// <param name="Target">mail, or the address of a webhook.</param>
/// <param name="Waiting">Notices that are tried again.</param>
public sealed record AlertWay(string Target, long Waiting, int Attempts, string Failure, DateTimeOffset? DueAt);

/// <summary>What pages ask about alerts.</summary>
public sealed class AlertView(NpgsqlDataSource database)
{
    /// <summary>Past alerts of a page.</summary>
    public const int PageSize = 100;

    private const string Columns = "select id, kind, subject, connector, severity, text, next_step, link, owner, since, opened_at, seen_at, told_at, closed_at from alert";

    private const string OpenSql = $"{Columns} where closed_at is null order by severity = 'error' desc, id desc limit 500";

    private const string PastSql = $"{Columns} where closed_at is not null and id < $1 order by id desc limit $2";

    private const string WaysSql =
        """
        -- ways whose last attempt failed
          select target, count(*) filter (where done_at is null), max(attempts), (array_agg(failure order by made_at desc))[1], min(due_at) filter (where done_at is null)
            from alert_notice
           where failure <> '' and (done_at is null or done_at > now() - interval '1 day')
        group by target order by target
        """;

    /// <summary>Those that are open, the worst and newest first.</summary>
    public Task<IReadOnlyList<AlertRow>> OpenAsync(CancellationToken cancellationToken) => ReadAsync(OpenSql, RowOf, cancellationToken);

    /// <summary>Those that are over, newest first, and whether there are more behind.</summary>
    public async Task<(IReadOnlyList<AlertRow> Rows, bool HasMore)> PastAsync(long? before, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(PastSql, RowOf, cancellationToken, before ?? long.MaxValue, PageSize + 1);
        return ([.. rows.Take(PageSize)], rows.Count > PageSize);
    }

    /// <summary>One; null when there is none of this number.</summary>
    public async Task<AlertRow?> FindAsync(long id, CancellationToken cancellationToken) =>
        (await ReadAsync($"{Columns} where id = $1", RowOf, cancellationToken, id)).SingleOrDefault();

    /// <summary>What was done about it, oldest first.</summary>
    public Task<IReadOnlyList<AlertNote>> NotesAsync(long id, CancellationToken cancellationToken) => ReadAsync(
        "select at, actor, kind, text from alert_note where alert_id = $1 order by at limit 200",
        row => new AlertNote(row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.GetString(2), row.GetString(3)), cancellationToken, id);

    /// <summary>Ways on which alerts have failed to get through within a day.</summary>
    public Task<IReadOnlyList<AlertWay>> WaysAsync(CancellationToken cancellationToken) => ReadAsync(
        WaysSql, row => new AlertWay(row.GetString(0), row.GetInt64(1), row.GetInt32(2), row.GetString(3), Instant(row, 4)), cancellationToken);

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = database.Command(sql, values);
        return await command.RowsAsync(read, cancellationToken);
    }

    private static AlertRow RowOf(DbDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7), row.GetString(8),
        row.GetFieldValue<DateTimeOffset>(9), row.GetFieldValue<DateTimeOffset>(10), row.GetFieldValue<DateTimeOffset>(11), Instant(row, 12), Instant(row, 13));

    private static DateTimeOffset? Instant(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
