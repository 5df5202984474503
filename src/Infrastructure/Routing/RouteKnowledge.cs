using System.Collections.Concurrent;
using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;

namespace Postern.Infrastructure.Routing;

/// <summary>What became of an act on the knowledge of post offices.</summary>
/// <param name="Act">Its number, to take it back; null when nothing changed.</param>
/// <param name="Refusal">Empty when it was done; else a sentence that says why not.</param>
public sealed record KnowledgeResult(long? Act, string Refusal)
{
    public bool IsDone => Refusal.Length == 0;

    internal static KnowledgeResult No(string why) => new(null, why);
}

/// <summary>A post office's own table beside what is believed of it, before anything is taken from it.</summary>
/// <param name="Faults">Lines that could not be read.</param>
/// <param name="KnowledgeVersion">What it was compared with.</param>
public sealed record ListingPreview(PostOffice PostOffice, Reconciliation Reconciliation, IReadOnlyList<string> Faults, long KnowledgeVersion);

/// <summary>Records what old post offices know: confirmed by an operator, by their own table, by mail or a canary that came through; wanted otherwise; lapsed; taken back.</summary>
public sealed partial class RouteKnowledge(NpgsqlDataSource database, RouteModels models, TimeProvider clock)
{
    /// <summary>What nothing has shown for so long is no longer counted as confirmed.</summary>
    public static readonly TimeSpan LapseAfter = TimeSpan.FromDays(180);

    private const int MostSeen = 100_000;

    private static readonly Operator Automatic = new("postern", [], "");

    // Mail that comes the same way again is worth a write once a day.
    private readonly ConcurrentDictionary<(string From, string To), DateOnly> seen = new();

    /// <summary>An operator says that these definitions are there.</summary>
    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public Task<KnowledgeResult> ConfirmAsync(IReadOnlyList<Definition> definitions, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.EditRouting);
        return ActAsync(who, "confirm", [.. definitions.Select(row => new KnowledgeEdit(row, KnowledgeEvent.Confirm, KnowledgeProof.Operator, who.Name))], cancellationToken);
    }

    /// <summary>An operator says that these definitions are not there.</summary>
    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public Task<KnowledgeResult> FindMissingAsync(IReadOnlyList<Definition> definitions, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.EditRouting);
        return ActAsync(who, "find missing", [.. definitions.Select(row => new KnowledgeEdit(row, KnowledgeEvent.FindMissing))], cancellationToken);
    }

    /// <summary>An operator wants a post office to take this way, whatever follows from the model; the next change sheet asks for it.</summary>
    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public Task<KnowledgeResult> WantAsync(Definition definition, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.EditRouting);
        return ActAsync(who, "want", [KnowledgeEdit.Want(definition)], cancellationToken);
    }

    /// <summary>All that a sheet asked for was entered and taken out.</summary>
    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public Task<KnowledgeResult> ConfirmSheetAsync(IssuedSheet sheet, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.EditRouting);
        return ActAsync(
            who, "confirm",
            [.. sheet.Sheet.Lines.Select(line => new KnowledgeEdit(
                line.Definition, line.Act == SheetAct.Delete ? KnowledgeEvent.FindMissing : KnowledgeEvent.Confirm, KnowledgeProof.Operator, who.Name))],
            cancellationToken);
    }

    /// <summary>A mail written at a post office has arrived at a name: every row on its way is there. Cheap for mail that came this way already today.</summary>
    /// <param name="from">Key of the post office, as in <see cref="PostOffice.Key"/>.</param>
    /// <param name="to">Key of the shadow name or post office it was addressed to, by the same rule.</param>
    /// <param name="connector">What brought it; one that does not lead to the post office shows nothing, whatever the mail says of its sender. Empty for any.</param>
    public async Task<KnowledgeResult> ConfirmByMailAsync(string from, string to, long messageId, CancellationToken cancellationToken, string connector = "")
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (seen.TryGetValue((from, to), out var day) && day == today)
        {
            return new KnowledgeResult(null, "");
        }

        var state = await models.CurrentAsync(cancellationToken);
        if (connector.Length > 0 && state.Model.Table.Ways.FirstOrDefault(way => way.PostOffice.Key == from)?.Connector?.Name != connector)
        {
            return new KnowledgeResult(null, "");
        }

        if (seen.Count > MostSeen)
        {
            seen.Clear();
        }

        var result = await SeenAsync(PassedRows.Of(state.Model, from, to), KnowledgeProof.Mail, $"message {messageId}", cancellationToken);
        seen[(from, to)] = today;
        return result;
    }

    /// <summary>The report of a canary to a mailbox that cannot exist at a post office has come back to a name of ours: every row there and back is there.</summary>
    /// <param name="postOffice">Key of the post office that answered.</param>
    /// <param name="shadow">Key of our name that the report came to; empty is the one that the post office, or the one it is reached via, knows directly.</param>
    public async Task<KnowledgeResult> ConfirmByCanaryAsync(string postOffice, string shadow, long messageId, CancellationToken cancellationToken)
    {
        var state = await models.CurrentAsync(cancellationToken);
        return await SeenAsync(PassedRows.ThereAndBack(state.Model, postOffice, shadow), KnowledgeProof.Canary, $"message {messageId}", cancellationToken);
    }

    /// <summary>Compares a post office's own table with what is believed; nothing changes.</summary>
    /// <returns>Null when there is no such post office.</returns>
    public async Task<ListingPreview?> ReadListingAsync(string postOfficeKey, string text, CancellationToken cancellationToken)
    {
        var state = await models.CurrentAsync(cancellationToken);
        if (state.OfficeOf(postOfficeKey) is not { } office)
        {
            return null;
        }

        var listing = PostOfficeListing.Read(office, text);
        return new ListingPreview(office, Reconciliation.Of(state.Model, office, listing), listing.Faults, state.KnowledgeVersion);
    }

    /// <summary>Takes some of the proposals of a listing. What it proposes about our own table goes into a draft: <see cref="RouteSet.With(PostOfficeProposal)"/>.</summary>
    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public Task<KnowledgeResult> AcceptAsync(ListingPreview preview, IReadOnlyList<KnowledgeProposal> taken, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.EditRouting);
        return ActAsync(
            who, "upload", [.. taken.SelectMany(proposal => EditsOf(proposal, who))], cancellationToken, preview.PostOffice.Key,
            connection => ChangedSinceAsync(connection, preview.PostOffice, preview.KnowledgeVersion, cancellationToken));
    }

    /// <summary>Takes an act back while all it touched is as it left it.</summary>
    /// <exception cref="RightMissingException">They may not edit routing.</exception>
    public async Task<KnowledgeResult> TakeBackAsync(long act, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.EditRouting);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var writer = new KnowledgeWriter(connection);
        await writer.LockAsync(cancellationToken);
        if (await writer.TakeBackAsync(act, who, cancellationToken) is null)
        {
            return KnowledgeResult.No($"Act {act} cannot be taken back: what it touched has changed since, or it was taken back already.");
        }

        await using var sheet = new NpgsqlCommand("update change_sheet set is_void = true where act_id = $1", connection) { Parameters = { new() { Value = act } } };
        await sheet.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new KnowledgeResult(act, "");
    }

    /// <summary>What nothing has shown for too long is stale from now on; how many rows.</summary>
    public async Task<int> LapseAsync(CancellationToken cancellationToken)
    {
        var old = await ReadAsync(OldSql, row => new Definition(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)), cancellationToken, LapseAfter);
        if (old.Count > 0)
        {
            await ActAsync(
                Automatic with { Reason = $"Nothing has shown them for {LapseAfter.TotalDays:0} days." }, "lapse", [.. old.Select(row => new KnowledgeEdit(row, KnowledgeEvent.Lapse))], cancellationToken);
        }

        return old.Count;
    }

    /// <summary>The newest acts first.</summary>
    /// <param name="postOfficeKey">Empty for all post offices.</param>
    public Task<IReadOnlyList<KnowledgeAct>> ActsAsync(string postOfficeKey, long before, int most, CancellationToken cancellationToken) => ReadAsync(
        ActsSql,
        row => new KnowledgeAct(
            row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetInt32(6), row.GetString(7)),
        cancellationToken, postOfficeKey, before, most);

    private async Task<KnowledgeResult> SeenAsync(IReadOnlyList<Knowledge> rows, KnowledgeProof proof, string by, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return new KnowledgeResult(null, "");
        }

        if (rows.All(row => row.State == KnowledgeState.Confirmed))
        {
            await using var command = database.CreateCommand(SeenSql);
            command.Parameters.Add(new() { Value = rows.Select(row => row.Definition.OwnerKey).ToArray() });
            command.Parameters.Add(new() { Value = rows.Select(row => row.Definition.DestinationKey).ToArray() });
            await command.ExecuteNonQueryAsync(cancellationToken);
            return new KnowledgeResult(null, "");
        }

        var what = proof == KnowledgeProof.Canary ? "The report of a canary came back" : "Mail came through";
        return await ActAsync(
            Automatic with { Reason = $"{what}: {by}." }, "confirm", [.. rows.Select(row => new KnowledgeEdit(row.Definition, KnowledgeEvent.Confirm, proof, by))], cancellationToken);
    }

    private async Task<KnowledgeResult> ActAsync(
        Operator who, string verb, IReadOnlyList<KnowledgeEdit> edits, CancellationToken cancellationToken, string owner = "", Func<NpgsqlConnection, Task<string>>? refusal = null)
    {
        if (edits.FirstOrDefault(edit => edit.Definition.OwnerKey == edit.Definition.DestinationKey) is { } self)
        {
            return KnowledgeResult.No($"{self.Definition.Owner} cannot be external to itself.");
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var writer = new KnowledgeWriter(connection);
        await writer.LockAsync(cancellationToken);
        if (refusal is not null && await refusal(connection) is { Length: > 0 } why)
        {
            return KnowledgeResult.No(why);
        }

        var owners = edits.Select(edit => edit.Definition.OwnerKey).Distinct().ToList();
        owner = owner.Length > 0 ? owner : owners.Count == 1 ? owners[0] : "";
        var act = await writer.WriteAsync(who, verb, owner, TargetOf(edits), edits, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new KnowledgeResult(act, "");
    }

    private static IEnumerable<KnowledgeEdit> EditsOf(KnowledgeProposal proposal, Operator who) => proposal.Change == ProposedChange.Remove
        ? [new KnowledgeEdit(proposal.Definition, KnowledgeEvent.FindMissing)]
        : [new KnowledgeEdit(proposal.Definition, KnowledgeEvent.Confirm, KnowledgeProof.Listing, who.Name)];

    private static string TargetOf(IReadOnlyList<KnowledgeEdit> edits) => edits.Count == 1 ? edits[0].Definition.ToString() : $"{edits.Count:N0} definitions";
}

/// <summary>One act on the knowledge of post offices.</summary>
/// <param name="Verb">issue, confirm, find missing, want, upload, lapse, override, end override or take back.</param>
/// <param name="Owner">Key of the post office; empty when it was about several.</param>
/// <param name="Rows">How many rows it left.</param>
/// <param name="TakenBackBy">Empty when it stands.</param>
public sealed record KnowledgeAct(long Id, DateTimeOffset At, string Actor, string Verb, string Owner, string Reason, int Rows, string TakenBackBy);
