using Microsoft.AspNetCore.Components;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Dirsync;

/// <summary>Glyph, word and colour of what has become of a plan.</summary>
public sealed record PlanLook(string Css, string Icon, string Word)
{
    /// <summary>It in a table.</summary>
    public RenderFragment Cell => Cells.State($"c-{Css}", Icon, Word);

    /// <summary>How a plan looks.</summary>
    public static PlanLook Of(PlanSummary plan, DateTimeOffset now) => plan.State switch
    {
        "waiting" when plan.PostponedUntil > now => new("queued", "clock", "postponed"),
        "waiting" => new("held", "pause", "waiting"),
        "making" => new("leased", "leased", "being made"),
        "approved" => new("delivered", "check", "approved"),
        "applying" => new("leased", "leased", "being applied"),
        "applied" => new("delivered", "check", "applied"),
        "rejected" => new("removed", "gone", "rejected"),
        "superseded" => new("removed", "gone", "overtaken"),
        _ => new("bounced", "warn", "failed"),
    };
}
