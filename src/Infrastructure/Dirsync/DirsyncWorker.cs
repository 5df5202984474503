using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.Dirsync;

/// <summary>Begins cycles when schedules and people call for them, says which were missed, and carries out plans that were approved.</summary>
public sealed partial class DirsyncWorker(
    NpgsqlDataSource database, DirsyncCycle cycles, PartnerStore partners, CarryOutPlan carryOut, EventLog events, TimeProvider clock, ILogger<DirsyncWorker> logger) : BackgroundService
{
    private const int MostAtOnce = 2;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    // Of several processes one looks; a cycle has its own lock beside.
    private const long LookLock = 0x44_49_52_4c_4f_4f_4b;

    private readonly Dictionary<long, Task> running = [];
    private readonly ConcurrentDictionary<long, long> resting = new();

    /// <summary>One look at every partner and every approved plan; returns when what it began has ended. How many cycles and plans that were.</summary>
    /// <param name="now">What the schedules are held against; null for the clock of the database.</param>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken, DateTimeOffset? now = null)
    {
        var begun = 0;
        foreach (var work in await DueAsync(now, cancellationToken))
        {
            await work(cancellationToken);
            begun++;
        }

        return begun;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Failed(logger, e.Message);
            }
        }
    }

    // One piece of work for a partner at a time, and not too many at once: what moves mail needs the database too.
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var ended in running.Where(pair => pair.Value.IsCompleted).Select(pair => pair.Key).ToList())
        {
            running.Remove(ended);
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var look = connection.Command("select pg_try_advisory_xact_lock($1)", LookLock);
        if (running.Count >= MostAtOnce || await look.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return;
        }

        foreach (var partner in (await WorkAsync(null, cancellationToken)).GroupBy(work => work.PartnerId).Where(group => !running.ContainsKey(group.Key)).Take(MostAtOnce - running.Count))
        {
            var works = partner.Select(work => work.Do).ToList();
            running[partner.Key] = Task.Run(
                async () =>
                {
                    foreach (var work in works)
                    {
                        await GuardedAsync(work, cancellationToken);
                    }
                },
                cancellationToken);
        }
    }

    private async Task GuardedAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.Failed(logger, e.Message);
        }
    }

    private async Task<IReadOnlyList<Func<CancellationToken, Task>>> DueAsync(DateTimeOffset? now, CancellationToken cancellationToken) =>
        [.. (await WorkAsync(now, cancellationToken)).Select(work => work.Do)];

    private async Task<List<(long PartnerId, Func<CancellationToken, Task> Do)>> WorkAsync(DateTimeOffset? now, CancellationToken cancellationToken)
    {
        var works = new List<(long, Func<CancellationToken, Task>)>();
        foreach (var (partner, plan) in await ReadAsync(ApprovedSql, row => (row.GetInt64(0), row.GetInt64(1)), cancellationToken))
        {
            if (!resting.TryGetValue(plan, out var since) || clock.GetElapsedTime(since) > Rest)
            {
                works.Add((partner, token => CarryOutAsync(plan, token)));
            }
        }

        foreach (var due in await ReadAsync(DueSql, row => (Id: row.GetInt64(0), Wanted: row.GetBoolean(1), IsDry: row.GetBoolean(2), Last: row.GetFieldValue<DateTimeOffset>(3), Now: row.GetFieldValue<DateTimeOffset>(4)), cancellationToken))
        {
            var partner = await partners.FindAsync(due.Id, cancellationToken);
            var state = partner is null ? null : PartnerRules.ScheduleOf(partner.Rules)?.Look(due.Last, now ?? due.Now);
            if (partner is not null && state is { Missed.Count: > 0 })
            {
                await SayMissedAsync(partner, state.Missed, cancellationToken);
            }

            if (partner is not null && due.Wanted && due.IsDry)
            {
                works.Add((due.Id, token => RunDryAsync(partner, token)));
            }
            else if (partner is not null && (due.Wanted || state?.DueSince is not null))
            {
                works.Add((due.Id, token => cycles.RunAsync(due.Id, isDry: false, token)));
            }
        }

        return works;
    }

    // A partner that does not answer is not asked every few seconds.
    private async Task CarryOutAsync(long plan, CancellationToken cancellationToken)
    {
        if (await carryOut(plan, cancellationToken))
        {
            resting.TryRemove(plan, out _);
        }
        else
        {
            resting[plan] = clock.GetTimestamp();
        }
    }

    // What a dry run found is said at the partner; nothing else of it is kept.
    private async Task RunDryAsync(Partner partner, CancellationToken cancellationToken)
    {
        await ExecuteAsync("update partner set run_wanted_at = null, run_is_dry = false where id = $1", cancellationToken, partner.Id);
        var result = await cycles.RunAsync(partner.Id, isDry: true, cancellationToken);
        var found = result.Fault.Length > 0 ? $"Dry run: {result.Fault}" : $"Dry run, nothing was stored: {string.Join("; and ", result.Sentences)}.";
        await ExecuteAsync("insert into cycle_note (partner_id, cycle, kind, text) values ($1, $2, 'said', $3)", cancellationToken, partner.Id, result.Cycle, Queue.Storable.Text(found));
    }

    private async Task SayMissedAsync(Partner partner, IReadOnlyList<DateTimeOffset> missed, CancellationToken cancellationToken)
    {
        var text = missed.Count == 1
            ? $"The cycle of {missed[0]:yyyy-MM-dd HH:mm} UTC was missed: it could not begin within its run window."
            : $"{missed.Count} cycles from {missed[0]:yyyy-MM-dd HH:mm} to {missed[^1]:yyyy-MM-dd HH:mm} UTC were missed: they could not begin within their run windows.";
        await ExecuteAsync(
            "insert into cycle_note (partner_id, cycle, kind, text) select id, cycle, 'missed', $2 from partner where id = $1", cancellationToken, partner.Id, text);
        await ExecuteAsync("update partner set schedule_from = greatest(schedule_from, $2) where id = $1", cancellationToken, partner.Id, missed[^1]);
        await events.WriteAsync(
            EventCodes.DirsyncRunMissed, EventSeverity.Warning, "", $"{missed.Count} {(missed.Count == 1 ? "cycle" : "cycles")} of {partner.Name} {(missed.Count == 1 ? "was" : "were")} missed, the first one of {missed[0]:yyyy-MM-dd HH:mm} UTC.",
            $"Press Run now at {partner.Name} to have a cycle at once.");
    }

    private const string ApprovedSql =
        """
        select p.partner_id, p.id from plan p where p.state in ('approved', 'applying') order by p.direction, p.id
        """;

    private const string DueSql =
        """
        select id, run_wanted_at is not null, run_is_dry, greatest(coalesce(cycle_began_at, schedule_from), schedule_from), now() from partner where is_enabled order by id
        """;

    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        return await command.RowsAsync(read, cancellationToken);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = database.Command(sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(6003, LogLevel.Error, "Directory synchronisation could not do its work and tries again: {Fault}")]
        public static partial void Failed(ILogger logger, string fault);
    }
}
