using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Postern.Infrastructure.Connectors;

/// <summary>A file given to a program, and the deliveries it stands for.</summary>
public sealed record RunFile(string Name, IReadOnlyList<long> DeliveryIds);

/// <summary>A run that has no end in the books: something died in between.</summary>
public sealed record OpenRun(long Id, string Program, DateTimeOffset StartedAt, ForeignProcess? Process, IReadOnlyList<RunFile> Files)
{
    /// <summary>The program may have outlived its parent: it is waited for, or ended when its time is up, before its files are touched.</summary>
    /// <exception cref="ProgramStillRunningException">It cannot be ended.</exception>
    public async Task EndProcessesAsync(string lockFile, TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        foreach (var process in Alive(lockFile))
        {
            var left = limit - (clock.GetUtcNow() - StartedAt);
            var wait = TimeSpan.FromTicks(Math.Clamp(left.Ticks, 0, limit.Ticks));
            if (!await process.WaitForEndAsync(wait, clock, cancellationToken) && !await process.EndGroupAsync(clock))
            {
                throw new ProgramStillRunningException(
                    $"Process {process.Id}, {Program.ToUpperInvariant()} of an earlier start, cannot be ended; mail waits until it is gone.");
            }
        }
    }

    private IReadOnlyList<ForeignProcess> Alive(string lockFile)
    {
        var marked = ForeignProcess.OfRun(Id, lockFile);
        return Process is { IsAlive: true } process && !marked.Contains(process) ? [process, .. marked] : marked;
    }
}

/// <summary>A file that an ended run took, while its deliveries still wait for that to be recorded.</summary>
public sealed record TakenFile(long RunId, string Name, IReadOnlyList<long> DeliveryIds);

/// <summary>
/// The books of foreign programs: which run was about to start with which files (committed before it starts), which process it is, how it
/// ended, and which files it took.
/// </summary>
/// <remarks>
/// A row of <c>program_run_file</c> under an open run is a file that was given; under an ended run it is a file that was taken and whose
/// deliveries are perhaps not recorded yet. <see cref="SettleAsync"/> removes it once they are.
/// </remarks>
public sealed partial class ForeignRuns(NpgsqlDataSource database, string node, TimeProvider clock, ILogger<ForeignRuns> logger)
{
    private const int OutputLimit = 16_000;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Commits that a program is about to be started with these files.</summary>
    public async Task<long> BeginAsync(long connectorId, string program, IReadOnlyList<RunFile> files, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var run = new NpgsqlCommand(InsertRun, connection, transaction);
        run.Parameters.Add(new() { Value = connectorId });
        run.Parameters.Add(new() { Value = program });
        run.Parameters.Add(new() { Value = node });
        var id = (long)(await run.ExecuteScalarAsync(cancellationToken))!;
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var file in files)
        {
            batch.BatchCommands.Add(Statement(InsertFile, id, file.Name, file.DeliveryIds.ToArray()));
        }

        if (files.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return id;
    }

    /// <summary>Records which process it is. Never throws: without the row the process is still found by its mark.</summary>
    public async Task StartedAsync(long runId, ForeignProcess process)
    {
        try
        {
            await ExecuteAsync(UpdateProcess, runId, process.Id, process.StartedTicks);
        }
        catch (NpgsqlException e)
        {
            Log.NotRecorded(logger, runId, e);
        }
    }

    /// <summary>
    /// Records the end, and what the program took for good: only those files, with only those deliveries, stay with the run. Waits for
    /// the database when it is away, because files must not be touched before this is known.
    /// </summary>
    /// <exception cref="OperationCanceledException">This process stops while the database is away; the run stays open.</exception>
    public async Task EndAsync(long runId, ProgramEnd end, IReadOnlyList<RunFile> taken, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await TryEndAsync(runId, end, taken);
                return;
            }
            catch (NpgsqlException e)
            {
                Log.EndNotRecorded(logger, runId, e);
            }

            await Task.Delay(RetryAfter, clock, stop);
        }
    }

    /// <summary>The runs of a connector that have no end.</summary>
    public async Task<IReadOnlyList<OpenRun>> OpenAsync(long connectorId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(SelectOpen);
        command.Parameters.Add(new() { Value = connectorId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var runs = new List<OpenRun>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var names = await reader.GetFieldValueAsync<string[]>(5, cancellationToken);
            var ids = await reader.GetFieldValueAsync<string[]>(6, cancellationToken);
            runs.Add(new OpenRun(
                reader.GetInt64(0),
                reader.GetString(1),
                await reader.GetFieldValueAsync<DateTimeOffset>(2, cancellationToken),
                await reader.IsDBNullAsync(3, cancellationToken) ? null : new ForeignProcess(reader.GetInt32(3), reader.GetInt64(4)),
                [.. names.Zip(ids, (name, list) => new RunFile(name, Ids(list)))]));
        }

        return runs;
    }

    /// <summary>Files that ended runs took, and at least one of whose deliveries is still live. <paramref name="among"/>: only these; null: all.</summary>
    public async Task<IReadOnlyList<TakenFile>> TakenAsync(long connectorId, IReadOnlyList<long>? among, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(SelectTaken);
        command.Parameters.Add(new() { Value = connectorId });
        command.Parameters.Add(new() { Value = (object?)among?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var files = new List<TakenFile>();
        while (await reader.ReadAsync(cancellationToken))
        {
            files.Add(new TakenFile(reader.GetInt64(0), reader.GetString(1), await reader.GetFieldValueAsync<long[]>(2, cancellationToken)));
        }

        return files;
    }

    /// <summary>Forgets taken files whose deliveries are all recorded; returns the runs that have such files left.</summary>
    public async Task<IReadOnlySet<long>> SettleAsync(long connectorId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Settle);
        command.Parameters.Add(new() { Value = connectorId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var unsettled = new HashSet<long>();
        while (await reader.ReadAsync(cancellationToken))
        {
            unsettled.Add(reader.GetInt64(0));
        }

        return unsettled;
    }

    private static long[] Ids(string list) =>
        [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => long.Parse(id, System.Globalization.CultureInfo.InvariantCulture))];

    private static NpgsqlBatchCommand Statement(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }

    private async Task TryEndAsync(long runId, ProgramEnd end, IReadOnlyList<RunFile> taken)
    {
        // Not cancelled by a stop: what has happened is written down.
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(Statement(
            UpdateEnd, runId, (object?)end.ExitCode ?? DBNull.Value, end.Word, Queue.Storable.Text(end.Output, OutputLimit)));
        batch.BatchCommands.Add(Statement(DeleteFiles, runId));
        foreach (var file in taken.Where(file => file.DeliveryIds.Count > 0))
        {
            batch.BatchCommands.Add(Statement(InsertFile, runId, file.Name, file.DeliveryIds.ToArray()));
        }

        await batch.ExecuteNonQueryAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>Did the program end with 0, so that the post office let go of the messages of this run?</summary>
    public async Task<bool> EndedCleanAsync(long connectorId, long runId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(EndedCleanSql);
        command.Parameters.Add(new() { Value = connectorId });
        command.Parameters.Add(new() { Value = runId });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(4092, LogLevel.Warning, "The process of run {RunId} could not be recorded")]
        public static partial void NotRecorded(ILogger logger, long runId, Exception exception);

        [LoggerMessage(4093, LogLevel.Error, "The end of run {RunId} cannot be recorded; its files are left alone until it can")]
        public static partial void EndNotRecorded(ILogger logger, long runId, Exception exception);
    }
}
