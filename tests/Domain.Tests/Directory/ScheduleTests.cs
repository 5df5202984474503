using Postern.Domain.Directory.Schedules;
using Postern.Domain.Tests.Support;

namespace Postern.Domain.Tests.Directory;

public sealed class ScheduleTests
{
    private static readonly TimeZoneInfo Berlin = Zone("Europe/Berlin", 1, "03-31", 2, "10-27", 3);
    private static readonly TimeZoneInfo Sydney = TimeZoneInfo.CreateCustomTimeZone("Test/Sydney", TimeSpan.FromHours(10), "Sydney", "Sydney", "Sydney summer",
        [TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(new DateTime(2000, 1, 1), new DateTime(2100, 1, 1), TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 10, 1, DayOfWeek.Sunday),
            TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 4, 1, DayOfWeek.Sunday))]);

    [Theory]
    [InlineData("Mon-Fri 02:00, 12:00-13:30; Sun 04:15", "Mon-Fri 02:00, 12:00-13:30; Sun 04:15")]
    [InlineData("mon 02:00;tue 02:00", "Mon-Tue 02:00")]
    [InlineData("Sat-Mon 00:00-24:00", "Mon 00:00-24:00; Sat-Sun 00:00-24:00")]
    [InlineData("Mon-Sun 00:00-24:00", "always")]
    [InlineData("always", "always")]
    [InlineData("never", "never")]
    [InlineData("", "never")]
    public void A_grid_is_read_and_written(string text, string expected)
    {
        WeekGrid.TryParse(text, out var grid, out var fault).ShouldBeTrue(fault);

        grid.ToString().ShouldBe(expected);
        WeekGrid.TryParse(expected, out var again, out _).ShouldBeTrue();
        again.ShouldBe(grid);
    }

    [Theory]
    [InlineData("Mon")]
    [InlineData("Mon 02:10")]
    [InlineData("Mon 03:00-02:00")]
    [InlineData("Mun 02:00")]
    [InlineData("Mon-Tue-Wed 02:00")]
    [InlineData("Mon 24:00")]
    [InlineData("Mon 25:00-26:00")]
    public void What_is_no_grid_is_said(string text)
    {
        WeekGrid.TryParse(text, out _, out var fault).ShouldBeFalse();

        fault.ShouldNotBeEmpty();
    }

    [Fact]
    public void Every_grid_comes_back_from_its_text()
    {
        var random = new Random(4711);
        for (var round = 0; round < 200; round++)
        {
            var grid = WeekGrid.Never;
            for (var i = random.Next(40); i > 0; i--)
            {
                grid = grid.With((DayOfWeek)random.Next(7), random.Next(WeekGrid.QuartersOfDay), true);
            }

            WeekGrid.TryParse(grid.ToString(), out var again, out var fault).ShouldBeTrue(fault);
            again.ShouldBe(grid, $"round {round}");
        }
    }

    [Theory]
    [Trait("source", "Q119111")]
    [Trait("source", "Q96060")]
    [InlineData("2024-03-29T12:00Z", "2024-03-30T01:30Z")] // 02:30 winter time
    [InlineData("2024-03-30T12:00Z", "2024-03-31T01:00Z")] // 02:30 is left out: 03:00 summer time
    [InlineData("2024-03-31T12:00Z", "2024-04-01T00:30Z")] // 02:30 summer time
    [InlineData("2024-10-26T12:00Z", "2024-10-27T00:30Z")] // 02:30 comes twice: the first time
    [InlineData("2024-10-27T00:30Z", "2024-10-28T01:30Z")] // and not the second
    public void A_nightly_cycle_runs_once_a_night_when_the_clocks_change(string after, string expected)
    {
        WeekGrid.TryParse("Mon-Sun 02:30", out var grid, out _).ShouldBeTrue();

        new SyncSchedule(grid, Berlin, SyncSchedule.DefaultWindow).Next(Time(after)).ShouldBe(Time(expected));
    }

    [Theory]
    [Trait("source", "Q101753")]
    [InlineData("2026-01-10T00:00Z", "2026-01-10T16:00Z")] // summer: eleven hours ahead
    [InlineData("2026-07-10T00:00Z", "2026-07-10T17:00Z")] // winter: ten
    public void Three_in_the_morning_in_sydney_is_that_wherever_the_program_runs(string after, string expected)
    {
        WeekGrid.TryParse("Mon-Sun 03:00", out var grid, out _).ShouldBeTrue();

        new SyncSchedule(grid, Sydney, SyncSchedule.DefaultWindow).Next(Time(after)).ShouldBe(Time(expected));
    }

    [Fact]
    public void All_quarters_of_a_gap_begin_together_after_it()
    {
        WeekGrid.TryParse("Sun 02:00-03:15", out var grid, out _).ShouldBeTrue();
        var schedule = new SyncSchedule(grid, Berlin, SyncSchedule.DefaultWindow);

        var first = schedule.Next(Time("2024-03-30T12:00Z"));

        first.ShouldBe(Time("2024-03-31T01:00Z"));
        schedule.Next(first!.Value).ShouldBe(Time("2024-04-07T00:00Z"));
    }

    [Fact]
    [Trait("source", "Q148718")]
    [Trait("source", "Q119590")]
    public void A_cycle_that_is_late_still_runs_within_its_window_and_one_that_is_later_is_missed_and_said()
    {
        WeekGrid.TryParse("Mon-Sun 02:00, 20:00", out var grid, out _).ShouldBeTrue();
        var schedule = new SyncSchedule(grid, TimeZoneInfo.Utc, TimeSpan.FromHours(8));
        var last = Time("2026-11-26T02:00Z");

        var late = schedule.Look(last, Time("2026-11-27T03:59Z"));
        var over = schedule.Look(last, Time("2026-11-27T12:00Z"));

        late.DueSince.ShouldBe(Time("2026-11-27T02:00Z"));
        late.Missed.ShouldBeEmpty();
        over.DueSince.ShouldBeNull();
        over.Missed.ShouldBe([Time("2026-11-26T20:00Z"), Time("2026-11-27T02:00Z")]);
        schedule.Look(last, Time("2026-11-26T19:59Z")).DueSince.ShouldBeNull();
    }

    [Fact]
    public void A_grid_is_read_whatever_stands_there() => ParserSweep.Text(
        ["Mon-Fri 02:00, 12:00-13:30; Sun 04:15", "always"], ["Mon", "-", ":", ";", ",", " ", "24:00", "00:00", "never"],
        text => ParserSweep.Demand(WeekGrid.TryParse(text, out _, out var fault) == (fault.Length == 0), "a text is a grid or a fault"));

    [Fact]
    public void An_empty_grid_never_begins() => new SyncSchedule(WeekGrid.Never, Berlin, SyncSchedule.DefaultWindow).Next(Time("2026-11-26T02:00Z")).ShouldBeNull();

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static TimeZoneInfo Zone(string id, int offset, string begin, int beginHour, string end, int endHour) => TimeZoneInfo.CreateCustomTimeZone(
        $"Test/{id}", TimeSpan.FromHours(offset), id, id, $"{id} summer",
        [TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(new DateTime(2024, 1, 1), new DateTime(2024, 12, 31), TimeSpan.FromHours(1), Fixed(begin, beginHour), Fixed(end, endHour))]);

    private static TimeZoneInfo.TransitionTime Fixed(string monthAndDay, int hour) => TimeZoneInfo.TransitionTime.CreateFixedDateRule(
        new DateTime(1, 1, 1, hour, 0, 0), int.Parse(monthAndDay.AsSpan(0, 2), System.Globalization.CultureInfo.InvariantCulture), int.Parse(monthAndDay.AsSpan(3), System.Globalization.CultureInfo.InvariantCulture));
}
