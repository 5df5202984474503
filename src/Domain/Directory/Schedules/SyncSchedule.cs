namespace Postern.Domain.Directory.Schedules;

/// <summary>What is to be done about a schedule now.</summary>
/// <param name="DueSince">The quarter hour that calls for a cycle now; null when none does.</param>
/// <param name="Missed">Quarters whose run window is over: nothing runs for them any more, and that is said (Q148718).</param>
public sealed record ScheduleState(DateTimeOffset? DueSince, IReadOnlyList<DateTimeOffset> Missed);

/// <summary>When cycles of a partner begin: quarter hours of a week on the clocks of one time zone (Q119111, Q101753).</summary>
/// <remarks>
/// A quarter that a change of clocks leaves out begins with the first quarter there is after it; one that comes twice begins the first time.
/// So a nightly cycle runs exactly once a night, on both nights of the year that are unlike the others.
/// </remarks>
/// <param name="Window">How late a cycle may still begin; eight hours, as the last version of the original had it (Q119590).</param>
public sealed record SyncSchedule(WeekGrid Grid, TimeZoneInfo Zone, TimeSpan Window)
{
    private const int Quarter = 15;
    private const int MostMissed = 100;

    public static readonly TimeSpan DefaultWindow = TimeSpan.FromHours(8);

    /// <summary>When a cycle begins next, later than <paramref name="after"/>; null when the grid is empty.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        if (Grid.IsEmpty)
        {
            return null;
        }

        // A day back, because a quarter in a gap begins later than its own name says.
        var local = TimeZoneInfo.ConvertTime(after, Zone).Date.AddDays(-1);
        for (var i = 0; i < 10 * WeekGrid.QuartersOfDay; i++, local = local.AddMinutes(Quarter))
        {
            if (Grid[local.DayOfWeek, QuarterOf(local)] && BeginOf(local) is var begin && begin > after)
            {
                return begin;
            }
        }

        return null;
    }

    /// <summary>What is due, and what came and went without a cycle, since one last began.</summary>
    /// <param name="last">When a cycle last began; when the schedule was set up, where none has.</param>
    public ScheduleState Look(DateTimeOffset last, DateTimeOffset now)
    {
        DateTimeOffset? due = null;
        var missed = new List<DateTimeOffset>();
        for (var next = Next(last > now - TimeSpan.FromDays(8) ? last : now - TimeSpan.FromDays(8)); next is { } begin && begin <= now; next = Next(begin))
        {
            if (now - begin <= Window)
            {
                due = begin;
            }
            else if (missed.Count < MostMissed)
            {
                missed.Add(begin);
            }
        }

        return new ScheduleState(due, missed);
    }

    private DateTimeOffset BeginOf(DateTime local)
    {
        while (Zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(Quarter);
        }

        var offset = Zone.IsAmbiguousTime(local) ? Zone.GetAmbiguousTimeOffsets(local).Max() : Zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    private static int QuarterOf(DateTime local) => (local.Hour * 4) + (local.Minute / Quarter);
}
