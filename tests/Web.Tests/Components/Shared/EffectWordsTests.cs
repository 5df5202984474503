using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;

namespace Postern.Web.Tests.Components.Shared;

public sealed class EffectWordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 41, 0, TimeSpan.Zero);

    private static readonly QueueEffect Mixed = new(12, 6, 2, 1, 1, 2, 1, 5, 7, 4, 2, Now.AddHours(-2));

    private static readonly OperationAllowance Fresh = new(0, 500, TimeSpan.FromMinutes(10));

    [Fact]
    public void Returning_ends_what_has_a_sender_and_says_what_stays()
    {
        var effect = EffectWords.Of(DeliveryVerb.Return, Mixed, Fresh, Now);

        (effect.Title, effect.Button, effect.Applies, effect.IsRemoval, effect.NeedsReason)
            .ShouldBe(("Return 12 deliveries to their senders", "Return 6 deliveries", 6, false, true));
        effect.Lines.Select(line => (line.Look, line.Count)).ShouldBe(
            [(DeliveryState.Bounced, 6L), (DeliveryState.Bounced, 1L), (DeliveryState.Queued, 2L), (DeliveryState.Leased, 2L), (DeliveryState.Delivered, 2L)]);
        effect.Consequence.ShouldBe("5 reports are written, with your reason in them, and wait 10\u202Fmin: so long this can be taken back.");
        effect.Figures.Select(figure => $"{figure.Number} {figure.Text}".Replace('\u202F', ' ')).ShouldBe(["6 deliveries end", "7 messages", "2 connectors", "2 h 00 m oldest"]);
    }

    [Fact]
    public void Removing_ends_everything_that_waits_and_says_that_nobody_will_know()
    {
        var effect = EffectWords.Of(DeliveryVerb.Remove, Mixed, Fresh, Now);

        (effect.Button, effect.Applies, effect.IsRemoval).ShouldBe(("Remove 8 deliveries", 8, true));
        effect.Consequence.ShouldContain("no report is written, and 4 senders will not know");
    }

    [Fact]
    public void A_removal_that_tells_the_senders_says_how_many_reports() =>
        EffectWords.Of(new DeliveryAct(DeliveryVerb.Remove) { WritesReport = true }, Mixed, Fresh, Now).Consequence.ShouldStartWith("5 reports are written");

    [Theory]
    [InlineData(DeliveryVerb.Retry, 7, "Try 7 deliveries now")]
    [InlineData(DeliveryVerb.Hold, 7, "Hold 7 deliveries")]
    [InlineData(DeliveryVerb.Release, 1, "Release 1 delivery")]
    [InlineData(DeliveryVerb.Prioritise, 7, "Set normal priority")]
    [InlineData(DeliveryVerb.Expire, 4, "End 4 deliveries")]
    public void Each_verb_counts_what_is_in_its_reach_and_accounts_for_the_rest(DeliveryVerb verb, long applies, string button)
    {
        var effect = EffectWords.Of(verb, Mixed, Fresh, Now);

        (effect.Applies, effect.Button).ShouldBe((applies, button));
        effect.Lines.Where(line => !line.Text.Contains("of them", StringComparison.Ordinal)).Sum(line => line.Count).ShouldBe(Mixed.Chosen);
    }

    [Fact]
    public void Where_a_reroute_leads_is_told_way_by_way()
    {
        var ways = new RerouteForecast(1000, false, [new RerouteWay("smtp-two", "smtp-two", 900)], 60, [("No route leads to x.example.", 40)]);

        var effect = EffectWords.Of(new DeliveryAct(DeliveryVerb.Reroute) { Connector = "smtp-two" }, Mixed, Fresh, Now, ways);

        effect.Lines.Take(3).Select(line => $"{line.Count} {line.Text}").ShouldBe(
        [
            "900 of the first 1,000 go by smtp-two to smtp-two", "60 of the first 1,000 stay: they go this way already",
            "40 of the first 1,000 stay: No route leads to x.example.",
        ]);
        effect.SecondOperator.ShouldBeNull();
    }

    [Theory]
    [InlineData(491, false, "Not needed: 8 now and 491 in the last hour, of 500.")]
    [InlineData(493, true, "Needed: 8 now and 493 in the last hour are over 500. Nothing is done until a second operator has confirmed it.")]
    public void The_second_operator_is_announced_before_anything_is_done(long ended, bool isNeeded, string text)
    {
        var second = EffectWords.Of(DeliveryVerb.Remove, Mixed, Fresh with { Ended = ended }, Now).SecondOperator!;

        (second.IsNeeded, second.Text).ShouldBe((isNeeded, text));
        second.Filled.ShouldBeInRange(0, 100);
    }

    [Fact]
    public void Nothing_that_can_be_touched_offers_nothing() =>
        EffectWords.Of(DeliveryVerb.Return, new QueueEffect(1, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1, Now), Fresh, Now).Applies.ShouldBe(0);
}
