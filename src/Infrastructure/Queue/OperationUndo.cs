using Npgsql;
using Postern.Domain.Access;
using Postern.Domain.Queue;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Queue;

/// <summary>Takes operations back: what is still as the operation left it becomes what it was; the rest is listed with why.</summary>
/// <remarks>Mail that was returned comes back together with its report, as long as the report has not gone.</remarks>
public sealed partial class OperationUndo(NpgsqlDataSource database, QueueOperations operations, DeliveryActions actions)
{
    /// <summary>Takes it back, piece by piece. Null when it ran to its end; else a sentence that says why nothing was done.</summary>
    /// <exception cref="RightMissingException">They may not act on the queue.</exception>
    public async Task<string?> RunAsync(long id, Operator who, Action<OperationSnapshot>? progress, CancellationToken cancellationToken)
    {
        who.Demand(Right.ActOnQueue);
        if (await BeginAsync(id, who.Name, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var operation = (await operations.FindAsync(id, cancellationToken))!;
        foreach (var piece in await PiecesAsync(id, cancellationToken))
        {
            await TakeBackAsync(operation, piece, who.Name, cancellationToken);
            actions.NoteActed();
            progress?.Invoke((await operations.FindAsync(id, cancellationToken))!);
        }

        await EndAsync(id, cancellationToken);
        return null;
    }

    private async Task<string?> BeginAsync(long id, string actor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var locking = connection.Command("select now() from operation where id = $1 for update", id))
        {
            if (await locking.ExecuteScalarAsync(cancellationToken) is not DateTime now || await operations.FindAsync(id, cancellationToken) is not { } operation)
            {
                return $"There is no operation {id}.";
            }

            if (operation.WhyNotUndone(now) is { } why)
            {
                return why;
            }

            if (operation.State == OperationState.Undoing)
            {
                return null;
            }
        }

        await using var command = connection.Command(BeginSql, id, actor);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    private async Task<List<int>> PiecesAsync(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command("select distinct piece from operation_item where operation_id = $1 and is_done and restored is null order by piece", id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var pieces = new List<int>();
        while (await reader.ReadAsync(cancellationToken))
        {
            pieces.Add(reader.GetInt32(0));
        }

        return pieces;
    }

    private async Task TakeBackAsync(OperationSnapshot operation, int piece, string actor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (operation.Act.Reports())
        {
            await TakeReportsBackAsync(connection, operation, piece, actor, cancellationToken);
        }

        await using (var restore = Restore(connection, operation, piece, actor))
        {
            await restore.ExecuteNonQueryAsync(cancellationToken);
        }

        if (operation.Verb is DeliveryVerb.Reroute or DeliveryVerb.Replay)
        {
            await using var back = connection.Command(BackSql, operation.Id, piece);
            await DeliveryRerouting.SplitAsync(connection, (long[])(await back.ExecuteScalarAsync(cancellationToken))!, cancellationToken);
        }

        await using var note = connection.Command(NoteSql, operation.Id, piece, actor, operation.Verb.Ends() ? EndedRefusal : MovedRefusal);
        await note.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static NpgsqlCommand Restore(NpgsqlConnection connection, OperationSnapshot operation, int piece, string actor)
    {
        var what = operation.Verb.ToEvent();
        var from = DeliveryTransitions.From(what);
        var to = from.Select(state => DeliveryTransitions.TryNext(state, what, out var next) ? next.ToSql() : "").ToArray();
        return operation.Verb.Ends()
            ? connection.Command(RestoreEndedSql, operation.Id, piece, to[0], actor, Guid.CreateVersion7())
            : connection.Command(RestoreMovedSql, operation.Id, piece, from.Select(state => state.ToSql()).ToArray(), to, actor);
    }

    // A report that nobody has touched leaves the queue; one that is on its way keeps its delivery returned.
    private static async Task TakeReportsBackAsync(
        NpgsqlConnection connection, OperationSnapshot operation, int piece, string actor, CancellationToken cancellationToken)
    {
        var rows = new List<OutcomeRow>();
        await using (var command = connection.Command(ReportsSql, operation.Id, piece))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var outcome = new AttemptOutcome.Bounced("5.7.0", "", $"Not sent: {actor} took the return back.", "");
                rows.Add(new OutcomeRow(reader.GetInt64(0), outcome, "removed", default, null, false, null, "operator", null));
            }
        }

        if (rows.Count > 0)
        {
            await using var batch = new NpgsqlBatch(connection) { BatchCommands = { OutcomeRows.FinishWaiting(rows, Guid.CreateVersion7(), actor) } };
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task EndAsync(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command(EndSql, id);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
