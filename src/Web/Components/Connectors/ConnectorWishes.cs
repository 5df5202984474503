using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Connectors;

namespace Postern.Web.Components.Connectors;

/// <summary>What an operator can ask of a connector by a button.</summary>
public enum ConnectorWish
{
    Start,
    Stop,
    Drain,
    Run,
    Resume,
    PauseDelivery,
    PausePickup,
    Canary,
}

/// <summary>A wish with what belongs to it.</summary>
/// <param name="Length">Of a pause; null: until it is resumed.</param>
public sealed record ConnectorWishes(ConnectorWish Wish, TimeSpan? Length = null, string Reason = "")
{
    /// <summary>Does it. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not run connectors.</exception>
    public Task<string> DoAsync(ConnectorActions actions, string name, Operator who) => Wish switch
    {
        ConnectorWish.Start => actions.StartAsync(name, who, CancellationToken.None),
        ConnectorWish.Stop => actions.StopAsync(name, who, CancellationToken.None),
        ConnectorWish.Drain => actions.DrainAsync(name, who, CancellationToken.None),
        ConnectorWish.Run => actions.RunAsync(name, who, CancellationToken.None),
        ConnectorWish.Canary => actions.SendCanaryAsync(name, who, CancellationToken.None),
        ConnectorWish.Resume => actions.ResumeAsync(name, who, CancellationToken.None),
        ConnectorWish.PauseDelivery => actions.PauseDeliveryAsync(name, Length, who, CancellationToken.None),
        _ => actions.PausePickupAsync(name, Length, who, CancellationToken.None),
    };
}
