using Microsoft.AspNetCore.Components;

namespace Postern.Web.Components.Shared;

/// <summary>Glyph, word and colour of an event's severity.</summary>
public sealed record SeverityLook(string Css, string Icon, string Word)
{
    /// <summary>It in a table.</summary>
    public RenderFragment Cell => Cells.State(Css, Icon, Word);

    /// <summary>How a severity looks.</summary>
    public static SeverityLook Of(string severity) => severity switch
    {
        "error" => new("c-bounced", "warn", "error"),
        "warning" => new("c-held", "warn", "warning"),
        _ => new("c-queued", "info", "information"),
    };
}
