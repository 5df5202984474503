using Postern.Domain.Queue;

namespace Postern.Web.Components.Shared;

/// <summary>What an action would do, worked out before anything is done.</summary>
/// <param name="Title">"Return 310 deliveries to their senders".</param>
/// <param name="Figures">The four numbers at the top: 310, deliveries end.</param>
/// <param name="Lines">What happens to which part, and why some stay as they are.</param>
/// <param name="Consequence">Who gets what, and whether it can be taken back.</param>
/// <param name="Button">The verb with the true number: "Return 310 deliveries".</param>
/// <param name="Applies">How many would be touched; none disables the button.</param>
/// <param name="IsRemoval">Takes mail away without a report.</param>
/// <param name="NeedsReason">The audit asks why.</param>
public sealed record Effect(
    string Title,
    IReadOnlyList<EffectFigure> Figures,
    IReadOnlyList<EffectLine> Lines,
    string Consequence,
    string Button,
    int Applies,
    bool IsRemoval,
    bool NeedsReason);

/// <summary>One number with its unit.</summary>
public sealed record EffectFigure(string Number, string Text);

/// <summary>A part of the chosen deliveries and what becomes of it.</summary>
/// <param name="Look">The state whose glyph and colour the number wears.</param>
public sealed record EffectLine(DeliveryState Look, long Count, string Text);
