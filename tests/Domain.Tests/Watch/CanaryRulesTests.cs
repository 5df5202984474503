using Postern.Domain.Watch;

namespace Postern.Domain.Tests.Watch;

public sealed class CanaryRulesTests
{
    private static readonly DateTimeOffset Sent = new(2026, 11, 23, 6, 52, 0, TimeSpan.Zero);
    private static readonly WatchedCanary Missing = new("ccmail-sales", TimeSpan.FromMinutes(30), Sent, 4711, Sent.AddMinutes(-14));

    [Fact]
    public void One_that_has_not_come_back_is_named_with_when_the_last_one_did()
    {
        var found = CanaryRules.Of([Missing], new HashSet<string>(), _ => false).ShouldHaveSingleItem();

        found.Text.ShouldBe("The canary that left by ccmail-sales at Mon 23 Nov 06:52 UTC has not come back; the last one did at Mon 23 Nov 06:38 UTC.");
        (found.Kind, found.Connector, found.Link, found.Since, found.Patience).ShouldBe((AlertKind.CanaryMissing, "ccmail-sales", "/messages/4711", Sent, TimeSpan.FromMinutes(30)));
        CanaryRules.Of([Missing with { BackAt = null }], new HashSet<string>(), _ => false).ShouldHaveSingleItem().Text.ShouldEndWith("has not come back; none has yet.");
    }

    [Fact]
    public void Of_one_cause_there_is_one_alert_and_an_open_one_stays_until_a_canary_is_back()
    {
        var accused = new HashSet<string> { "ccmail-sales" };

        CanaryRules.Of([Missing], accused, _ => false).ShouldBeEmpty();
        CanaryRules.Of([Missing], accused, key => key == Suspicion.KeyOf(AlertKind.CanaryMissing, "ccmail-sales")).ShouldHaveSingleItem();
        CanaryRules.Of([Missing with { MissingSince = null }], new HashSet<string>(), _ => true).ShouldBeEmpty();
    }
}
