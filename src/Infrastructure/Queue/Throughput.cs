using Npgsql;

namespace Postern.Infrastructure.Queue;

/// <summary>Deliveries in and out by listener and connector, as the ledger has them; one reading serves every open window.</summary>
/// <remarks>
/// What is over is read once and kept: minutes for two hours, hours for a week. A later reading fetches the minutes since, so its cost is that of some minutes of
/// mail, whichever scale is asked for and however long the ledger is. Nothing is written for it.
/// </remarks>
public sealed partial class Throughput(NpgsqlDataSource database, TimeProvider clock) : IDisposable
{
    /// <summary>A window sees figures of at most this age.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    // A row bears the time at which its transaction began and is seen when that is over; none takes this long.
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan MinutesKept = TimeSpan.FromHours(2);
    private static readonly TimeSpan HoursKept = ThroughputScale.Week.Step * ThroughputScale.Week.Steps;

    private readonly SemaphoreSlim turn = new(1);
    private readonly Dictionary<Moment, long> minutes = [];
    private readonly Dictionary<Moment, long> hours = [];
    private DateTimeOffset now;
    private DateTimeOffset? settledMinute;
    private DateTimeOffset? settledHour;
    private long? readAt;

    private readonly record struct Moment(string Name, bool IsIn, DateTimeOffset Begin);

    /// <summary>The chart of a scale, a few seconds old at most.</summary>
    public async Task<ThroughputChart> ReadAsync(ThroughputScale scale, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (readAt is not { } stamp || clock.GetElapsedTime(stamp) > Fresh)
            {
                await ReadMinutesAsync(cancellationToken);
                readAt = clock.GetTimestamp();
            }

            if (scale.Step > Minute)
            {
                await ReadHoursAsync(cancellationToken);
            }

            return Chart(scale);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private async Task ReadMinutesAsync(CancellationToken cancellationToken)
    {
        var instant = await NowAsync(cancellationToken);
        var begin = settledMinute ?? ThroughputScale.Floor(instant - MinutesKept, Minute);
        var young = await RowsAsync(Minute, begin, DateTimeOffset.MaxValue, cancellationToken);
        Replace(minutes, begin, young, ThroughputScale.Floor(instant - MinutesKept, Minute));
        (now, settledMinute) = (instant, ThroughputScale.Floor(instant - Settling, Minute));
    }

    // Day by day, so that no statement takes long even when a week is read for the first time.
    private async Task ReadHoursAsync(CancellationToken cancellationToken)
    {
        var end = ThroughputScale.Floor(now - Settling, Hour);
        var oldest = ThroughputScale.Floor(now - HoursKept, Hour);
        while ((settledHour ?? oldest) is var begin && begin < end)
        {
            var next = begin.AddDays(1) < end ? begin.AddDays(1) : end;
            Replace(hours, begin, await RowsAsync(Hour, begin, next, cancellationToken), oldest);
            settledHour = next;
        }
    }

    private ThroughputChart Chart(ThroughputScale scale)
    {
        var begin = scale.Begin(now);
        // Hours that are over come from their own figures, the rest from the minutes.
        var passed = scale.Step > Minute ? settledHour!.Value : begin;
        var lines = new Dictionary<string, (long[] In, long[] Out)>(StringComparer.Ordinal);
        foreach (var ((name, isIn, at), count) in hours.Where(hour => scale.Step > Minute && hour.Key.Begin < passed).Concat(minutes.Where(minute => minute.Key.Begin >= passed)))
        {
            var step = (int)Math.Floor((at - begin) / scale.Step);
            if (step >= 0 && step < scale.Steps)
            {
                if (!lines.TryGetValue(name, out var line))
                {
                    lines[name] = line = (new long[scale.Steps], new long[scale.Steps]);
                }

                (isIn ? line.In : line.Out)[step] += count;
            }
        }

        return new ThroughputChart(
            scale, begin,
            [.. lines.Select(line => new ThroughputLine(line.Key, line.Value.In, line.Value.Out)).OrderByDescending(line => line.All).ThenBy(line => line.Name, StringComparer.Ordinal)]);
    }

    private static void Replace(Dictionary<Moment, long> kept, DateTimeOffset begin, IReadOnlyList<(Moment At, long Count)> rows, DateTimeOffset oldest)
    {
        foreach (var gone in kept.Keys.Where(moment => moment.Begin >= begin || moment.Begin < oldest).ToList())
        {
            kept.Remove(gone);
        }

        foreach (var (at, count) in rows)
        {
            kept[at] = count;
        }
    }

    private async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select now()");
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!);
    }

    private async Task<IReadOnlyList<(Moment At, long Count)>> RowsAsync(TimeSpan step, DateTimeOffset begin, DateTimeOffset end, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(RowsSql);
        foreach (var value in new object[] { DateOnly.FromDateTime(begin.UtcDateTime).AddDays(-LedgerDays), BatchTime.Before(begin), begin.UtcDateTime, end.UtcDateTime, step })
        {
            command.Parameters.Add(new() { Value = value });
        }

        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<(Moment, long)>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add((new Moment(row.GetString(0), row.GetBoolean(1), new DateTimeOffset(row.GetDateTime(2))), row.GetInt64(3)));
        }

        return rows;
    }
}
