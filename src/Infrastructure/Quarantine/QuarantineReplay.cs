using System.Text.Json;
using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Mime;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Quarantine;

/// <summary>Tries a fix on deliveries that were set aside, and queues them with it.</summary>
/// <remarks>
/// A trial does all that a replay does but the storing: it reads the content, changes it, routes it and converts it with the codec of its
/// connector. Whether the other side takes it shows only when it is sent. A replay is an operation: <see cref="QueueOperations"/> carries it out
/// in pieces and <see cref="OperationUndo"/> takes it back. What it changes in a message is a copy of its own (<see cref="MessageVersions"/>).
/// </remarks>
public sealed partial class QuarantineReplay(NpgsqlDataSource database, ContentStore contents, LiveRouting routing, MailIdBlocks ids)
{
    /// <summary>So many of a group are tried before it is replayed.</summary>
    public const int MostTried = 200;

    /// <summary>What replaying each of these with a fix would come to; nothing is changed. At most <see cref="MostTried"/> of them.</summary>
    public async Task<IReadOnlyList<ReplayTrial>> TryAsync(ReplayFix fix, IReadOnlyList<long> deliveries, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var candidates = await ReplayCandidates.ReadAsync(connection, [.. deliveries.Take(MostTried)], cancellationToken);
        var trials = new List<ReplayTrial>();
        foreach (var group in candidates.GroupBy(candidate => candidate.Content))
        {
            using var changed = await ChangeAsync(group.First(), fix, cancellationToken);
            trials.AddRange(group.Select(candidate => Try(candidate, fix, changed)));
        }

        return trials;
    }

    /// <summary>One piece of a replay, in one transaction with its audit row. The right was asked for when the operation began.</summary>
    internal async Task<IReadOnlyList<ActionResult>> ActAsync(IReadOnlyList<long> deliveries, Operator who, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var fix = await FixAsync(connection, who.Operation!.OperationId, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await OperationItems.RememberAsync(connection, who.Operation, deliveries, cancellationToken);
        var candidates = await ReplayCandidates.ReadAsync(connection, deliveries, cancellationToken);
        var refusals = deliveries.ToDictionary(id => id, id => $"There is no delivery {id} any more that waits.");
        var rows = new List<FixedRow>();
        foreach (var group in candidates.GroupBy(candidate => candidate.Content))
        {
            using var changed = await ChangeAsync(group.First(), fix, cancellationToken);
            rows.AddRange(await PrepareAsync(connection, [.. group], fix, changed, who, refusals, cancellationToken));
        }

        var done = await MoveAsync(connection, rows, who, cancellationToken);
        await DeliveryRerouting.SplitAsync(connection, [.. done], cancellationToken);
        if (done.Count > 0)
        {
            await AuditLog.WriteAsync(
                connection, who, DeliveryVerb.Replay.ToWord(), done.Count == 1 ? $"delivery {done.First()}" : $"{done.Count:N0} deliveries",
                JsonSerializer.Serialize(new { deliveries = done.Order(), fix }, SettingsJson.Options), cancellationToken);
        }

        var states = candidates.ToDictionary(candidate => candidate.Id, candidate => candidate.State);
        List<ActionResult> results =
        [
            .. deliveries.Select(id => done.Contains(id)
                ? new ActionResult(id, DeliveryState.Queued, "")
                : new ActionResult(id, states.TryGetValue(id, out var state) ? state : null, refusals[id])),
        ];
        await OperationItems.NoteAsync(connection, who.Operation, results, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return results;
    }

    private ReplayTrial Try(ReplayCandidate candidate, ReplayFix fix, ChangedContent changed)
    {
        if (WhyNot(candidate, changed) is { } why)
        {
            return new ReplayTrial(candidate.Id, TrialVerdict.Fails, why, [], [], candidate.Connector, candidate.Destination);
        }

        var envelope = Address(candidate, fix);
        if (envelope.Fault is { } fault)
        {
            return new ReplayTrial(candidate.Id, TrialVerdict.Fails, fault, changed.Notes, envelope.Steps, "", "");
        }

        var (kind, settings) = (envelope.Connector?.Kind ?? candidate.Kind, envelope.Connector is { } other && other.Id != candidate.ConnectorId ? null : candidate.Settings);
        if (TrialOf(kind)?.Invoke(settings ?? "{}", MimeMessage.Read(changed.Bytes!.AsSequence()), envelope.Sender, envelope.Recipient, candidate.AcceptedAt) is { } unconverted)
        {
            return new ReplayTrial(candidate.Id, TrialVerdict.Fails, $"Still fails: {unconverted}", changed.Notes, envelope.Steps, envelope.Connector?.Name ?? candidate.Connector, "");
        }

        var isChanged = changed.Notes.Count > 0 || envelope.IsChanged;
        var connector = envelope.Connector?.Name ?? candidate.Connector;
        return new ReplayTrial(
            candidate.Id, isChanged ? TrialVerdict.Taken : TrialVerdict.Unchanged,
            isChanged ? $"Is read and converted without a fault, and queued for {connector}." : "Nothing in it is changed; it may fail as before.",
            changed.Notes, envelope.Steps, connector, envelope.Destination)
        {
            MayRepeat = candidate.MayRepeat,
        };
    }

    private static Func<string, MimeMessage, MailAddress?, MailAddress, DateTimeOffset, string?>? TrialOf(string kind) => kind switch
    {
        "ccmail" => CcMailTrial.Fault,
        "msmail" => MsMailTrial.Fault,
        _ => null,
    };

    private static string? WhyNot(ReplayCandidate candidate, ChangedContent changed) => candidate.State switch
    {
        DeliveryState.Leased => "It is on its way; wait until the attempt has ended.",
        DeliveryState.Queued => "It waits to be tried again already.",
        _ => changed.Fault,
    };

    private async Task<IReadOnlyList<FixedRow>> PrepareAsync(
        NpgsqlConnection connection, IReadOnlyList<ReplayCandidate> group, ReplayFix fix, ChangedContent changed, Operator who,
        Dictionary<long, string> refusals, CancellationToken cancellationToken)
    {
        var rows = new List<FixedRow>();
        foreach (var candidate in group)
        {
            var envelope = Address(candidate, fix);
            if ((WhyNot(candidate, changed) ?? envelope.Fault) is { } why)
            {
                refusals[candidate.Id] = why;
                continue;
            }

            FixNote[] notes = [.. changed.Notes, .. envelope.Notes];
            rows.Add(new FixedRow(candidate, envelope, null, candidate.Size, null, notes.Length == 0 ? null : JsonSerializer.Serialize(notes, SettingsJson.Options)));
        }

        if (rows.Count == 0 || changed.Notes.Count == 0)
        {
            return rows;
        }

        var version = await ids.TakeAsync(1, cancellationToken);
        await MessageVersions.WriteAsync(
            connection, version, group[0], changed.Bytes!, JsonSerializer.Serialize(changed.Notes, SettingsJson.Options), who.Name, who.Reason, cancellationToken);
        var subject = Storable.Text(HeaderSummary.Read(changed.Bytes!.AsSequence()).Subject, Storable.SubjectLimit);
        return [.. rows.Select(row => row with { Version = version, Size = changed.Bytes!.Length, Subject = subject })];
    }

    private async Task<HashSet<long>> MoveAsync(NpgsqlConnection connection, List<FixedRow> rows, Operator who, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ReplaySql, connection);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(row => row.Of.Id)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. rows.Select(row => Storable.Text(row.Envelope.Sender?.ToString() ?? ""))] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. rows.Select(row => Storable.Text(row.Envelope.Recipient.ToString()))] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(row => row.Envelope.Connector?.Id ?? row.Of.ConnectorId)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. rows.Select(row => row.Envelope.Destination)] });
        command.Parameters.Add(new NpgsqlParameter<long?[]> { TypedValue = [.. rows.Select(row => row.Version ?? row.Of.VersionId)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(row => row.Size)] });
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. rows.Select(row => row.Subject)] });
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. rows.Select(row => row.Notes)] });
        command.Parameters.Add(new() { Value = routing.Current.Version });
        command.Parameters.Add(new() { Value = Storable.Text(who.Reason) });
        command.Parameters.Add(new() { Value = who.Name });
        await using var moved = await command.ExecuteReaderAsync(cancellationToken);
        var done = new HashSet<long>();
        while (await moved.ReadAsync(cancellationToken))
        {
            done.Add(moved.GetInt64(0));
        }

        return done;
    }

    // The recipient is routed when it is another one, or when nothing led to it so far.
    private FixedEnvelope Address(ReplayCandidate candidate, ReplayFix fix)
    {
        var sender = (fix.Sender ?? candidate.Sender) is { Length: > 0 } text ? MailAddress.Parse(text) : null;
        var recipient = MailAddress.Parse(fix.Recipient ?? candidate.Recipient);
        var notes = new List<FixNote>();
        if ((sender?.ToString() ?? "") != candidate.Sender)
        {
            notes.Add(new FixNote("The sender of the envelope was changed", candidate.Sender, sender?.ToString() ?? ""));
        }

        if (recipient.ToString() == candidate.Recipient && candidate.ConnectorId != 0)
        {
            return new FixedEnvelope(sender, recipient, null, candidate.Destination, notes, [], null, notes.Count > 0);
        }

        var decision = routing.Current.Resolve(recipient, candidate.Source);
        if (decision is not RouteDecision.Routed routed)
        {
            return new FixedEnvelope(sender, recipient, null, "", notes, decision.Explanation, decision.Explanation[^1], false);
        }

        notes.Add(new FixNote(
            recipient.ToString() == candidate.Recipient ? "It was routed anew" : "The recipient of the envelope was changed", candidate.Recipient, routed.Target.ToString()));
        return new FixedEnvelope(sender, routed.Target, routed.Connector, routed.Destination, notes, routed.Explanation, null, true);
    }

    private async Task<ChangedContent> ChangeAsync(ReplayCandidate candidate, ReplayFix fix, CancellationToken cancellationToken)
    {
        MessageContent? content = null;
        try
        {
            content = await contents.OpenAsync(candidate.Content.Id, candidate.Content.At, candidate.Size, cancellationToken);
            if (fix.Content.IsNothing)
            {
                return new ChangedContent(content, [], null);
            }

            using var writer = contents.NewWriter();
            var notes = MessageFixer.Apply(MimeMessage.Read(content.AsSequence()), fix.Content, writer);
            if (notes.Count == 0)
            {
                return new ChangedContent(content, notes, null);
            }

            content.Dispose();
            return new ChangedContent(writer.Complete(), notes, null);
        }
        catch (Exception e) when (e is ContentDamagedException or IOException)
        {
            content?.Dispose();
            return new ChangedContent(null, [], $"Its content cannot be read: {e.Message}.");
        }
    }

    private static async Task<ReplayFix> FixAsync(NpgsqlConnection connection, long operationId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(FixSql, connection) { Parameters = { new() { Value = operationId } } };
        return await command.ExecuteScalarAsync(cancellationToken) is string json ? ReplayFix.FromJson(json) : ReplayFix.Nothing;
    }

    /// <summary>What a message would be with the fix; the same bytes where nothing is changed.</summary>
    private sealed record ChangedContent(MessageContent? Bytes, IReadOnlyList<FixNote> Notes, string? Fault) : IDisposable
    {
        public void Dispose() => Bytes?.Dispose();
    }

    private sealed record FixedEnvelope(
        MailAddress? Sender, MailAddress Recipient, RoutedConnector? Connector, string Destination, IReadOnlyList<FixNote> Notes,
        IReadOnlyList<string> Steps, string? Fault, bool IsChanged);

    private sealed record FixedRow(ReplayCandidate Of, FixedEnvelope Envelope, long? Version, long Size, string? Subject, string? Notes);
}
