using System.Data;
using Npgsql;
using Postern.Domain.Routing;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Routing;

/// <summary>Gives the route model as it is in force, from the live routing table and the stored knowledge; read anew only when either has moved.</summary>
public sealed class RouteModels(NpgsqlDataSource database, RoutingLoader loader, LiveRouting routing) : IDisposable
{
    private const string VersionSql = "select coalesce(max(id), 0) from knowledge_act";

    private const string ReadSql =
        $"""
        -- what post offices are believed to know, and what is published to them all the same
        select coalesce(max(id), 0) from knowledge_act;
        select {KnowledgeRow.Columns} from post_office_knowledge order by owner_key, destination_key, is_there;
        select post_office_key, native, face, at, actor, reason from publication_override order by post_office_key, face, native
        """;

    private readonly SemaphoreSlim gate = new(1, 1);
    private RouteState? last;

    /// <summary>The model of this moment: whatever is committed is in it.</summary>
    public async Task<RouteState> CurrentAsync(CancellationToken cancellationToken)
    {
        var version = await loader.VersionAsync(cancellationToken);
        var knowledge = await VersionAsync(cancellationToken);
        if (Volatile.Read(ref last) is { } known && known.Version == version && known.KnowledgeVersion == knowledge)
        {
            return known;
        }

        await gate.WaitAsync(cancellationToken);
        try
        {
            var fresh = last is { } other && other.Version == version && other.KnowledgeVersion == knowledge ? other : await LoadAsync(version, cancellationToken);
            Volatile.Write(ref last, fresh);
            return fresh;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();

    private async Task<long> VersionAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(VersionSql);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // Counting homes takes as long as reading the directory does; they change only with the table.
    private async Task<RouteState> LoadAsync(long version, CancellationToken cancellationToken)
    {
        var (known, faults) = last is { } before && before.Version == version ? (before.Model, before.Faults) : await TableAsync(version, cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = new NpgsqlCommand(ReadSql, connection, transaction);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var knowledge = row.GetInt64(0);
        var rows = await ReadAsync(row, KnowledgeRow.Of, cancellationToken);
        var overrides = await ReadAsync(
            row, r => new PublicationOverride(r.GetString(0), r.GetString(1), r.GetString(2), r.GetFieldValue<DateTimeOffset>(3), r.GetString(4), r.GetString(5)), cancellationToken);
        return new RouteState(known with { Knowledge = [.. rows.Select(stored => stored.Knowledge)] }, knowledge, rows, overrides, faults);
    }

    // The live table is behind for a moment after a commit.
    private async Task<(RouteModel Model, IReadOnlyList<string> Faults)> TableAsync(long version, CancellationToken cancellationToken)
    {
        var loaded = routing.Current.Version == version ? new LoadedRouting(routing.Current, []) : await loader.LoadAsync(cancellationToken);
        return await Task.Run(() => (RouteModel.Of(loaded.Table, Home.Of(loaded.Table.Book.Entries), []), loaded.Faults), cancellationToken);
    }

    private static async Task<List<T>> ReadAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken);
        return await reader.RowsAsync(read, cancellationToken);
    }
}
