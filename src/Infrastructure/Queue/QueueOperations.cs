using Npgsql;
using NpgsqlTypes;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Quarantine;

namespace Postern.Infrastructure.Queue;

/// <summary>What operators do to many deliveries: in pieces, with progress, to be cancelled, and to be taken back for a while.</summary>
/// <remarks>
/// The deliveries are fixed when it starts. Each piece is one transaction with its items, so an operation whose process died is carried on
/// where it stood. Two processes never run the same one: a lock of the session stands around it.
/// </remarks>
public sealed partial class QueueOperations(NpgsqlDataSource database, DeliveryActions actions, QuarantineReplay replay)
{
    /// <summary>How long an operation can be taken back, unless the configuration says otherwise.</summary>
    public static readonly TimeSpan StandardUndo = TimeSpan.FromMinutes(10);

    /// <summary>How many deliveries one person may end within an hour without a second one, unless the configuration says otherwise.</summary>
    public const int StandardConfirmOver = 500;

    // Pieces of this size show progress and leave the queue's workers room in between.
    private const int PieceSize = 500;

    // A replay reads and writes contents, too.
    private const int ReplayPieceSize = 25;

    /// <summary>Fixes an operation on these deliveries; <see cref="RunAsync"/> carries it out.</summary>
    /// <exception cref="RightMissingException">They may not act on the queue.</exception>
    public Task<OperationSnapshot> StartAsync(DeliveryAct act, IReadOnlyList<long> ids, Operator who, CancellationToken cancellationToken) =>
        CreateAsync(act, who, null, ids, cancellationToken);

    /// <summary>Fixes what a version of routing does to waiting deliveries: who may activate it may move them.</summary>
    internal Task<OperationSnapshot> StartFollowingAsync(DeliveryAct act, IReadOnlyList<long> ids, Operator who, CancellationToken cancellationToken) =>
        CreateAsync(act, who, null, ids, cancellationToken, Right.EditRouting);

    /// <summary>Fixes a replay of these deliveries, each changed in this way first.</summary>
    /// <exception cref="RightMissingException">They may not act on the queue.</exception>
    public Task<OperationSnapshot> StartReplayAsync(ReplayFix fix, IReadOnlyList<long> ids, Operator who, CancellationToken cancellationToken) =>
        CreateAsync(DeliveryVerb.Replay, who, fix.ToJson(), ids, cancellationToken);

    /// <summary>Fixes an operation on everything that waits and matches.</summary>
    /// <exception cref="RightMissingException">They may not act on the queue.</exception>
    public Task<OperationSnapshot> StartAsync(DeliveryAct act, QueueFilter filter, Operator who, CancellationToken cancellationToken) =>
        CreateAsync(
            act, who, null,
            command => filter.Live.Count == 0 ? "select 0::bigint as id where false"
                : $"select d.id from delivery d where {QueueView.Where(filter, filter.Live, true, command.Parameters)}",
            cancellationToken);

    /// <summary>Acts on piece after piece until all are done or somebody cancels; says so after each. Where another process runs it, its end is waited for.</summary>
    public async Task<OperationSnapshot> RunAsync(long id, Action<OperationSnapshot>? progress, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await LockAsync(connection, id, cancellationToken);
        try
        {
            while (await RequireAsync(id, cancellationToken) is { State: OperationState.Running } now)
            {
                var (number, ids) = await NextAsync(id, now.Verb == DeliveryVerb.Replay ? ReplayPieceSize : PieceSize, cancellationToken);
                if (ids.Length == 0)
                {
                    await EndAsync(id, OperationState.Done, cancellationToken);
                    break;
                }

                await ActAsync(now, ids, new Operator(now.Actor, [], now.Reason, new OperationPiece(id, number, now.UndoUntil)), cancellationToken);
                progress?.Invoke(await RequireAsync(id, cancellationToken));
            }
        }
        finally
        {
            await UnlockAsync(connection, id);
        }

        var ended = await RequireAsync(id, cancellationToken);
        progress?.Invoke(ended);
        return ended;
    }

    /// <summary>Stops it after the piece that is under way. False when it runs no more.</summary>
    /// <exception cref="RightMissingException">They may not act on the queue.</exception>
    public Task<bool> CancelAsync(long id, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ActOnQueue);
        return EndAsync(id, OperationState.Cancelled, cancellationToken);
    }

    /// <summary>The second operator agrees; <see cref="RunAsync"/> carries it out. Null when it may run now; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not act on the queue.</exception>
    public async Task<string?> ConfirmAsync(long id, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.ActOnQueue);
        if (await FindAsync(id, cancellationToken) is not { } operation)
        {
            return $"There is no operation {id}.";
        }

        if (who.IsLocal)
        {
            return "Whoever sits at this machine is nobody's second operator: sign in to the console and confirm it there.";
        }

        if (who.Name == operation.Actor)
        {
            return "You started it yourself; a second operator has to confirm it.";
        }

        return (await ReadAsync(ConfirmSql, [id, who.Name, Storable.Text(who.Reason)], row => row.GetInt64(0), cancellationToken)).Count > 0
            ? null : "It waits for nobody any more.";
    }

    /// <summary>How much of what they may end within an hour a person has used up.</summary>
    public async Task<OperationAllowance> AllowanceAsync(string name, CancellationToken cancellationToken) =>
        (await ReadAsync(AllowanceSql, [name], row => new OperationAllowance(row.GetInt64(0), row.GetInt32(1), TimeSpan.FromMinutes(row.GetInt32(2))), cancellationToken))[0];

    /// <summary>How many wait for a second operator.</summary>
    public async Task<int> AwaitingAsync(CancellationToken cancellationToken) =>
        (await ReadAsync("select count(*)::int from operation where state = 'awaiting'", [], row => row.GetInt32(0), cancellationToken))[0];

    /// <summary>Cancels what has waited for a second operator for a day.</summary>
    public async Task<int> ForgetUnconfirmedAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(ForgetSql, [], row => row.GetInt64(0), cancellationToken)).Count;

    /// <summary>Operations that a process left behind half-way; whoever finds them carries them on.</summary>
    public Task<IReadOnlyList<long>> UnendedAsync(CancellationToken cancellationToken) =>
        ReadAsync("select id from operation where state = 'running' order by id", [], row => row.GetInt64(0), cancellationToken);

    /// <summary>The newest first.</summary>
    /// <param name="before">Only those with a lower id; null begins with the newest.</param>
    /// <param name="states">Only those in one of these states; empty takes all.</param>
    public Task<IReadOnlyList<OperationSnapshot>> ListAsync(
        int most, CancellationToken cancellationToken, long? before = null, IReadOnlyList<OperationState>? states = null) =>
        ReadAsync(
            $"{SnapshotSql} where id < $1 and ($2 = '{{}}' or state = any($2)) order by id desc limit $3",
            [before ?? long.MaxValue, (states ?? []).Select(state => state.ToString().ToLowerInvariant()).ToArray(), most], Snapshot, cancellationToken);

    /// <summary>One operation; null when there is none.</summary>
    public async Task<OperationSnapshot?> FindAsync(long id, CancellationToken cancellationToken) =>
        await ReadAsync($"{SnapshotSql} where id = $1", [id], Snapshot, cancellationToken) is [var found] ? found : null;

    /// <summary>What became of each delivery, in the order of their ids.</summary>
    /// <param name="onlyLeft">Only those it left as they are or could not bring back, each with why.</param>
    public Task<IReadOnlyList<ActionResult>> ResultsAsync(long id, bool onlyLeft, int most, CancellationToken cancellationToken) =>
        ReadAsync(
            ResultsSql, [id, onlyLeft, most],
            row => new ActionResult(row.GetInt64(0), row.IsDBNull(1) ? null : DeliveryStateText.Parse(row.GetString(1)), row.GetString(2)), cancellationToken);

    private async Task ActAsync(OperationSnapshot operation, long[] ids, Operator who, CancellationToken cancellationToken)
    {
        if (operation.Verb == DeliveryVerb.Replay)
        {
            await replay.ActAsync(ids, who, cancellationToken);
            actions.NoteActed();
            return;
        }

        await actions.ActAsync(operation.Act, ids, who, cancellationToken);
    }

    private Task<OperationSnapshot> CreateAsync(
        DeliveryAct act, Operator who, string? fix, IReadOnlyList<long> ids, CancellationToken cancellationToken, Right right = Right.ActOnQueue) =>
        CreateAsync(act, who, fix, command => $"select distinct id from unnest({QueueView.Add(command.Parameters, ids.ToArray())}) as d (id)", cancellationToken, right);

    private async Task<OperationSnapshot> CreateAsync(
        DeliveryAct act, Operator who, string? fix, Func<NpgsqlCommand, string> which, CancellationToken cancellationToken, Right right = Right.ActOnQueue)
    {
        who.Demand(right);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // What one person starts at the same time is counted one after the other.
        await using var locking = new NpgsqlCommand(LockPersonSql, connection) { Parameters = { new() { Value = who.Name } } };
        await locking.ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand { Connection = connection };
        foreach (var value in (ReadOnlySpan<object>)[act.Verb.ToWord(), who.Name, Storable.Text(who.Reason), act.Verb.Ends()])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        command.Parameters.Add(new NpgsqlParameter { Value = OperationOptions.Write(act), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)fix ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.CommandText = string.Concat(CreateHead, which(command), CreateTail);
        var id = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return await RequireAsync(id, cancellationToken);
    }

    private async Task<OperationSnapshot> RequireAsync(long id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) ?? throw new InvalidOperationException($"There is no operation {id}.");

    private async Task<(int Number, long[] Ids)> NextAsync(long id, int size, CancellationToken cancellationToken)
    {
        var found = await ReadAsync(NextSql, [id, size], row => (row.GetInt32(0), row.GetFieldValue<long[]>(1)), cancellationToken);
        return found[0];
    }

    private async Task<bool> EndAsync(long id, OperationState state, CancellationToken cancellationToken) =>
        (await ReadAsync(EndSql, [id, state.ToString().ToLowerInvariant()], row => row.GetInt64(0), cancellationToken)).Count > 0;

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, object[] values, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = database.Command(sql, values);
        return await command.RowsAsync(read, cancellationToken);
    }

    private static OperationSnapshot Snapshot(NpgsqlDataReader row) => new(
        row.GetInt64(0), OperationOptions.Read(row.GetString(1), row.GetString(13)), row.GetString(2), row.GetString(3),
        Enum.Parse<OperationState>(row.GetString(4), ignoreCase: true), row.GetInt32(5), row.GetInt32(6), row.GetInt32(7), row.GetInt32(8),
        row.GetFieldValue<DateTimeOffset>(9), row.IsDBNull(10) ? null : row.GetFieldValue<DateTimeOffset>(10), row.GetFieldValue<DateTimeOffset>(11),
        row.GetString(12), row.GetString(14));

    private static async Task LockAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(LockSql, connection) { Parameters = { new() { Value = id } }, CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task UnlockAsync(NpgsqlConnection connection, long id)
    {
        await using var command = new NpgsqlCommand(UnlockSql, connection) { Parameters = { new() { Value = id } } };
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
