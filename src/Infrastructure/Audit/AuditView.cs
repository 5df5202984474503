using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Access;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Audit;

/// <summary>One act as the audit has it.</summary>
/// <param name="Place">Its number in the order of the acts.</param>
/// <param name="Details">JSON; null when the rest says all.</param>
public sealed record AuditRow(long Place, DateTimeOffset At, string Actor, string Verb, string Target, string Reason, string? Details);

/// <summary>Which acts are meant; what is empty or null asks for nothing.</summary>
public sealed record AuditFilter
{
    /// <summary>The whole name of an actor.</summary>
    public string Actor { get; init; } = "";

    /// <summary>The whole verb.</summary>
    public string Verb { get; init; } = "";

    /// <summary>A part of the target or the reason.</summary>
    public string Text { get; init; } = "";

    /// <summary>At this moment or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this moment.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only those before this place: the page behind.</summary>
    public long? Before { get; init; }
}

/// <summary>What administrators ask of the audit; newest first.</summary>
public sealed class AuditView(NpgsqlDataSource database)
{
    /// <summary>Acts of a page.</summary>
    public const int PageSize = 100;

    private const string PageSql =
        """
        -- acts, newest first; the place is the order of the commits, so no later act comes in between
          select place, at, actor, verb, target, reason, details::text
            from audit
           where ($1 = '' or actor = $1) and ($2 = '' or verb = $2) and ($3 = '' or target ilike $3 or reason ilike $3)
             and ($4::timestamptz is null or at >= $4) and ($5::timestamptz is null or at < $5) and place < $6
        order by place desc limit $7
        """;

    private const string WordsSql =
        """
        -- who has acted, and what there was to do
        select 'actor', actor from audit group by 2 union all select 'verb', verb from audit group by 2 order by 1, 2
        """;

    /// <summary>One page, and whether there are more behind it.</summary>
    /// <exception cref="RightMissingException">They may not read the audit.</exception>
    public async Task<(IReadOnlyList<AuditRow> Rows, bool HasMore)> PageAsync(AuditFilter filter, Operator who, CancellationToken cancellationToken, int size = PageSize)
    {
        var rows = new List<AuditRow>();
        await foreach (var row in AllAsync(filter, who, size + 1, cancellationToken))
        {
            rows.Add(row);
        }

        return ([.. rows.Take(size)], rows.Count > size);
    }

    /// <summary>Everything that matches as a stream; for files.</summary>
    /// <exception cref="RightMissingException">They may not read the audit.</exception>
    public IAsyncEnumerable<AuditRow> AllAsync(AuditFilter filter, Operator who, long most, CancellationToken cancellationToken)
    {
        who.Demand(Right.ManagePeople);
        return ReadAsync(filter, most, cancellationToken);
    }

    /// <summary>Every actor and every verb that the audit knows, for the filter.</summary>
    /// <exception cref="RightMissingException">They may not read the audit.</exception>
    public async Task<(IReadOnlyList<string> Actors, IReadOnlyList<string> Verbs)> WordsAsync(Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ManagePeople);
        await using var command = database.CreateCommand(WordsSql);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var words = new List<(string Kind, string Word)>();
        while (await row.ReadAsync(cancellationToken))
        {
            words.Add((row.GetString(0), row.GetString(1)));
        }

        return ([.. words.Where(word => word.Kind == "actor").Select(word => word.Word)], [.. words.Where(word => word.Kind == "verb").Select(word => word.Word)]);
    }

    private async IAsyncEnumerable<AuditRow> ReadAsync(AuditFilter filter, long most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(PageSql);
        command.Parameters.Add(new() { Value = Storable.Text(filter.Actor) });
        command.Parameters.Add(new() { Value = Storable.Text(filter.Verb) });
        command.Parameters.Add(new() { Value = filter.Text.Length == 0 ? "" : Like(filter.Text) });
        command.Parameters.Add(new() { Value = (object?)filter.From?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = (object?)filter.To?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = filter.Before ?? long.MaxValue });
        command.Parameters.Add(new() { Value = most });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            yield return new AuditRow(
                row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
                row.IsDBNull(6) ? null : row.GetString(6));
        }
    }

    private static string Like(string text) => "%" + Storable.Text(text)
        .Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";
}
