using Npgsql;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Routing;

/// <summary>How a version of routing came into force.</summary>
public enum ActivationSource
{
    /// <summary>It was in force before the first activation.</summary>
    Start,
    Draft,

    /// <summary>An earlier one was brought back.</summary>
    Return,

    /// <summary>Through the configuration: a form, its text, or the command line.</summary>
    Configuration,
}

/// <summary>One version of routing that was in force.</summary>
/// <param name="Draft">Name of the draft; empty where it was none.</param>
/// <param name="ReturnsTo">The version that was brought back; null where none was.</param>
/// <param name="Changes">A line each.</param>
/// <param name="AuditId">Its row in the audit; null for the start.</param>
/// <param name="FollowedAt">When all that waited had been looked through; null while that goes on.</param>
/// <param name="Operations">What moved, held and released waiting mail for it: their ids in the list of operations, which has their progress and takes them back.</param>
public sealed record RouteActivation(
    long Version, DateTimeOffset At, string Actor, string Reason, ActivationSource Source, string Draft, long? ReturnsTo, IReadOnlyList<string> Changes, long? AuditId,
    DateTimeOffset? FollowedAt, IReadOnlyList<long> Operations);

/// <summary>Writes each change of routing into the history of activations, in the transaction that makes it.</summary>
internal static class RouteHistory
{
    private const int MostChanges = 1000;

    private const string LastSql = "select content::text from route_activation order by version desc limit 1";

    private const string InsertSql =
        """
        -- a version of routing comes into force
        insert into route_activation (version, actor, reason, source, draft, returns_to, content, changes, audit_id, followed_at)
             values ($1, $2, $3, $4, $5, nullif($6, 0), $7::jsonb, $8, nullif($9, 0), case when $4 = 'start' then now() end) on conflict (version) do nothing
        """;

    /// <summary>Notes a change that was made through the configuration; one that leaves routing as it was is none.</summary>
    /// <param name="connection">With the transaction of the change open, its version raised and its audit row written.</param>
    public static async Task NoteAsync(NpgsqlConnection connection, ConfigurationDocument before, ConfigurationDocument after, Operator who, CancellationToken cancellationToken)
    {
        var (was, becomes) = (RouteHouse.Of(before), RouteHouse.Of(after));
        if (becomes.Since(was).Count > 0)
        {
            await WriteAsync(connection, was, becomes, ActivationSource.Configuration, "", 0, who, cancellationToken);
        }
    }

    /// <summary>Writes a version, and what it found in force where that is not in the history.</summary>
    public static async Task<long> WriteAsync(
        NpgsqlConnection connection, RouteSet was, RouteSet becomes, ActivationSource source, string draft, long returnsTo, Operator who, CancellationToken cancellationToken)
    {
        await using var read = new NpgsqlCommand("select version, currval(pg_get_serial_sequence('audit', 'id')) from configuration", connection);
        var (version, audit) = (0L, 0L);
        await using (var row = await read.ExecuteReaderAsync(cancellationToken))
        {
            await row.ReadAsync(cancellationToken);
            (version, audit) = (row.GetInt64(0), row.GetInt64(1));
        }

        await using var last = new NpgsqlCommand(LastSql, connection);
        var known = await last.ExecuteScalarAsync(cancellationToken) is string content ? RouteJson.Read<RouteSet>(content) : RouteSet.Empty;
        if (was.Since(known).Count > 0)
        {
            await InsertAsync(connection, version - 1, "", "", ActivationSource.Start, "", 0, was, [], 0, cancellationToken);
        }

        string[] changes = [.. becomes.Since(was).Take(MostChanges).Select(change => change.Sentence)];
        await InsertAsync(connection, version, who.Name, Storable.Text(who.Reason), source, draft, returnsTo, becomes, changes, audit, cancellationToken);
        return version;
    }

    private static async Task InsertAsync(
        NpgsqlConnection connection, long version, string actor, string reason, ActivationSource source, string draft, long returnsTo, RouteSet content, string[] changes, long audit,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(InsertSql, connection);
        foreach (var value in (ReadOnlySpan<object>)[version, actor, reason, source.ToString().ToLowerInvariant(), draft, returnsTo, RouteJson.Write(content), changes, audit])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
