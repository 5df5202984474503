using System.Data.Common;
using System.Globalization;
using Npgsql;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Queue;

/// <summary>What pages ask about deliveries: where they wait, which match, why, and what an act on them would do.</summary>
/// <remarks>
/// Questions about what waits scan the live table, which has no index for them on purpose; those about the past walk the history
/// in order of acceptance. Each has a time limit; a question that runs into it ends with <see cref="QueueViewTimeoutException"/>.
/// </remarks>
public sealed partial class QueueView(NpgsqlDataSource database)
{
    /// <summary>Rows of a page.</summary>
    public const int PageSize = 100;

    private const int LimitSeconds = 10;

    // What an act would touch is asked by one person who waits for it, not by every page.
    private const int LimitOfEffectSeconds = 60;

    private const string Up = "asc";

    // Name of a connector that is no longer configured; a real name has no blank.
    private const string Deleted = "deleted #";

    /// <summary>What stands in the way, most first; and how many causes there are.</summary>
    public async Task<(IReadOnlyList<QueueCause> Causes, long All)> CausesAsync(int most, CancellationToken cancellationToken)
    {
        var names = await NamesAsync(cancellationToken);
        await using var connection = await OneProcess.OpenAsync(database, cancellationToken);
        await using var command = Command(connection, CausesStatement, most);
        long all = 0;
        var causes = await ReadAsync(
            command,
            row =>
            {
                all = row.GetInt64(7);
                return new QueueCause(
                    row.GetString(0), Name(names, row.GetInt64(1)), DeliveryStateText.Parse(row.GetString(2)), row.GetString(3),
                    row.GetString(4), row.GetInt64(5), row.GetFieldValue<DateTimeOffset>(6));
            },
            cancellationToken);
        return (causes, all);
    }

    /// <summary>What a reason is a case of: a <see cref="QueueCause.Key"/>.</summary>
    public async Task<string> CauseOfAsync(string reason, CancellationToken cancellationToken)
    {
        await using var command = Command(CauseStatement, reason);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>One page of what matches. History is ordered by acceptance only, whatever the order asks for.</summary>
    public async Task<QueuePageOfRows> PageAsync(QueueFilter filter, QueueOrder order, CancellationToken cancellationToken, int size = PageSize)
    {
        try
        {
            return await PageFromAsync(filter, order, size, cancellationToken);
        }
        catch (PostgresException e) when (order.Cursor.Length > 0 && e.SqlState.StartsWith("22", StringComparison.Ordinal))
        {
            // The cursor comes out of an address that anybody can write; only the database knows whether it is a value of its column.
            return await PageFromAsync(filter, order with { Cursor = "" }, size, cancellationToken);
        }
    }

    private async Task<QueuePageOfRows> PageFromAsync(QueueFilter asked, QueueOrder order, int size, CancellationToken cancellationToken)
    {
        var filter = await ResolveAsync(asked, cancellationToken);
        var names = await NamesAsync(cancellationToken);
        await using var command = Command("");
        var isLive = !filter.IncludesHistory;
        var (value, type) = Ordered(order.Sort, isLive);
        var direction = Direction(order);
        var limit = Add(command.Parameters, size + 1);
        var parts = new List<string>();
        if (filter.Live.Count > 0)
        {
            parts.Add(RowsOf(Part(filter.Live, $"d.id, {value} as ordered", "delivery"), direction));
        }

        if (filter.Final.Count > 0)
        {
            parts.Add(Part(filter.Final, $"{HistoryColumns}, ({value})::text as ordered", "delivery_history"));
        }

        command.CommandText = "-- a page of deliveries\n" + (parts.Count == 1 ? parts[0]
            : $"select * from ({string.Join(" union all ", parts.Select(part => $"({part})"))}) merged order by id {direction} limit {limit}");
        return PageOf(await ReadAsync(command, row => (Snapshot(row, names), Cursor(row)), cancellationToken), size);

        string Part(IReadOnlyList<DeliveryState> states, string columns, string table)
        {
            var where = Where(filter, states, table == "delivery", command.Parameters);
            if (TryCursor(order.Cursor, out var at, out var id))
            {
                where += $" and ({value}, d.id) {(direction == Up ? '>' : '<')} ({Add(command.Parameters, at)}::{type}, {Add(command.Parameters, id)})";
            }

            return $"select {columns} from {table} d where {where} order by {value} {direction}, d.id {direction} limit {limit}";
        }
    }

    /// <summary>Ids of what waits and matches, in order of acceptance, at most so many.</summary>
    public async Task<IReadOnlyList<long>> IdsAsync(QueueFilter filter, int most, CancellationToken cancellationToken)
    {
        if (filter.Live.Count == 0)
        {
            return [];
        }

        await using var command = Command("");
        var where = Where(await ResolveAsync(filter, cancellationToken), filter.Live, true, command.Parameters);
        command.CommandText = $"-- everything that waits and matches\nselect d.id from delivery d where {where} order by d.id limit {Add(command.Parameters, most)}";
        return await ReadAsync(command, row => row.GetInt64(0), cancellationToken);
    }

    /// <summary>These deliveries as they are now, in the order of the ids; those that are gone are left out.</summary>
    public async Task<IReadOnlyList<DeliverySnapshot>> RowsAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        var names = await NamesAsync(cancellationToken);
        await using var command = Command(ByIdsSql, ids.ToArray());
        // A delivery that ends in between the two tables would be in both or none; the later one counts.
        var found = new Dictionary<long, DeliverySnapshot>();
        foreach (var row in await ReadAsync(command, row => Snapshot(row, names), cancellationToken))
        {
            found[row.Id] = row;
        }

        return [.. ids.Where(found.ContainsKey).Select(id => found[id])];
    }

    /// <summary>What an act on these deliveries would touch.</summary>
    public async Task<QueueEffect> EffectAsync(DeliveryVerb verb, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        await using var command = Command(EffectSql + "d.id = any($2)", Reach(verb), ids.ToArray());
        return (await ReadAsync(command, row => Effect(row) with { Chosen = ids.Count }, cancellationToken))[0];
    }

    /// <summary>What an act on everything that waits and matches would touch.</summary>
    public async Task<QueueEffect> EffectAsync(DeliveryVerb verb, QueueFilter filter, CancellationToken cancellationToken)
    {
        await using var command = Command("", (object)Reach(verb));
        command.CommandTimeout = LimitOfEffectSeconds;
        command.CommandText = EffectSql + (filter.Live.Count == 0 ? "false" : Where(await ResolveAsync(filter, cancellationToken), filter.Live, true, command.Parameters));
        return (await ReadAsync(command, Effect, cancellationToken))[0];
    }

    private async Task<Dictionary<long, string>> NamesAsync(CancellationToken cancellationToken)
    {
        await using var command = Command("select id, name from connector");
        return (await ReadAsync(command, row => (row.GetInt64(0), row.GetString(1)), cancellationToken)).ToDictionary();
    }

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<object> values) => With(values, database.CreateCommand(sql));

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params ReadOnlySpan<object> values) => With(values, new NpgsqlCommand(sql, connection));

    private static NpgsqlCommand With(ReadOnlySpan<object> values, NpgsqlCommand command)
    {
        command.CommandTimeout = LimitSeconds;
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    // Whole rows are fetched for the page alone, not carried through the sorting of all that match.
    private static string RowsOf(string page, string direction, string counts = "") =>
        $"select {LiveColumns}, page.ordered::text as ordered{counts} from ({page}) page join delivery d on d.id = page.id order by page.ordered {direction}, page.id {direction}";

    private static QueuePageOfRows PageOf(List<(DeliverySnapshot Row, string Cursor)> rows, int size) =>
        new([.. rows.Take(size).Select(row => row.Row)], rows.Count > size ? rows[size - 1].Cursor : null);

    private static string Cursor(DbDataReader row) => $"{row.GetString(27)}|{Text(row.GetInt64(0))}";

    // The oldest were accepted first.
    private static string Direction(QueueOrder order) => order.Descending == (order.Sort == QueueSort.Age) ? Up : "desc";

    private static async Task<List<T>> ReadAsync<T>(NpgsqlCommand command, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        try
        {
            return await command.RowsAsync(read, cancellationToken);
        }
        catch (NpgsqlException e) when (e.InnerException is TimeoutException)
        {
            throw new QueueViewTimeoutException(TimeSpan.FromSeconds(command.CommandTimeout), e);
        }
    }

    internal static DeliverySnapshot Snapshot(DbDataReader row, IReadOnlyDictionary<long, string> names) => new(
        row.GetInt64(0), row.GetInt64(1), DeliveryStateText.Parse(row.GetString(2)), Name(names, row.GetInt64(3)), row.GetString(4),
        row.GetString(5), row.GetString(6), row.GetString(7))
    {
        OriginalRecipient = row.GetString(8),
        Size = row.GetInt64(9),
        IsReport = row.GetBoolean(10),
        Notify = (Notify)row.GetInt16(11),
        Attempts = row.GetInt32(12),
        Crashes = row.GetInt32(13),
        MayRepeat = row.GetBoolean(14),
        AcceptedAt = row.GetFieldValue<DateTimeOffset>(15),
        FirstAttemptAt = Instant(row, 16),
        LastAttemptAt = Instant(row, 17),
        DueAt = Instant(row, 18),
        ExpiresAt = Instant(row, 19),
        FinishedAt = Instant(row, 20),
        Status = row.GetString(21),
        Reply = row.GetString(22),
        Reason = row.GetString(23),
        Remote = row.GetString(24),
        Report = row.GetString(25),
        ReportId = row.IsDBNull(26) ? null : row.GetInt64(26),
    };

    private static string[] Reach(DeliveryVerb verb) => [.. DeliveryTransitions.From(verb.ToEvent()).Select(state => state.ToSql())];

    private static QueueEffect Effect(DbDataReader row) => new(
        row.GetInt64(11), row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6),
        row.GetInt64(7), row.GetInt64(8), row.GetInt64(10), Instant(row, 9));

    // Connector 0 is what never had one: recipients of a pickup that nothing leads to.
    private static string Name(IReadOnlyDictionary<long, string> names, long id) =>
        names.TryGetValue(id, out var name) ? name : id == 0 ? "" : id == RoutingTable.Canaries.Id ? RoutingTable.Canaries.Name : string.Create(CultureInfo.InvariantCulture, $"{Deleted}{id}");

    private static long? DeletedId(string name) =>
        name == RoutingTable.Canaries.Name ? RoutingTable.Canaries.Id : name.StartsWith(Deleted, StringComparison.Ordinal) && long.TryParse(name.AsSpan(Deleted.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    private static DateTimeOffset? Instant(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool TryCursor(string cursor, out string value, out long id)
    {
        var bar = cursor.LastIndexOf('|');
        value = bar > 0 ? Storable.Text(cursor[..bar]) : "";
        id = 0;
        return bar > 0 && long.TryParse(cursor.AsSpan(bar + 1), NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }
}

/// <summary>A question about the queue took longer than a page waits for. Narrower filters help.</summary>
public sealed class QueueViewTimeoutException(TimeSpan limit, Exception inner)
    : Exception($"The answer was not there within {limit.TotalSeconds:0} seconds. A narrower filter, such as an age, makes it quick.", inner);
