using System.Data;
using System.Text.Json;
using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Routing;

/// <summary>Drafts of routing: made from what is in force, changed by one person at a time, brought together, checked, and activated by <see cref="RouteActivations"/>.</summary>
/// <remarks>Whoever saves names the row version they have read. When somebody was faster nothing is written, and the answer has what they saved.</remarks>
public sealed partial class RouteDrafts(NpgsqlDataSource database, RouteModels models, SettingsCatalog catalog)
{
    private const int LongestName = 80;

    /// <summary>A new draft that changes nothing yet.</summary>
    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public async Task<DraftResult> CreateAsync(string name, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.EditRouting);
        if (NameFault(name) is { Length: > 0 } fault)
        {
            return DraftResult.No(fault);
        }

        var state = await models.CurrentAsync(cancellationToken);
        var set = RouteJson.Write(RouteSet.Of(state.Model.Table));
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command(InsertSql, name.Trim(), who.Name, state.Version, set, set);
        if (await command.ExecuteScalarAsync(cancellationToken) is not long id)
        {
            return DraftResult.No($"There is a draft {name.Trim()} already; choose another name.");
        }

        await AuditLog.WriteAsync(connection, who, "make draft", name.Trim(), null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return DraftResult.Done(await FindAsync(id, cancellationToken));
    }

    /// <summary>All drafts, by name.</summary>
    public Task<IReadOnlyList<RouteDraft>> ListAsync(CancellationToken cancellationToken) => ReadAsync($"{ReadSql} order by upper(name)", cancellationToken);

    /// <summary>One draft; null when there is none.</summary>
    public async Task<RouteDraft?> FindAsync(long id, CancellationToken cancellationToken) =>
        await ReadAsync($"{ReadSql} where id = $1", cancellationToken, id) is [var found] ? found : null;

    /// <summary>The draft of this name, whatever its letters; null when there is none.</summary>
    public async Task<RouteDraft?> FindAsync(string name, CancellationToken cancellationToken) =>
        await ReadAsync($"{ReadSql} where upper(name) = upper($1)", cancellationToken, name.Trim()) is [var found] ? found : null;

    /// <summary>Saves what somebody has made of a draft.</summary>
    /// <param name="read">As they had read it.</param>
    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public Task<DraftResult> SaveAsync(RouteDraft read, RouteSet content, Operator who, CancellationToken cancellationToken) =>
        WriteAsync("change draft", read, read with { Content = content }, who, cancellationToken);

    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public async Task<DraftResult> RenameAsync(RouteDraft read, string name, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.EditRouting);
        return NameFault(name) is { Length: > 0 } fault ? DraftResult.No(fault) : await WriteAsync("rename draft", read, read with { Name = name.Trim() }, who, cancellationToken);
    }

    /// <summary>Lets others change a draft, or keeps it to whoever made it.</summary>
    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public Task<DraftResult> ShareAsync(RouteDraft read, bool isShared, Operator who, CancellationToken cancellationToken) =>
        WriteAsync(isShared ? "share draft" : "keep draft", read, read with { IsShared = isShared }, who, cancellationToken);

    /// <summary>Brings what was activated since into a draft.</summary>
    /// <param name="decided">For items that were changed here and there in two ways: true keeps the draft's.</param>
    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public async Task<DraftResult> RenewAsync(
        RouteDraft read, IReadOnlyDictionary<(RouteItemKind Kind, string Key), bool>? decided, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.EditRouting);
        var state = await models.CurrentAsync(cancellationToken);
        var active = RouteSet.Of(state.Model.Table);
        var merge = RouteMerge.Of(read.Base, read.Content, active, decided);
        return merge.Conflicts.Count > 0
            ? DraftResult.No(merge.Conflicts)
            : await WriteAsync("renew draft", read, read with { Base = active, BaseVersion = state.Version, Content = merge.Merged }, who, cancellationToken);
    }

    /// <summary>Brings the changes of another draft into a draft; the other one stays as it is.</summary>
    /// <param name="decided">For items that both change in two ways: true keeps those of <paramref name="into"/>.</param>
    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public async Task<DraftResult> MergeAsync(
        RouteDraft into, RouteDraft other, IReadOnlyDictionary<(RouteItemKind Kind, string Key), bool>? decided, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.EditRouting);
        // What was in force when the other one was made may be older or newer: only what it changes itself counts.
        var theirs = RouteMerge.Of(other.Base, other.Content, into.Base);
        if (theirs.Conflicts.Count > 0)
        {
            return DraftResult.No(theirs.Conflicts);
        }

        var merge = RouteMerge.Of(into.Base, into.Content, theirs.Merged, decided);
        return merge.Conflicts.Count > 0 ? DraftResult.No(merge.Conflicts) : await WriteAsync("merge draft", into, into with { Content = merge.Merged }, who, cancellationToken);
    }

    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public async Task<DraftResult> DiscardAsync(RouteDraft read, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.EditRouting);
        if (NotTheirs(read, who) is { Length: > 0 } kept)
        {
            return DraftResult.No(kept);
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.Command(DeleteSql, read.Id, read.RowVersion);
        if (await command.ExecuteScalarAsync(cancellationToken) is null)
        {
            return await SlowerAsync(read, cancellationToken);
        }

        await AuditLog.WriteAsync(connection, who, "discard draft", read.Name, ChangesJson(read), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return DraftResult.Done(null);
    }

    /// <summary>What this content would mean if it were activated now. Nothing is saved, so that it can be asked while somebody types.</summary>
    public async Task<DraftCheck> CheckAsync(RouteDraft draft, RouteSet content, CancellationToken cancellationToken)
    {
        var state = await models.CurrentAsync(cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var document = await new StoredConfiguration(connection, catalog).ReadHouseAsync(cancellationToken);
        return (await CheckAsync(state, document, draft.Base, content, cancellationToken)).Check;
    }

    /// <summary>The check against a state and a configuration that are at hand.</summary>
    internal async Task<(DraftCheck Check, ConfigurationDocument Wanted)> CheckAsync(
        RouteState state, ConfigurationDocument current, RouteSet origin, RouteSet content, CancellationToken cancellationToken)
    {
        var active = RouteHouse.Of(current);
        var merge = RouteMerge.Of(origin, content, active);
        var (document, faults) = new RouteHouse(catalog).Apply(current, merge.Merged);
        var set = faults.Count > 0 ? merge.Merged : RouteHouse.Of(document);
        var changes = set.Since(active);
        if (faults.Count > 0 || merge.Conflicts.Count > 0)
        {
            return (new DraftCheck(set, state.Version, changes, faults, merge.Conflicts, null, [], [], []), document);
        }

        var (proof, losses) = await Task.Run(() => Prove(state, set), cancellationToken);
        return (new DraftCheck(
            set, state.Version, changes, [], [], proof, losses.All, [.. proof.CounterExamples.Except(losses.All)],
            [.. state.Proof.CounterExamples.Where(example => proof.CounterExamples.All(known => known.Cause != example.Cause))])
        {
            NotByTakingOut = losses.NotByTakingOut,
        }, document);
    }

    private static (StructureProof Proof, RouteLosses Losses) Prove(RouteState state, RouteSet set)
    {
        var edited = state.Model.Over(set.Over(state.Model.Table, state.Version));
        var proof = StructureProof.Of(edited);
        return (proof, RouteLosses.Of(state.Model, state.Proof, edited, proof));
    }

    internal static RouteDraft Of(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetBoolean(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4), row.GetString(5), row.GetFieldValue<DateTimeOffset>(6),
        row.GetInt64(7), row.GetInt64(8), RouteJson.Read<RouteSet>(row.GetString(9)), RouteJson.Read<RouteSet>(row.GetString(10)));

    internal static string ChangesJson(RouteDraft draft) => JsonSerializer.Serialize(new { draft = draft.Id, changes = draft.Changes.Take(1000).Select(change => change.Sentence) });

    internal static string NotTheirs(RouteDraft draft, Operator who) =>
        draft.IsShared || draft.MadeBy == who.Name || who.May(Right.Configure) ? "" : $"The draft {draft.Name} belongs to {draft.MadeBy}, who has not shared it.";

    internal async Task<DraftResult> SlowerAsync(RouteDraft read, CancellationToken cancellationToken) =>
        await FindAsync(read.Id, cancellationToken) is { } theirs
            ? DraftResult.No($"{theirs.ChangedBy} saved the draft {theirs.Name} at {theirs.ChangedAt.UtcDateTime:HH:mm:ss} UTC, after you had opened it. Yours is not saved; nothing of theirs is lost.", theirs)
            : DraftResult.No($"The draft {read.Name} is gone: somebody activated or discarded it. Yours is not saved.");

    private async Task<DraftResult> WriteAsync(string verb, RouteDraft read, RouteDraft wanted, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.EditRouting);
        if (NotTheirs(read, who) is { Length: > 0 } kept)
        {
            return DraftResult.No(kept);
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var taken = connection.Command(IsTakenSql, wanted.Name, wanted.Id))
        {
            if ((long)(await taken.ExecuteScalarAsync(cancellationToken))! > 0)
            {
                return DraftResult.No($"There is a draft {wanted.Name} already; choose another name.");
            }
        }

        await using var save = connection.Command(SaveSql, read.Id, read.RowVersion, wanted.Name, wanted.IsShared, wanted.BaseVersion, RouteJson.Write(wanted.Base), RouteJson.Write(wanted.Content), who.Name);
        if (await save.ExecuteScalarAsync(cancellationToken) is null)
        {
            return await SlowerAsync(read, cancellationToken);
        }

        await AuditLog.WriteAsync(connection, who, verb, wanted.Name, ChangesJson(wanted), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return DraftResult.Done(await FindAsync(read.Id, cancellationToken));
    }

    private static string NameFault(string name) => name.Trim().Length is 0 or > LongestName || name.Any(char.IsControl) ? $"The name of a draft has 1 to {LongestName} characters." : "";

    private async Task<IReadOnlyList<RouteDraft>> ReadAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command(sql, values);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var drafts = new List<RouteDraft>();
        while (await row.ReadAsync(cancellationToken))
        {
            drafts.Add(Of(row));
        }

        return drafts;
    }
}
