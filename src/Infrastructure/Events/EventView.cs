using Npgsql;

namespace Postern.Infrastructure.Events;

/// <summary>Something that happened and that an operator may want to know (promise P3).</summary>
/// <param name="Severity">information, warning or error.</param>
/// <param name="Connector">Its name; empty when it concerns none.</param>
/// <param name="NextStep">What to do about it; empty when nothing is to be done.</param>
/// <param name="Details">JSON; null when there is no more.</param>
public sealed record EventRow(long Id, DateTimeOffset At, int Code, string Severity, string Connector, string Text, string NextStep, string? Details);

/// <summary>Which events are meant.</summary>
public sealed record EventFilter
{
    /// <summary>Empty means any.</summary>
    public string Severity { get; init; } = "";

    /// <summary>Name of a connector; empty means any.</summary>
    public string Connector { get; init; } = "";

    /// <summary>A part of the text.</summary>
    public string Text { get; init; } = "";

    /// <summary>One of <see cref="EventCodes"/>; null means any.</summary>
    public int? Code { get; init; }

    /// <summary>Not older than this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Older than this.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only those before this one: the page behind.</summary>
    public long? Before { get; init; }

    /// <summary>Only those after this one: what is new.</summary>
    public long? After { get; init; }
}

/// <summary>What pages ask about events; newest first.</summary>
public sealed class EventView(NpgsqlDataSource database)
{
    /// <summary>Events of a page.</summary>
    public const int PageSize = 100;

    private const string PageSql =
        """
        -- events, newest first
          select id, at, code, severity, connector, text, next_step, details::text
            from event
           where ($1 = '' or severity = $1) and ($2 = '' or connector = $2) and ($3 = '' or text ilike $3) and id < $4 and id > $5
             and ($7 = 0 or code = $7) and at >= $8 and at < $9
        order by id desc limit $6
        """;

    private const string CountSql =
        """
        -- events of the last days, by severity
        select severity, count(*) from event where at > now() - $1 group by 1
        """;

    private const string CodesSql =
        """
        -- events of the last days, by code
          select code, count(*) from event where at > now() - $1 group by 1 order by 2 desc, 1 limit $2
        """;

    /// <summary>One page, and whether there are more behind it.</summary>
    public async Task<(IReadOnlyList<EventRow> Rows, bool HasMore)> PageAsync(EventFilter filter, CancellationToken cancellationToken, int size = PageSize)
    {
        await using var command = database.CreateCommand(PageSql);
        command.Parameters.Add(new() { Value = filter.Severity });
        command.Parameters.Add(new() { Value = filter.Connector });
        command.Parameters.Add(new() { Value = filter.Text.Length == 0 ? "" : Like(filter.Text) });
        command.Parameters.Add(new() { Value = filter.Before ?? long.MaxValue });
        command.Parameters.Add(new() { Value = filter.After ?? 0 });
        command.Parameters.Add(new() { Value = size + 1 });
        command.Parameters.Add(new() { Value = filter.Code ?? 0 });
        command.Parameters.Add(new() { Value = filter.From?.ToUniversalTime() ?? DateTimeOffset.MinValue, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = filter.Until?.ToUniversalTime() ?? DateTimeOffset.MaxValue, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<EventRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(new EventRow(
                row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetInt32(2), row.GetString(3), row.GetString(4), row.GetString(5),
                row.GetString(6), row.IsDBNull(7) ? null : row.GetString(7)));
        }

        return ([.. rows.Take(size)], rows.Count > size);
    }

    /// <summary>How many of each severity within this time; a severity that is not there has none.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(CountSql);
        command.Parameters.Add(new() { Value = within });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await row.ReadAsync(cancellationToken))
        {
            counts[row.GetString(0)] = row.GetInt64(1);
        }

        return counts;
    }

    /// <summary>The codes that came most within this time, with how often.</summary>
    public async Task<IReadOnlyList<(int Code, long Count)>> CodesAsync(TimeSpan within, int most, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(CodesSql);
        command.Parameters.Add(new() { Value = within });
        command.Parameters.Add(new() { Value = most });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var codes = new List<(int, long)>();
        while (await row.ReadAsync(cancellationToken))
        {
            codes.Add((row.GetInt32(0), row.GetInt64(1)));
        }

        return codes;
    }

    private static string Like(string text) => "%" + Queue.Storable.Text(text)
        .Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";
}
