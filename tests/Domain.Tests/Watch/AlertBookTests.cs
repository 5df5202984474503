using Postern.Domain.Watch;

namespace Postern.Domain.Tests.Watch;

public sealed class AlertBookTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly HashSet<AlertKind> All = [.. Enum.GetValues<AlertKind>()];

    private readonly AlertBook book = new();
    private readonly Dictionary<string, OpenAlert> open = [];

    [Fact]
    public void It_opens_once_when_it_has_lasted_and_closes_once_when_it_has_been_well_for_a_while()
    {
        var opened = new List<int>();
        var closed = new List<int>();
        for (var second = 0; second <= 600; second += 15)
        {
            var changes = Look(second, second < 300 ? [Disk with { Patience = TimeSpan.FromSeconds(60) }] : []);
            opened.AddRange(changes.Opened.Select(_ => second));
            closed.AddRange(changes.Closed.Select(_ => second));
        }

        opened.ShouldBe([60]);
        closed.ShouldBe([360]);
    }

    [Fact]
    public void What_flickers_is_one_alert()
    {
        var changes = Enumerable.Range(0, 80).Select(round => Look(round * 15, round % 3 != 0 ? [Disk] : [])).ToList();

        changes.Sum(change => change.Opened.Count).ShouldBe(1);
        changes.Sum(change => change.Closed.Count).ShouldBe(0);
    }

    [Fact]
    public void What_has_not_lasted_is_no_alert_and_progress_counts_anew()
    {
        var stuck = Disk with { Patience = TimeSpan.FromMinutes(10) };

        var opened = Enumerable.Range(0, 40).Select(round => Look(round * 30, [stuck with { Progress = round < 19 ? "1 of 9" : "2 of 9" }])).Select(change => change.Opened.Count).ToList();

        opened.IndexOf(1).ShouldBe(39);
    }

    [Fact]
    public void It_becomes_worse_with_time_and_never_better_while_it_lasts()
    {
        var lasting = Disk with { BadAfter = TimeSpan.FromMinutes(10) };

        Look(0, [lasting]).Opened.ShouldHaveSingleItem().Severity.ShouldBe(AlertSeverity.Warning);
        Look(590, [lasting]).Kept.ShouldHaveSingleItem().Severity.ShouldBe(AlertSeverity.Warning);
        Look(600, [lasting]).Kept.ShouldHaveSingleItem().Severity.ShouldBe(AlertSeverity.Error);
        Look(610, [lasting with { BadAfter = null }]).Kept.ShouldHaveSingleItem().Severity.ShouldBe(AlertSeverity.Error);
    }

    [Fact]
    public void A_restart_neither_closes_what_is_still_wrong_nor_opens_it_again()
    {
        var stuck = Disk with { Patience = TimeSpan.FromMinutes(10) };
        open[stuck.Key] = new OpenAlert(stuck.Key, stuck.Kind, AlertSeverity.Warning, Start.AddHours(-1));

        var changes = Enumerable.Range(0, 20).Select(round => Look(round * 15, [stuck])).ToList();

        changes.ShouldAllBe(change => change.Opened.Count == 0 && change.Closed.Count == 0 && change.Kept.Count == 1);
    }

    [Fact]
    public void What_was_not_looked_for_stays_as_it_is()
    {
        Look(0, [Disk]);

        var changes = Enumerable.Range(1, 20).Select(round => Look(round * 15, [], [AlertKind.BooksOff])).ToList();

        changes.ShouldAllBe(change => change.Closed.Count == 0);
    }

    [Fact]
    public void A_fact_says_since_when() =>
        Look(0, [Disk with { Since = Start.AddMinutes(-3), Patience = TimeSpan.FromMinutes(2) }]).Opened.ShouldHaveSingleItem().Since.ShouldBe(Start.AddMinutes(-3));

    private static Suspicion Disk { get; } = new(AlertKind.DiskLow, "/srv", "The disk is full.", "Make room.");

    private AlertChanges Look(int second, Suspicion[] suspicions, HashSet<AlertKind>? looked = null)
    {
        var changes = book.Judge(suspicions, [.. open.Values], looked ?? All, Start.AddSeconds(second));
        foreach (var opened in changes.Opened.Concat(changes.Kept))
        {
            var before = open.GetValueOrDefault(opened.Suspicion.Key);
            open[opened.Suspicion.Key] = new OpenAlert(opened.Suspicion.Key, opened.Suspicion.Kind, opened.Severity, before?.OpenedAt ?? Start.AddSeconds(second));
        }

        foreach (var key in changes.Closed)
        {
            open.Remove(key);
        }

        return changes;
    }
}
