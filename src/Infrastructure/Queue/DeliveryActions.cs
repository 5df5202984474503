using Npgsql;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>Who acts, and why. From the command line the actor is <c>local:&lt;user&gt;</c>.</summary>
public sealed record Operator(string Name, string Reason);

/// <summary>What became of one delivery an operator named.</summary>
/// <param name="Refusal">Empty when it was done; else a sentence that says why not.</param>
/// <param name="State">The state it is in now; null when there is no such delivery.</param>
public sealed record ActionResult(long DeliveryId, DeliveryState? State, string Refusal)
{
    public bool IsDone => Refusal.Length == 0;
}

/// <summary>What operators do to deliveries. Every act is one transaction with its audit row; a delivery on its way is left to finish.</summary>
public sealed class DeliveryActions(NpgsqlDataSource database, ReportOutbox reports)
{
    /// <summary>Acts of one call; larger selections come in pieces.</summary>
    public const int LargestSelection = 10_000;

    /// <summary>Raised after an act was committed; deliveries may have become due.</summary>
    public event Action? Acted;

    /// <summary>Due at once; what is quarantined gets another chance with its crashes forgotten.</summary>
    public Task<IReadOnlyList<ActionResult>> RetryNowAsync(IReadOnlyList<long> ids, Operator who, CancellationToken cancellationToken) =>
        MoveAsync(
            "retry", DeliveryEvent.RetryNow, "retried", ids, who,
            "state = 'queued', due_at = now(), crashes = 0, expires_at = greatest(expires_at, now() + interval '1 day')", cancellationToken);

    /// <summary>Stopped until it is released; held mail does not expire.</summary>
    public Task<IReadOnlyList<ActionResult>> HoldAsync(IReadOnlyList<long> ids, Operator who, CancellationToken cancellationToken) =>
        MoveAsync("hold", DeliveryEvent.Hold, "held", ids, who, "state = 'held', reason = $4", cancellationToken);

    /// <summary>Back into the queue, due at once; the time it was held is not counted against it.</summary>
    public Task<IReadOnlyList<ActionResult>> ReleaseAsync(IReadOnlyList<long> ids, Operator who, CancellationToken cancellationToken) =>
        MoveAsync(
            "release", DeliveryEvent.Release, "released", ids, who,
            "state = 'queued', due_at = now(), expires_at = greatest(expires_at, now() + interval '1 day')", cancellationToken);

    /// <summary>To the sender, with a report that carries the operator's note. A delivery without a sender cannot be returned.</summary>
    public Task<IReadOnlyList<ActionResult>> ReturnAsync(IReadOnlyList<long> ids, Operator who, CancellationToken cancellationToken) =>
        EndAsync("return", DeliveryEvent.Return, ids, who, cancellationToken);

    /// <summary>Out of the queue without a report.</summary>
    public Task<IReadOnlyList<ActionResult>> RemoveAsync(IReadOnlyList<long> ids, Operator who, CancellationToken cancellationToken) =>
        EndAsync("remove", DeliveryEvent.Remove, ids, who, cancellationToken);

    private async Task<IReadOnlyList<ActionResult>> MoveAsync(
        string verb, DeliveryEvent move, string kind, IReadOnlyList<long> ids, Operator who, string assignment, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
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
        command.Parameters.Add(new() { Value = DeliveryTransitions.From(move).Select(state => state.ToSql()).ToArray() });
        command.Parameters.Add(new() { Value = kind });
        command.Parameters.Add(new() { Value = HoldReason(who) });
        command.Parameters.Add(new() { Value = Storable.Text(who.Reason) });
        command.Parameters.Add(new() { Value = who.Name });
        var done = await IdsAsync(command, cancellationToken);
        return await ConcludeAsync(connection, transaction, verb, move, ids, done, who, cancellationToken);
    }

    private async Task<IReadOnlyList<ActionResult>> EndAsync(
        string verb, DeliveryEvent move, IReadOnlyList<long> ids, Operator who, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var waiting = await WaitingDeliveries.LockAsync(connection, ids, DeliveryTransitions.From(move), cancellationToken);
        if (move == DeliveryEvent.Return)
        {
            waiting = [.. waiting.Where(delivery => delivery.Sender is not null)];
        }

        var outcome = OutcomeOf(move, who);
        var items = waiting.Select(delivery => (Delivery: delivery, Report: ReportOn(delivery, move, outcome, who))).ToList();
        var due = items.Select(item => item.Report).OfType<ReportItem>().ToList();
        await reports.WriteAsync(connection, due, 0, cancellationToken);
        var kind = move == DeliveryEvent.Remove ? "removed" : "bounced";
        var rows = items.Select(item => new OutcomeRow(
            item.Delivery.Id, outcome, kind, default, null, false, null, ReportWord(item.Report, move), item.Report?.ReportId)).ToList();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(OutcomeRows.FinishWaiting(rows, Guid.CreateVersion7(), who.Name));
        var done = await IdsAsync(batch, cancellationToken);
        var results = await ConcludeAsync(connection, transaction, verb, move, ids, done, who, cancellationToken);
        reports.NoteCommitted();
        return results;
    }

    private static AttemptOutcome.Bounced OutcomeOf(DeliveryEvent move, Operator who)
    {
        var reason = move == DeliveryEvent.Remove ? $"Removed by {who.Name}" : $"Returned by {who.Name}";
        return new AttemptOutcome.Bounced("5.7.0", "", who.Reason.Length > 0 ? $"{reason}: {who.Reason}" : $"{reason}.", "");
    }

    private static ReportItem? ReportOn(WaitingDelivery delivery, DeliveryEvent move, AttemptOutcome outcome, Operator who) =>
        move == DeliveryEvent.Remove || delivery.Sender is null || !delivery.Notify.WantsFailure() ? null : delivery.ToReport(outcome, who.Reason);

    private static string ReportWord(ReportItem? report, DeliveryEvent move) => report switch
    {
        { ReportId: not null } => "sent",
        _ when move == DeliveryEvent.Remove => "operator",
        _ => "not asked",
    };

    private static string HoldReason(Operator who) =>
        Storable.Text(who.Reason.Length > 0 ? $"Held by {who.Name}: {who.Reason}" : $"Held by {who.Name}.");

    private async Task<IReadOnlyList<ActionResult>> ConcludeAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, string verb, DeliveryEvent move, IReadOnlyList<long> ids,
        HashSet<long> done, Operator who, CancellationToken cancellationToken)
    {
        if (done.Count > 0)
        {
            await using var audit = new NpgsqlCommand(
                "insert into audit (actor, verb, target, reason, details) values ($1, $2, $3, $4, jsonb_build_object('deliveries', $5))", connection);
            audit.Parameters.Add(new() { Value = who.Name });
            audit.Parameters.Add(new() { Value = verb });
            audit.Parameters.Add(new() { Value = done.Count == 1 ? $"delivery {done.First()}" : $"{done.Count:N0} deliveries" });
            audit.Parameters.Add(new() { Value = Storable.Text(who.Reason) });
            audit.Parameters.Add(new() { Value = done.Order().ToArray() });
            await audit.ExecuteNonQueryAsync(cancellationToken);
        }

        var states = await WaitingDeliveries.StatesAsync(connection, ids, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Acted?.Invoke();
        return [.. ids.Distinct().Select(id => Result(id, states, done, move))];
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
            _ when move == DeliveryEvent.Return && DeliveryTransitions.From(move).Contains(state) => "It has no sender to return it to; remove it instead.",
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
