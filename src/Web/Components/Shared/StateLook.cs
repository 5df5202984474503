using System.Diagnostics;
using Postern.Domain.Queue;

namespace Postern.Web.Components.Shared;

/// <summary>Glyph, word and colour of a delivery state, in that order of weight. The only place that maps a state to a colour.</summary>
/// <param name="Css">Suffix of the colour classes and tokens.</param>
/// <param name="Icon">Symbol in the sprite.</param>
/// <param name="Word">The word of the design's list, never a synonym.</param>
public sealed record StateLook(string Css, string Icon, string Word)
{
    /// <summary>How a state looks.</summary>
    public static StateLook Of(DeliveryState state) => state switch
    {
        DeliveryState.Queued => new("queued", "clock", "queued"),
        DeliveryState.Leased => new("leased", "leased", "leased"),
        DeliveryState.Held => new("held", "pause", "held"),
        DeliveryState.Quarantined => new("quarantined", "octagon", "quarantined"),
        DeliveryState.Delivered => new("delivered", "check", "delivered"),
        DeliveryState.Bounced => new("bounced", "return", "bounced"),
        DeliveryState.Removed => new("removed", "gone", "removed"),
        DeliveryState.Expanded => new("expanded", "split", "expanded"),
        _ => throw new UnreachableException(),
    };
}
