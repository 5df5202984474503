using Postern.Domain.Queue;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

/// <summary>What putting routing into force would do, before anything is done.</summary>
internal static class ActivationEffect
{
    private const int MostLosses = 5;
    private const int MostChanges = 6;

    /// <summary>The effect of a draft.</summary>
    /// <param name="whatIf">The replay of real mail; null where none was made.</param>
    public static Effect Of(string name, DraftCheck check, WhatIfResult? whatIf) => Of($"Activate {VisibleText.Of(name, 60)}", "Activate", check, whatIf);

    /// <summary>The effect of bringing an earlier version back.</summary>
    public static Effect OfReturn(long version, DraftCheck check) => Of($"Return to version {version}", "Return", check, null);

    private static Effect Of(string title, string verb, DraftCheck check, WhatIfResult? whatIf)
    {
        var lines = new List<EffectLine>();
        if (check.Changes.Count <= MostChanges)
        {
            lines.AddRange(check.Changes.Select(change => new EffectLine(change.IsRemoval ? DeliveryState.Removed : DeliveryState.Leased, 1, VisibleText.Of(change.Sentence[2..], 400))));
        }
        else
        {
            AddCounts(check, lines);
        }

        if (check.Mended.Count > 0)
        {
            lines.Add(new EffectLine(DeliveryState.Delivered, check.Mended.Count, check.Mended.Count == 1 ? "finding is mended" : "findings are mended"));
        }

        lines.AddRange(check.New.Take(MostLosses).Select(example => new EffectLine(DeliveryState.Bounced, Math.Max(1, example.Senders.Count), VisibleText.Of(example.Sentence, 300))));
        return new Effect(
            title,
            whatIf is null ? [] :
            [
                new(Quantity.Text(whatIf.Count(WhatIfKind.OtherPath)), "take another path"), new(Quantity.Text(whatIf.Count(WhatIfKind.Stops)), "would stop"),
                new(Quantity.Text(whatIf.Count(WhatIfKind.Begins)), "begin to flow"), new(Quantity.Text(whatIf.Past + whatIf.Queued), "replayed"),
            ],
            lines,
            "New mail goes this way within a second. What waits follows in the background, as operations with their progress, and can be taken back. Returning is one press in the history, as a new version.",
            $"{verb}: {Quantity.Of(check.Changes.Count, "change", "changes")}",
            check.Changes.Count,
            IsRemoval: check.OnlyTakesOut || check.MayBeAccepted,
            NeedsReason: check.New.Count > 0);
    }

    private static void AddCounts(DraftCheck check, List<EffectLine> lines)
    {
        if (check.Changes.Count(change => !change.IsRemoval) is > 0 and var changed)
        {
            lines.Add(new EffectLine(DeliveryState.Leased, changed, changed == 1 ? "site, post office or address space is added or changed" : "sites, post offices and address spaces are added or changed"));
        }

        if (check.Changes.Count(change => change.IsRemoval) is > 0 and var gone)
        {
            lines.Add(new EffectLine(DeliveryState.Removed, gone, gone == 1 ? "is taken out" : "are taken out"));
        }
    }
}
