namespace Postern.Web.Components.Shared;

/// <summary>One thing that happened to a message or one of its deliveries.</summary>
/// <param name="At">When; for the next attempt, when it is due.</param>
/// <param name="Icon">Symbol.</param>
/// <param name="Look">Colour class of the symbol, such as c-delivered.</param>
/// <param name="Text">One sentence of ours.</param>
/// <param name="Detail">A second line of ours.</param>
/// <param name="Said">The peer's own words.</param>
/// <param name="DeliveryId">The delivery it happened to; null for the whole message.</param>
/// <param name="FoldKey">Equal neighbours with the same key are folded into the first of them.</param>
public sealed record TimelineStep(
    DateTimeOffset At,
    string Icon,
    string Look,
    string Text,
    string? Detail = null,
    string? Said = null,
    long? DeliveryId = null,
    string? FoldKey = null)
{
    /// <summary>It lies ahead and is drawn dim.</summary>
    public bool IsNext { get; init; }

    /// <summary>Where it leads.</summary>
    public IReadOnlyList<StepLink> Links { get; init; } = [];
}

/// <summary>A link of a step.</summary>
public sealed record StepLink(string Text, string Href, bool IsDownload = false);
