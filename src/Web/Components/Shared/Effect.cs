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
    long Applies,
    bool IsRemoval,
    bool NeedsReason)
{
    /// <summary>How much of what one person may end this uses up; null for what ends nothing.</summary>
    public SecondOperatorGauge? SecondOperator { get; init; }
}

/// <summary>One number with its unit.</summary>
public sealed record EffectFigure(string Number, string Text);

/// <summary>A part of the chosen deliveries and what becomes of it.</summary>
/// <param name="Look">The state whose glyph and colour the number wears.</param>
public sealed record EffectLine(DeliveryState Look, long Count, string Text)
{
    /// <summary>Another glyph than that of the state; null for that.</summary>
    public string? Icon { get; init; }
}

/// <summary>What one person ends now and has ended within the hour, against what they may alone.</summary>
public sealed record SecondOperatorGauge(long Now, long Before, int Limit)
{
    /// <summary>A second operator has to confirm it.</summary>
    public bool IsNeeded => Now + Before > Limit;

    /// <summary>How far the bar is filled, in percent of what it can show: 120 % of the limit or all of it.</summary>
    public long Filled => Scale == 0 ? 100 : Math.Min(100, (Now + Before) * 100 / Scale);

    /// <summary>Where the limit stands on the bar, in percent.</summary>
    public long Mark => Scale == 0 ? 0 : Math.Min(100L, Limit * 100L / Scale);

    /// <summary>"Not needed: 312 now and 14 in the last hour, of 500."</summary>
    public string Text => IsNeeded
        ? $"Needed: {Quantity.Text(Now)} now and {Quantity.Text(Before)} in the last hour are over {Quantity.Text(Limit)}. Nothing is done until a second operator has confirmed it."
        : $"Not needed: {Quantity.Text(Now)} now and {Quantity.Text(Before)} in the last hour, of {Quantity.Text(Limit)}.";

    private long Scale => Math.Max(Limit * 12L / 10, Now + Before);
}
