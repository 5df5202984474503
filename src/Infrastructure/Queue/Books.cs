using System.Text.Json.Serialization;
using Npgsql;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>The balance of promise P1 at one instant.</summary>
/// <param name="Differences">Days on which ledger and rows differ; empty when the books balance.</param>
public sealed record BooksBalance(
    long Accepted,
    long Delivered,
    long Bounced,
    long Removed,
    long Expanded,
    long Queued,
    long Leased,
    long Held,
    long Quarantined,
    IReadOnlyList<BooksDifference> Differences,
    DateTimeOffset CheckedAt)
{
    /// <summary>The days whose rows are kept, the youngest first; older ones are in the sums alone.</summary>
    public IReadOnlyList<BooksDay> Days { get; init; } = [];

    /// <summary>Canaries among the accepted: Postern's own probes.</summary>
    public long Canaries { get; init; }

    /// <summary>Reports of canaries among the delivered: they came back, and went to nobody.</summary>
    public long CanaryReports { get; init; }

    /// <summary>Live deliveries.</summary>
    public long InQueue => Queued + Leased + Held + Quarantined;

    public bool IsBalanced => Differences.Count == 0 && Accepted == Delivered + Bounced + Removed + Expanded + InQueue;
}

/// <summary>One thing in which the ledger and the rows do not agree.</summary>
/// <param name="Day">UTC day of acceptance.</param>
/// <param name="What">The finding in a sentence.</param>
/// <param name="Ids">The deliveries or messages it is about, as far as they can be named; the first thousand.</param>
/// <param name="Meaning">What has happened to the mail.</param>
/// <param name="NextStep">What to do.</param>
public sealed record BooksDifference(DateOnly Day, string What, IReadOnlyList<long> Ids, string Meaning, string NextStep)
{
    /// <summary>Day and finding, as console, command line and events write it.</summary>
    [JsonIgnore]
    public string Sentence => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Day:yyyy-MM-dd}: {What}");
}

/// <summary>Where the deliveries that were accepted on one UTC day are: as the ledger has them, and as the rows are.</summary>
/// <param name="InQueue">Rows of the day that have not reached an end.</param>
public sealed record BooksDay(DateOnly Day, BooksSide Ledger, BooksSide Rows, long InQueue)
{
    public bool IsBalanced => Ledger == Rows;
}

/// <summary>One side of the books of a day.</summary>
public sealed record BooksSide(long Accepted, long Delivered, long Bounced, long Removed, long Expanded);

/// <summary>Compares the ledger with the rows it counts, in one repeatable-read snapshot.</summary>
/// <remarks>The ledger is written by the same transactions but to tables nothing else touches; a row that is deleted or changed by hand is found and named.</remarks>
public sealed partial class Books(NpgsqlDataSource database)
{
    /// <summary>The most ids that are named for one difference.</summary>
    private const int NamedIds = 1000;

    public async Task<BooksBalance> CheckAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OneProcess.OpenAsync(database, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var rows = await CountRowsAsync(connection, cancellationToken);
        var ledger = await CountLedgerAsync(connection, cancellationToken);
        var differences = new List<BooksDifference>();
        var days = new List<BooksDay>();
        foreach (var day in rows.Keys.Union(ledger.Keys).Order())
        {
            var counted = rows.GetValueOrDefault(day) ?? new DayCount();
            var both = new BooksDay(day, (ledger.GetValueOrDefault(day) ?? new DayCount()).Side, counted.Side, counted.InQueue);
            days.Insert(0, both);
            if (!both.IsBalanced)
            {
                differences.AddRange(await ExplainAsync(connection, both, cancellationToken));
            }
        }

        return await SumAsync(connection, rows, ledger, differences, cancellationToken) with { Days = days };
    }

    private static async Task<BooksBalance> SumAsync(
        NpgsqlConnection connection, Dictionary<DateOnly, DayCount> rows, Dictionary<DateOnly, DayCount> ledger,
        List<BooksDifference> differences, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FoldedSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new BooksBalance(
            ledger.Values.Sum(day => day.Accepted) + reader.GetInt64(0),
            rows.Values.Sum(day => day.Delivered) + reader.GetInt64(1),
            rows.Values.Sum(day => day.Bounced) + reader.GetInt64(2),
            rows.Values.Sum(day => day.Removed) + reader.GetInt64(3),
            rows.Values.Sum(day => day.Expanded) + reader.GetInt64(4),
            rows.Values.Sum(day => day.Queued),
            rows.Values.Sum(day => day.Leased),
            rows.Values.Sum(day => day.Held),
            rows.Values.Sum(day => day.Quarantined),
            differences,
            new DateTimeOffset(reader.GetDateTime(5)))
        {
            Canaries = ledger.Values.Sum(day => day.Canaries) + reader.GetInt64(6),
            CanaryReports = ledger.Values.Sum(day => day.CanaryReports) + reader.GetInt64(7),
        };
    }

    private static async Task<Dictionary<DateOnly, DayCount>> CountRowsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(RowsSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var days = new Dictionary<DateOnly, DayCount>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var day = Day(days, reader.GetFieldValue<DateOnly>(0));
            day.Add(reader.GetString(1), reader.GetInt64(2));
            day.Accepted += reader.GetInt64(2);
        }

        return days;
    }

    private static async Task<Dictionary<DateOnly, DayCount>> CountLedgerAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LedgerSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var days = new Dictionary<DateOnly, DayCount>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var day = Day(days, reader.GetFieldValue<DateOnly>(0));
            if (reader.IsDBNull(1))
            {
                day.Accepted += reader.GetInt64(2);
                day.Canaries += reader.GetInt64(3);
            }
            else
            {
                day.Add(reader.GetString(1), reader.GetInt64(2));
                day.CanaryReports += reader.GetString(1) == "delivered" ? reader.GetInt64(4) : 0;
            }
        }

        return days;
    }

    private static async Task<List<BooksDifference>> ExplainAsync(NpgsqlConnection connection, BooksDay day, CancellationToken cancellationToken)
    {
        var found = new List<BooksDifference>();
        foreach (var (sql, finding) in Explanations)
        {
            var ids = await IdsAsync(connection, sql, day.Day, cancellationToken);
            if (ids.Count > 0)
            {
                found.Add(new BooksDifference(day.Day, finding.What, ids, finding.Meaning, finding.NextStep));
            }
        }

        if (found.Count == 0)
        {
            var (ledger, rows) = (day.Ledger, day.Rows);
            found.Add(new BooksDifference(
                day.Day,
                $"The ledger has {ledger.Accepted:N0} accepted, {ledger.Delivered:N0} delivered, {ledger.Bounced:N0} bounced, {ledger.Removed:N0} removed; "
                + $"the rows are {rows.Accepted:N0}, {rows.Delivered:N0}, {rows.Bounced:N0}, {rows.Removed:N0}.",
                [], BooksFinding.OtherSums.Meaning, BooksFinding.OtherSums.NextStep));
        }

        return found;
    }

    private static async Task<List<long>> IdsAsync(NpgsqlConnection connection, string sql, DateOnly day, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { Value = day });
        command.Parameters.Add(new() { Value = NamedIds });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetInt64(0));
        }

        return ids;
    }

    private static DayCount Day(Dictionary<DateOnly, DayCount> days, DateOnly day)
    {
        if (!days.TryGetValue(day, out var count))
        {
            days[day] = count = new DayCount();
        }

        return count;
    }

    private sealed class DayCount
    {
        public long Accepted { get; set; }

        public long Delivered { get; private set; }

        public long Bounced { get; private set; }

        public long Removed { get; private set; }

        public long Expanded { get; private set; }

        public long Queued { get; private set; }

        public long Leased { get; private set; }

        public long Held { get; private set; }

        public long Quarantined { get; private set; }

        public long Canaries { get; set; }

        public long CanaryReports { get; set; }

        public void Add(string state, long count)
        {
            switch (state)
            {
                case "delivered": Delivered += count; break;
                case "bounced": Bounced += count; break;
                case "removed": Removed += count; break;
                case "expanded": Expanded += count; break;
                case "queued": Queued += count; break;
                case "leased": Leased += count; break;
                case "held": Held += count; break;
                default: Quarantined += count; break;
            }
        }

        public long InQueue => Queued + Leased + Held + Quarantined;

        public BooksSide Side => new(Accepted, Delivered, Bounced, Removed, Expanded);
    }
}
