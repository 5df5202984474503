using Postern.Domain.Directory.Canaries;
using Postern.Domain.Watch;

namespace Postern.Domain.Tests.Watch;

public sealed class CanaryEntryRulesTests
{
    private static readonly DateOnly Today = new(2026, 11, 29);
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 13, 0, 0, TimeSpan.Zero);
    private static readonly CanarySight Ours = new("sales", true, true, Today, Now.AddHours(-2), Today.AddDays(-3), Now.AddDays(-3), Now, Now.AddDays(-2), "");
    private static readonly CanarySight Theirs = new("hub two", false, true, null, null, Today.AddDays(-3), Now.AddDays(-3), Now, null, "");

    [Fact]
    [Trait("source", "Q118621")]
    public void Ours_that_a_directory_does_not_show_is_an_alert_after_the_days_that_it_is_given()
    {
        var found = CanaryEntryRules.Of([(Ours, 2)], Now).ShouldHaveSingleItem();

        (found.Kind, found.Subject, found.Since, found.Patience, found.Link).ShouldBe((AlertKind.CanaryEntryLate, "ours at sales", Now.AddDays(-2), TimeSpan.FromDays(2), "/partners/sales"));
        found.Text.ShouldBe("Our canary of 29 Nov 2026 was written, and sales still shows that of 26 Nov 2026: what is written there does not arrive.");
        CanaryEntryRules.Of([(Ours with { LateSince = null }, 2), (Ours, 0)], Now).ShouldBeEmpty();
    }

    [Fact]
    public void Theirs_is_an_alert_once_a_read_shows_that_it_is_too_old_and_not_because_nobody_reads()
    {
        var found = CanaryEntryRules.Of([(Theirs, 2)], Now).ShouldHaveSingleItem();

        (found.Subject, found.Since, found.Patience, found.Link).ShouldBe(("that of hub two", new DateTimeOffset(2026, 11, 29, 0, 0, 0, TimeSpan.Zero), TimeSpan.Zero, "/partners/hub%20two"));
        CanaryEntryRules.Of([(Theirs with { SeenDay = Today.AddDays(-2) }, 2), (Theirs with { LookedAt = Now.AddDays(-2) }, 2), (Theirs, 0)], Now).ShouldBeEmpty();
    }
}
