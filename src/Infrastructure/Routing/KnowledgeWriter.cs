using Npgsql;
using NpgsqlTypes;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Routing;

/// <summary>One act on the knowledge of post offices within an open transaction: locks, changes rows, and keeps what they were and are.</summary>
internal sealed partial class KnowledgeWriter(NpgsqlConnection connection)
{
    /// <summary>No other act runs until the transaction ends.</summary>
    public Task LockAsync(CancellationToken cancellationToken) => ExecuteAsync(LockSql, cancellationToken);

    /// <summary>Changes what is stored of each definition and writes act and audit row; null when nothing would change.</summary>
    public async Task<long?> WriteAsync(
        Operator who, string verb, string ownerKey, string target, IReadOnlyList<KnowledgeEdit> edits, CancellationToken cancellationToken)
    {
        var keys = edits.Select(edit => edit.Definition.Key).Distinct().ToList();
        var (owners, destinations) = (keys.Select(key => key.Owner).ToArray(), keys.Select(key => key.Destination).ToArray());
        var stored = (await RowsAsync(owners, destinations, cancellationToken)).ToLookup(row => row.Definition.Key);
        var rows = stored.SelectMany(group => group).ToList();
        foreach (var edit in edits)
        {
            var others = rows.Where(row => row.Definition.Key != edit.Definition.Key).ToList();
            rows = [.. others, .. edit.Apply([.. rows.Where(row => row.Definition.Key == edit.Definition.Key)])];
        }

        if (rows.ToHashSet().SetEquals(stored.SelectMany(group => group)))
        {
            return null;
        }

        var before = await SnapshotAsync(owners, destinations, cancellationToken);
        await ExecuteAsync(DeleteSql, cancellationToken, owners, destinations);
        await InsertAsync(rows, cancellationToken);
        return await ActAsync(who, verb, ownerKey, target, before, await SnapshotAsync(owners, destinations, cancellationToken), cancellationToken);
    }

    /// <summary>Writes an act and its audit row.</summary>
    public async Task<long> ActAsync(Operator who, string verb, string ownerKey, string target, string before, string after, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(ActSql, who.Name, verb, ownerKey, Storable.Text(who.Reason), before, after);
        var id = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        await AuditLog.WriteAsync(connection, who, $"{verb} definitions", target, $$"""{"act": {{id}}, "before": {{before}}, "after": {{after}}}""", cancellationToken);
        return id;
    }

    /// <summary>Restores what an act touched; null when it cannot be taken back any more.</summary>
    public async Task<(string Verb, string OwnerKey)?> TakeBackAsync(long act, Operator who, CancellationToken cancellationToken)
    {
        var (verb, owner, before, after) = ("", "", "", "");
        await using (var command = connection.Command(TakenBackSql, act, who.Name))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await row.ReadAsync(cancellationToken))
            {
                return null;
            }

            (verb, owner, before, after) = (row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3));
        }

        await ExecuteAsync(ClearSql, cancellationToken, before, after);
        await ExecuteAsync(RestoreRowsSql, cancellationToken, before);
        await ActAsync(who, "take back", owner, $"act {act}", after, before, cancellationToken);
        return (verb, owner);
    }

    private async Task<IReadOnlyList<KnowledgeRow>> RowsAsync(string[] owners, string[] destinations, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(RowsSql, owners, destinations);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<KnowledgeRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(KnowledgeRow.Of(row));
        }

        return rows;
    }

    private async Task<string> SnapshotAsync(string[] owners, string[] destinations, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(SnapshotSql, owners, destinations);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task InsertAsync(IReadOnlyList<KnowledgeRow> rows, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            InsertSql,
            Texts(row => row.Definition.System), Texts(row => row.Definition.Owner), Texts(row => row.Definition.Destination), Texts(row => row.Definition.Via),
            Texts(row => row.Definition.OwnerKey), Texts(row => row.Definition.DestinationKey), Texts(row => row.State.ToString().ToLowerInvariant()),
            Times(row => row.Since == default ? null : row.Since.UtcDateTime), Times(row => row.SeenAt == DateTimeOffset.MaxValue ? null : row.SeenAt?.UtcDateTime),
            rows.Select(row => row.SeenAt == DateTimeOffset.MaxValue).ToArray(),
            Texts(row => row.Proof == KnowledgeProof.None ? "" : row.Proof.ToString().ToLowerInvariant()), Texts(row => Storable.Text(row.ProvedBy)), rows.Select(row => row.Sheet ?? 0).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);

        string[] Texts(Func<KnowledgeRow, string> of) => [.. rows.Select(of)];

        NpgsqlParameter Times(Func<KnowledgeRow, DateTime?> of) =>
            new() { Value = rows.Select(of).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = connection.Command(sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
