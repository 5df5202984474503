using Postern.Domain.Queue;

namespace Postern.Domain.Tests.Queue;

public sealed class DeliveryTransitionsTests
{
    [Fact]
    public void Nothing_leaves_a_final_state()
    {
        foreach (var state in Enum.GetValues<DeliveryState>().Where(DeliveryTransitions.IsFinal))
        {
            foreach (var what in Enum.GetValues<DeliveryEvent>())
            {
                DeliveryTransitions.TryNext(state, what, out _).ShouldBeFalse($"{state} took {what}");
            }
        }
    }

    [Fact]
    public void A_leased_delivery_is_never_ended_or_held_by_an_operator()
    {
        foreach (var what in new[] { DeliveryEvent.Hold, DeliveryEvent.Return, DeliveryEvent.Remove, DeliveryEvent.RetryNow, DeliveryEvent.Release, DeliveryEvent.Expire, DeliveryEvent.Reroute, DeliveryEvent.Prioritise })
        {
            DeliveryTransitions.TryNext(DeliveryState.Leased, what, out _).ShouldBeFalse();
        }
    }

    [Fact]
    public void Held_mail_does_not_expire()
    {
        DeliveryTransitions.TryNext(DeliveryState.Held, DeliveryEvent.Expire, out _).ShouldBeFalse();
    }

    [Fact]
    public void Every_event_is_allowed_from_somewhere()
    {
        foreach (var what in Enum.GetValues<DeliveryEvent>())
        {
            DeliveryTransitions.From(what).ShouldNotBeEmpty();
        }
    }
}
