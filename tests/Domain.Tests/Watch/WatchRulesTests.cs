using Postern.Domain.Watch;

namespace Postern.Domain.Tests.Watch;

public sealed class WatchRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly HashSet<string> None = [];

    // Polls every 15 seconds, polled 10 seconds ago, and has nothing to do.
    private static WatchedConnector Sales { get; } = new(
        "sales", true, "running", "", "", null, Ago(seconds: 10), Ago(hours: 3), TimeSpan.FromSeconds(15), Ago(hours: 9), null, true, 0, null);

    // Speaks only when there is something to say, and has said nothing for two days.
    private static WatchedConnector Backbone { get; } = Sales with { Name = "backbone", PollPeriod = null, AliveAt = Ago(hours: 48), LeftAt = Ago(hours: 48) };

    [Fact]
    public void What_is_idle_and_well_raises_nothing()
    {
        Find(Sales, Backbone).ShouldBeEmpty();
        Find(Sales with { Waiting = 5, OldestAt = Ago(hours: 5), LeftAt = Ago(seconds: 20) }).ShouldBeEmpty();
    }

    [Fact]
    public void What_an_operator_has_stopped_raises_nothing()
    {
        var stopped = Sales with { IsWanted = false, State = "stopped", AliveAt = Ago(hours: 70), LeftAt = Ago(hours: 70), Waiting = 900, OldestAt = Ago(hours: 70), HasProcess = false };

        Find(stopped, Backbone with { IsWanted = false, State = "failed", Failure = "x", FailedAt = Now }).ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q212788")]
    public void A_connector_that_polls_is_silent_after_three_of_its_periods()
    {
        Find(Sales with { AliveAt = Ago(seconds: 44) }).ShouldBeEmpty();
        Find(Sales with { AliveAt = Ago(seconds: 46) }).ShouldHaveSingleItem().Text.ShouldBe("sales has shown no proof of life for 46 s.");
        Find(Sales with { AliveAt = Ago(seconds: 170), PollPeriod = TimeSpan.FromMinutes(1) }).ShouldBeEmpty();
        Find(Sales with { AliveAt = Ago(seconds: 190), PollPeriod = TimeSpan.FromMinutes(1), State = "failed", Detail = "The post office is locked." })
            .ShouldHaveSingleItem().Text.ShouldBe("sales has shown no proof of life for 3 min: The post office is locked.");
    }

    [Fact]
    public void A_program_that_takes_its_time_is_no_silence()
    {
        var busy = Sales with { AliveAt = Ago(seconds: 250) };

        Find(busy with { BusyUntil = Now.AddSeconds(50) }).ShouldBeEmpty();
        Find(busy with { BusyUntil = Ago(seconds: 1) }).ShouldHaveSingleItem();
    }

    [Fact]
    public void What_was_just_started_is_given_its_three_periods_and_then_found_although_it_never_lived()
    {
        Find(Sales with { AliveAt = Ago(hours: 50), WantedSince = Ago(seconds: 30) }).ShouldBeEmpty();
        Find(Sales with { AliveAt = null, WantedSince = Ago(seconds: 60), State = "failed", Detail = "IMPORT.EXE is not there." })
            .ShouldHaveSingleItem().Text.ShouldBe("sales has shown no proof of life yet: IMPORT.EXE is not there.");
    }

    [Fact]
    public void What_was_silent_before_this_process_began_stays_so()
    {
        var silent = Sales with { AliveAt = Ago(hours: 2), WantedSince = Ago(seconds: 5) };

        Find(silent).ShouldBeEmpty();
        Find([silent], key => key == Suspicion.KeyOf(AlertKind.ConnectorSilent, "sales")).ShouldHaveSingleItem().Since.ShouldBe(Ago(hours: 2));
    }

    [Theory]
    [Trait("source", "Q181186")]
    [InlineData("", false, "no process has ever had it")]
    [InlineData("starting", true, "it has begun to start and is not there yet")]
    [InlineData("stopped", true, "it stands still, and nobody has stopped it")]
    [InlineData("running", false, "the process that had it has shown no life for a minute")]
    public void A_connector_that_should_run_and_does_not_is_said(string state, bool hasProcess, string expected)
    {
        var found = Find(Sales with { State = state, HasProcess = hasProcess, AliveAt = null }).ShouldHaveSingleItem();

        (found.Kind, found.Text).ShouldBe((AlertKind.ConnectorNotRunning, $"sales should run and does not: {expected}."));
        found.Patience.ShouldBeGreaterThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void A_connector_that_does_not_poll_is_silent_when_it_fails_and_somebody_waits_or_it_cannot_be_made()
    {
        var failing = Backbone with { State = "failed", Detail = "relay.example refuses the connection", FailedAt = Ago(hours: 1) };

        Find(failing).ShouldBeEmpty();
        Find(failing with { Waiting = 1, OldestAt = Ago(seconds: 60) }).ShouldHaveSingleItem().Since.ShouldBeNull();
        Find(failing with { FailedAt = Ago(seconds: 50) }).ShouldHaveSingleItem().Text
            .ShouldBe("backbone fails, and last worked 2 days ago: relay.example refuses the connection.");
    }

    [Fact]
    [Trait("source", "Q295812")]
    public void A_queue_of_which_nothing_leaves_only_ages()
    {
        var old = Backbone with { Waiting = 12, OldestAt = Ago(hours: 3), AliveAt = Ago(seconds: 5) };

        Find(old with { LeftAt = Ago(seconds: 3500) }).ShouldBeEmpty();
        Find(old with { LeftAt = Ago(hours: 2) }).ShouldHaveSingleItem().Text.ShouldBe("12 deliveries wait for backbone, the oldest for 3 h 0 min, and none has left for 2 h 0 min.");
        Find(old with { LeftAt = null, OldestAt = Ago(seconds: 3500) }).ShouldBeEmpty();
        Find(old with { WantedSince = Ago(seconds: 60) }).ShouldBeEmpty();
    }

    [Fact]
    public void Of_one_cause_there_is_one_alert()
    {
        var both = Sales with { AliveAt = Ago(hours: 4), LeftAt = Ago(hours: 4), Waiting = 3, OldestAt = Ago(hours: 4) };

        Find(both).ShouldHaveSingleItem().Kind.ShouldBe(AlertKind.ConnectorSilent);
        WatchRules.OfConnectors([both], new HashSet<string> { "sales" }, _ => false, Now).ShouldBeEmpty();
    }

    [Fact]
    public void A_disk_is_low_below_a_tenth_or_ten_gigabytes_and_stays_so_until_it_has_a_fifth_more()
    {
        const long Gigabyte = 1L << 30;

        Disks(new WatchedDisk("/srv", "the spool", new(40 * Gigabyte, 4000 * Gigabyte))).ShouldBeEmpty();
        Disks(new WatchedDisk("/srv", "the spool", new(2 * Gigabyte, 16 * Gigabyte))).ShouldBeEmpty();
        Disks(new WatchedDisk("/srv", "the spool", new(9 * Gigabyte, 4000 * Gigabyte))).ShouldHaveSingleItem().BadAfter.ShouldBeNull();
        Disks(new WatchedDisk("/srv", "the spool", new(Gigabyte, 4000 * Gigabyte))).ShouldHaveSingleItem().Text.ShouldBe("The disk of the spool (/srv) has 1.0 GB left of 4000.0 GB.");
        Open(new WatchedDisk("/srv", "the spool", new(11 * Gigabyte, 4000 * Gigabyte))).ShouldHaveSingleItem();
        Open(new WatchedDisk("/srv", "the spool", new(13 * Gigabyte, 4000 * Gigabyte))).ShouldBeEmpty();

        static IEnumerable<Suspicion> Disks(params WatchedDisk[] disks) => WatchRules.OfDisks(disks, "here", _ => false);
        static IEnumerable<Suspicion> Open(WatchedDisk disk) => WatchRules.OfDisks([disk], "here", _ => true);
    }

    [Theory]
    [InlineData(0L, true, true)]
    [InlineData((1L << 32) - 1, true, false)]
    [InlineData(1L << 32, true, false)]
    [InlineData((1L << 32) + 1, true, false)]
    [InlineData(8L << 40, false, false)]
    [Trait("source", "Q178758")]
    public void What_is_free_is_counted_in_numbers_that_hold_it(long free, bool isLow, bool isShort)
    {
        var found = WatchRules.OfDisks([new WatchedDisk("/srv", "the spool", new(free, 16L << 40))], "here", _ => false).ToList();

        found.Count.ShouldBe(isLow ? 1 : 0);
        DiskSpace.IsBelow(free, DiskSpace.ShortLimit(16L << 40), was: false).ShouldBe(isShort);
        // The same again for a small disk, where four gigabytes are plenty.
        WatchRules.OfDisks([new WatchedDisk("/srv", "the spool", new(free, 10L << 30))], "here", _ => false).Count().ShouldBe(free == 0 ? 1 : 0);
        DiskSpace.IsBelow(free, DiskSpace.ShortLimit(10L << 30), was: false).ShouldBe(isShort);
    }

    [Fact]
    [Trait("source", "Q178758")]
    public void A_disk_for_whose_sake_nothing_is_taken_in_needs_a_person_and_says_what_stands_still_until_when()
    {
        var spool = new WatchedDisk("/srv", "the spool", new(1L << 30, 16L << 40), IsShort: true);

        var all = WatchRules.OfDisks([spool], "here", _ => false).ShouldHaveSingleItem();
        var one = WatchRules.OfDisks([spool with { Holds = "the work folders of sales", HoldsMail = false }], "here", _ => false).ShouldHaveSingleItem();

        (all.BadAfter, one.BadAfter).ShouldBe((TimeSpan.Zero, TimeSpan.Zero));
        all.Text.ShouldBe("The disk of the spool (/srv) has 1.0 GB left of 16384.0 GB. No new mail is taken in until it has 2.4 GB.");
        one.Text.ShouldBe("The disk of the work folders of sales (/srv) has 1.0 GB left of 16384.0 GB. Nothing is fetched into them until it has 2.4 GB.");
        all.NextStep.ShouldContain("is taken in again by itself");
    }

    [Fact]
    [Trait("source", "Q181186")]
    public void A_program_run_without_an_end_is_found_after_its_time_limit_and_some_minutes()
    {
        var found = WatchRules.OfRuns([new WatchedRun(7, "sales", "import", Ago(hours: 1), TimeSpan.FromMinutes(5))]).ShouldHaveSingleItem();

        (found.Since, found.Patience).ShouldBe((Ago(hours: 1), TimeSpan.FromMinutes(7)));
        found.Text.ShouldBe("IMPORT of sales began at Sat 28 Nov 11:00 UTC and has no end; its time limit is 5 min.");
    }

    private static DateTimeOffset Ago(int hours = 0, int seconds = 0) => Now.AddHours(-hours).AddSeconds(-seconds);

    private static List<Suspicion> Find(params WatchedConnector[] connectors) => Find(connectors, _ => false);

    private static List<Suspicion> Find(WatchedConnector[] connectors, Func<string, bool> isOpen) => [.. WatchRules.OfConnectors(connectors, None, isOpen, Now)];
}
