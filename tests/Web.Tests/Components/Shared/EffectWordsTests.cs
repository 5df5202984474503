using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;

namespace Postern.Web.Tests.Components.Shared;

public sealed class EffectWordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 41, 0, TimeSpan.Zero);

    private static readonly QueueEffect Mixed = new(12, 6, 2, 1, 1, 2, 1, 5, 7, 4, Now.AddHours(-2));

    [Fact]
    public void Returning_ends_what_has_a_sender_and_says_what_stays()
    {
        var effect = EffectWords.Of(DeliveryVerb.Return, Mixed, Now);

        (effect.Title, effect.Button, effect.Applies, effect.IsRemoval, effect.NeedsReason)
            .ShouldBe(("Return 12 deliveries to their senders", "Return 6 deliveries", 6, false, true));
        effect.Lines.Select(line => (line.Look, line.Count)).ShouldBe(
            [(DeliveryState.Bounced, 6L), (DeliveryState.Bounced, 1L), (DeliveryState.Queued, 2L), (DeliveryState.Leased, 2L), (DeliveryState.Delivered, 2L)]);
        effect.Consequence.ShouldStartWith("5 reports are written");
    }

    [Fact]
    public void Removing_ends_everything_that_waits_and_says_that_nobody_will_know()
    {
        var effect = EffectWords.Of(DeliveryVerb.Remove, Mixed, Now);

        (effect.Button, effect.Applies, effect.IsRemoval).ShouldBe(("Remove 8 deliveries", 8, true));
        effect.Consequence.ShouldContain("no report is written, and 4 senders will not know");
    }

    [Fact]
    public void Nothing_that_can_be_touched_offers_nothing() =>
        EffectWords.Of(DeliveryVerb.Return, new QueueEffect(1, 1, 0, 0, 0, 1, 0, 0, 1, 0, Now), Now).Applies.ShouldBe(0);
}
