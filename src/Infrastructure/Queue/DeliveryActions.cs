using System.Globalization;
using Npgsql;
using Postern.Domain.Queue;
using Postern.Infrastructure.Audit;

namespace Postern.Infrastructure.Queue;

/// <summary>What became of one delivery an operator named.</summary>
/// <param name="Refusal">Empty when it was done; else a sentence that says why not.</param>
/// <param name="State">The state it is in now; null when there is no such delivery.</param>
public sealed record ActionResult(long DeliveryId, DeliveryState? State, string Refusal)
{
    public bool IsDone => Refusal.Length == 0;
}

/// <summary>What operators do to deliveries. Every act is one transaction with its audit row; a delivery on its way is left to finish.</summary>
/// <remarks>Rights are asked for where an operation begins: <see cref="QueueOperations"/>. What has begun is carried on also after they are gone.</remarks>
public sealed class DeliveryActions(NpgsqlDataSource database, ReportOutbox reports, DeliveryRerouting rerouting)
{
    /// <summary>Raised after an act was committed; deliveries may have become due.</summary>
    public event Action? Acted;

    /// <summary>Does what the verb says to all that are in a state it is allowed from; each of the others comes back with why it was left alone.</summary>
    /// <remarks>
    /// Retry makes due at once, and what is quarantined gets another chance with its crashes forgotten. Held mail does not expire, and after its
    /// release that time is not counted against it. A return or an expiry sends a report; what has no sender can only be removed.
    /// A removal tells nobody unless it is asked to.
    /// </remarks>
    public Task<IReadOnlyList<ActionResult>> ActAsync(DeliveryAct act, IReadOnlyList<long> ids, Operator who, CancellationToken cancellationToken) => act.Verb switch
    {
        DeliveryVerb.Retry => MoveAsync(
            act.Verb, "retried", ids, who, "state = 'queued', due_at = now(), crashes = 0, expires_at = greatest(expires_at, now() + interval '1 day')", cancellationToken),
        DeliveryVerb.Hold => MoveAsync(act.Verb, "held", ids, who, "state = 'held', reason = $4", cancellationToken),
        DeliveryVerb.Release => MoveAsync(
            act.Verb, "released", ids, who, "state = 'queued', due_at = now(), expires_at = greatest(expires_at, now() + interval '1 day')", cancellationToken),
        DeliveryVerb.Prioritise => MoveAsync(
            act.Verb, "prioritised", ids, who, string.Create(CultureInfo.InvariantCulture, $"priority = {(int)act.Priority}"), cancellationToken),
        DeliveryVerb.Reroute => RerouteAsync(act, ids, who, cancellationToken),
        _ => EndAsync(act, ids, who, cancellationToken),
    };

    internal void NoteActed() => Acted?.Invoke();

    private async Task<IReadOnlyList<ActionResult>> MoveAsync(
        DeliveryVerb verb, string kind, IReadOnlyList<long> ids, Operator who, string assignment, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await OperationItems.RememberAsync(connection, who.Operation, ids, cancellationToken);
        await using var command = new NpgsqlCommand(
            $"""
            -- an operator's act on waiting deliveries, guarded by the states it is allowed from
            with moved as (
              update delivery set {assignment}
               where id = any($1) and state = any($2::delivery_state[])
            returning id, accepted_at, attempts)
            insert into delivery_event (delivery_id, accepted_at, at, kind, attempt, reason, actor)
                 select id, accepted_at, now(), $3, attempts, $5, $6 from moved
            returning delivery_id
            """,
            connection);
        command.Parameters.Add(new() { Value = ids.ToArray() });
        command.Parameters.Add(new() { Value = DeliveryTransitions.From(verb.ToEvent()).Select(state => state.ToSql()).ToArray() });
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = HoldReason(who) });
        command.Parameters.Add(new() { Value = Storable.Text(who.Reason) });
        command.Parameters.Add(new() { Value = who.Name });
        var done = await IdsAsync(command, cancellationToken);
        return await ConcludeAsync(connection, transaction, verb, ids, done, who, cancellationToken);
    }

    private async Task<IReadOnlyList<ActionResult>> RerouteAsync(
        DeliveryAct act, IReadOnlyList<long> ids, Operator who, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await OperationItems.RememberAsync(connection, who.Operation, ids, cancellationToken);
        var (moved, stays, _) = await rerouting.MoveAsync(
            connection, ids, DeliveryTransitions.From(DeliveryEvent.Reroute), act, who.Name, who.Reason, cancellationToken);
        return await ConcludeAsync(connection, transaction, act.Verb, ids, [.. moved], who, cancellationToken, stays);
    }

    private async Task<IReadOnlyList<ActionResult>> EndAsync(
        DeliveryAct act, IReadOnlyList<long> ids, Operator who, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await OperationItems.RememberAsync(connection, who.Operation, ids, cancellationToken);
        var waiting = await WaitingDeliveries.LockAsync(connection, ids, DeliveryTransitions.From(act.Verb.ToEvent()), cancellationToken);
        if (act.Verb is DeliveryVerb.Return or DeliveryVerb.Expire)
        {
            waiting = [.. waiting.Where(delivery => delivery.Sender is not null)];
        }

        var items = waiting.Select(delivery => (Delivery: delivery, Outcome: OutcomeOf(act.Verb, delivery, who)))
            .Select(item => (item.Delivery, item.Outcome, Report: ReportOn(item.Delivery, act, item.Outcome, who))).ToList();
        var due = items.Select(item => item.Report).OfType<ReportItem>().ToList();
        await reports.WriteAsync(connection, due, 0, cancellationToken, who.Operation?.UndoUntil);
        var kind = act.Verb == DeliveryVerb.Remove ? "removed" : "bounced";
        var rows = items.Select(item => new OutcomeRow(
            item.Delivery.Id, item.Outcome, kind, default, null, false, null, ReportWord(item.Report, act), item.Report?.ReportId)).ToList();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(OutcomeRows.FinishWaiting(rows, Guid.CreateVersion7(), who.Name));
        var done = await IdsAsync(batch, cancellationToken);
        var results = await ConcludeAsync(connection, transaction, act.Verb, ids, done, who, cancellationToken);
        reports.NoteCommitted();
        return results;
    }

    private static AttemptOutcome.Bounced OutcomeOf(DeliveryVerb verb, WaitingDelivery delivery, Operator who)
    {
        if (verb == DeliveryVerb.Expire)
        {
            var expired = delivery.Expired();
            return expired with { Reason = $"{who.Name} ended the wait{(who.Reason.Length > 0 ? $": {who.Reason}" : "")}. {expired.Reason}" };
        }

        var reason = verb == DeliveryVerb.Remove ? $"Removed by {who.Name}" : $"Returned by {who.Name}";
        return new AttemptOutcome.Bounced("5.7.0", "", who.Reason.Length > 0 ? $"{reason}: {who.Reason}" : $"{reason}.", "");
    }

    private static ReportItem? ReportOn(WaitingDelivery delivery, DeliveryAct act, AttemptOutcome outcome, Operator who) =>
        !act.Reports() || delivery.Sender is null || !delivery.Notify.WantsFailure() ? null
        : delivery.ToReport(outcome, act.Verb == DeliveryVerb.Expire ? "" : who.Reason);

    private static string ReportWord(ReportItem? report, DeliveryAct act) => report switch
    {
        { ReportId: not null } => "sent",
        _ when !act.Reports() => "operator",
        _ => "not asked",
    };

    private static string HoldReason(Operator who) =>
        Storable.Text(who.Reason.Length > 0 ? $"Held by {who.Name}: {who.Reason}" : $"Held by {who.Name}.");

    private async Task<IReadOnlyList<ActionResult>> ConcludeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, DeliveryVerb verb, IReadOnlyList<long> ids,
        HashSet<long> done, Operator who, CancellationToken cancellationToken, Dictionary<long, string>? stays = null)
    {
        if (done.Count > 0)
        {
            await using var audit = new NpgsqlCommand(
                "insert into audit (actor, verb, target, reason, details) values ($1, $2, $3, $4, jsonb_build_object('deliveries', $5))", connection);
            audit.Parameters.Add(new() { Value = who.Name });
            audit.Parameters.Add(new() { Value = verb.ToWord() });
            audit.Parameters.Add(new() { Value = done.Count == 1 ? $"delivery {done.First()}" : $"{done.Count:N0} deliveries" });
            audit.Parameters.Add(new() { Value = Storable.Text(who.Reason) });
            audit.Parameters.Add(new() { Value = done.Order().ToArray() });
            await audit.ExecuteNonQueryAsync(cancellationToken);
        }

        var states = await WaitingDeliveries.StatesAsync(connection, ids, cancellationToken);
        List<ActionResult> results = [.. ids.Distinct().Select(id => stays?.GetValueOrDefault(id) is { } why ? new ActionResult(id, states.GetValueOrDefault(id), why) : Result(id, states, done, verb.ToEvent()))];
        await OperationItems.NoteAsync(connection, who.Operation, results, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        NoteActed();
        return results;
    }

    private static ActionResult Result(long id, Dictionary<long, DeliveryState> states, HashSet<long> done, DeliveryEvent move)
    {
        if (!states.TryGetValue(id, out var state))
        {
            return new ActionResult(id, null, $"There is no delivery {id}.");
        }

        if (done.Contains(id))
        {
            return new ActionResult(id, state, "");
        }

        return new ActionResult(id, state, state switch
        {
            DeliveryState.Leased => "It is on its way; wait until the attempt has ended.",
            _ when DeliveryTransitions.IsFinal(state) => $"It is {state.ToSql()} already.",
            _ when move is DeliveryEvent.Return or DeliveryEvent.Expire && DeliveryTransitions.From(move).Contains(state) => "It has no sender to return it to; remove it instead.",
            _ => $"It is {state.ToSql()}, from where this is not possible.",
        });
    }

    private static async Task<HashSet<long>> IdsAsync(System.Data.Common.DbCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await IdsAsync(reader, cancellationToken);
    }

    private static async Task<HashSet<long>> IdsAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await IdsAsync(reader, cancellationToken);
    }

    private static async Task<HashSet<long>> IdsAsync(System.Data.Common.DbDataReader reader, CancellationToken cancellationToken)
    {
        var ids = new HashSet<long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetInt64(0));
        }

        return ids;
    }
}
