using System.Text.Json;
using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Routing;

/// <summary>What became of a wish to put routing into force.</summary>
/// <param name="Version">The new version; null when it was refused.</param>
/// <param name="Refusal">Empty when it is in force; else a sentence that says why not.</param>
/// <param name="Check">What it would have meant, or means; null when there was nothing to check.</param>
/// <param name="Theirs">The draft as somebody else saved it meanwhile, where that is the reason.</param>
public sealed record ActivationResult(long? Version, string Refusal, DraftCheck? Check, RouteDraft? Theirs)
{
    public bool IsDone => Version is not null;

    internal static ActivationResult No(string why, DraftCheck? check = null, RouteDraft? theirs = null) => new(null, why, check, theirs);
}

/// <summary>Puts drafts of routing into force, keeps every version that was, and brings one back.</summary>
/// <remarks>
/// A version and its audit row are one transaction. What waits in the queue follows: each delivery carries the version it was routed by, an older one
/// is resolved anew when it is claimed, and <see cref="RouteKeeper"/> moves the rest as an operation that shows its progress and can be taken back.
/// </remarks>
public sealed class RouteActivations(NpgsqlDataSource database, RouteModels models, RouteDrafts drafts, SettingsCatalog catalog)
{
    private const string ReadSql =
        """
        -- versions of routing, newest first
          select version, at, actor, reason, source, draft, returns_to, changes, audit_id, followed_at, operations
            from route_activation
           where version < $1
        order by version desc limit $2
        """;

    private const string ContentSql = "select content::text from route_activation where version = $1";

    private const string DraftSql = $"{RouteDrafts.ReadSql} where id = $1 for update";

    /// <summary>Puts a draft into force, together with what was activated since it was made.</summary>
    /// <param name="read">As the operator has seen it.</param>
    /// <param name="acceptsLoss">They have seen what stops, and take a route out all the same; <paramref name="who"/> says why.</param>
    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public async Task<ActivationResult> ActivateAsync(RouteDraft read, bool acceptsLoss, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.EditRouting);
        if (RouteDrafts.NotTheirs(read, who) is { Length: > 0 } kept)
        {
            return ActivationResult.No(kept);
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Configuration first, then the draft: all who change either wait in this order.
        await ExecuteAsync(connection, "select version from configuration for update", cancellationToken);
        if (await LockAsync(connection, read.Id, cancellationToken) is not { } draft || draft.RowVersion != read.RowVersion)
        {
            var slower = await drafts.SlowerAsync(read, cancellationToken);
            return ActivationResult.No(slower.Refusal, theirs: slower.Theirs);
        }

        var result = await PutAsync(
            connection, transaction, draft.Base, draft.Content, check => check.WhyNot(acceptsLoss, who.Reason), (ActivationSource.Draft, draft.Name, 0), who, cancellationToken);
        if (result.IsDone)
        {
            await ExecuteAsync(connection, "delete from route_draft where id = $1", cancellationToken, draft.Id);
            await transaction.CommitAsync(cancellationToken);
        }

        return result;
    }

    /// <summary>Brings the routing of an earlier version back, as a new version.</summary>
    /// <param name="acceptsLoss">They have seen what stops, and want it all the same.</param>
    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public async Task<ActivationResult> ReturnAsync(long version, bool acceptsLoss, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.EditRouting);
        if (await ContentAsync(version, cancellationToken) is not { } content)
        {
            return ActivationResult.No($"There is no routing version {version}.");
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, "select version from configuration for update", cancellationToken);
        var result = await PutAsync(
            connection, transaction, null, content, check => WhyNoReturn(check, acceptsLoss, who.Reason), (ActivationSource.Return, "", version), who, cancellationToken);
        if (result.IsDone)
        {
            await transaction.CommitAsync(cancellationToken);
        }

        return result;
    }

    /// <summary>What returning to a version would mean now; null when there is no such version.</summary>
    public async Task<DraftCheck?> CheckReturnAsync(long version, CancellationToken cancellationToken)
    {
        if (await ContentAsync(version, cancellationToken) is not { } content)
        {
            return null;
        }

        var state = await models.CurrentAsync(cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var document = await new StoredConfiguration(connection, catalog).ReadHouseAsync(cancellationToken);
        return (await drafts.CheckAsync(state, document, RouteHouse.Of(document), content, cancellationToken)).Check;
    }

    /// <summary>Versions of routing that were in force, the newest first.</summary>
    /// <param name="before">Only earlier ones; <see cref="long.MaxValue"/> begins with the newest.</param>
    public async Task<IReadOnlyList<RouteActivation>> ListAsync(long before, int most, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReadSql);
        command.Parameters.Add(new() { Value = before });
        command.Parameters.Add(new() { Value = most });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<RouteActivation>();
        while (await row.ReadAsync(cancellationToken))
        {
            found.Add(new RouteActivation(
                row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetString(3), Enum.Parse<ActivationSource>(row.GetString(4), ignoreCase: true), row.GetString(5),
                row.IsDBNull(6) ? null : row.GetInt64(6), row.GetFieldValue<string[]>(7), row.IsDBNull(8) ? null : row.GetInt64(8),
                row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9), row.GetFieldValue<long[]>(10)));
        }

        return found;
    }

    /// <summary>The routing table line by line, as it is or as it was, with the version before it; null when it is not in the history.</summary>
    /// <param name="version">Null for the one in force; a version between two that changed routing is the earlier of these.</param>
    public async Task<RouteGeneration?> TableAsync(long? version, CancellationToken cancellationToken)
    {
        var state = await models.CurrentAsync(cancellationToken);
        var known = await ListAsync((version ?? state.Version) + 1, 2, cancellationToken);
        var previous = known.Count > 1 ? known[1].Version : (long?)null;
        return version is null ? new RouteGeneration(state.Version, previous, RouteLines.Of(RouteSet.Of(state.Model.Table)))
            : known.Count > 0 && await ContentAsync(known[0].Version, cancellationToken) is { } content ? new RouteGeneration(known[0].Version, previous, RouteLines.Of(content))
            : null;
    }

    /// <summary>The routing of a version; null when it is not in the history.</summary>
    public async Task<RouteSet?> ContentAsync(long version, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ContentSql);
        command.Parameters.Add(new() { Value = version });
        return await command.ExecuteScalarAsync(cancellationToken) is string content ? RouteJson.Read<RouteSet>(content) : null;
    }

    private async Task<ActivationResult> PutAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, RouteSet? origin, RouteSet content, Func<DraftCheck, string> whyNot,
        (ActivationSource Source, string Draft, long ReturnsTo) how, Operator who, CancellationToken cancellationToken)
    {
        var state = await models.CurrentAsync(cancellationToken);
        var current = await new StoredConfiguration(connection, catalog).ReadHouseAsync(cancellationToken);
        var active = RouteHouse.Of(current);
        var (check, wanted) = await drafts.CheckAsync(state, current, origin ?? active, content, cancellationToken);
        if (whyNot(check) is { Length: > 0 } refusal)
        {
            return ActivationResult.No(refusal, check);
        }

        await new ConfigurationChange(connection, transaction).WriteAsync(ConfigurationDifference.Between(current, wanted), cancellationToken);
        await ExecuteAsync(connection, "update configuration set version = version + 1, changed_at = now()", cancellationToken);
        var details = JsonSerializer.Serialize(new
        {
            changes = check.Changes.Take(1000).Select(change => change.Sentence),
            count = check.Changes.Count,
            acceptedLosses = check.New.Take(100).Select(example => example.Sentence),
        });
        var target = how.Source == ActivationSource.Return ? $"routing version {how.ReturnsTo}" : $"draft {how.Draft}";
        await AuditLog.WriteAsync(connection, who, how.Source == ActivationSource.Return ? "return to routing" : "activate routing", target, details, cancellationToken);
        var version = await RouteHistory.WriteAsync(connection, active, check.Set, how.Source, how.Draft, how.ReturnsTo, who, cancellationToken);
        await ExecuteAsync(connection, $"notify {ConfigurationStore.Channel}", cancellationToken);
        return new ActivationResult(version, "", check, null);
    }

    private static string WhyNoReturn(DraftCheck check, bool acceptsLoss, string reason) =>
        check.New.Count == 0 || !acceptsLoss || check.Faults.Count > 0 || check.Changes.Count == 0
            ? check is { New.Count: > 0, Faults.Count: 0 } ? $"Mail would not arrive by that version any more: {check.New[0].Sentence} Say that you have seen it, and why." : check.WhyNot(false, "")
            : reason.Trim().Length == 0 ? "Say why that version is brought back although mail stops." : "";

    private static async Task<RouteDraft?> LockAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(DraftSql, connection) { Parameters = { new() { Value = id } } };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? RouteDrafts.Of(row) : null;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>A routing table that is or was in force.</summary>
/// <param name="Previous">The version of routing before it; null when none is known.</param>
public sealed record RouteGeneration(long Version, long? Previous, IReadOnlyList<RouteLine> Lines);
