using System.Diagnostics;
using Microsoft.AspNetCore.Components;
using Postern.Domain.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

/// <summary>Glyph, word and colour of how sure it is that a post office has a row.</summary>
/// <param name="Css">Suffix of the colour classes.</param>
/// <param name="Meaning">The state in a sentence.</param>
public sealed record KnowledgeLook(string Css, string Icon, string Word, string Meaning)
{
    /// <summary>It in a table.</summary>
    public RenderFragment Cell => Cells.Part<Chip>(
        (nameof(Chip.Look), Css), (nameof(Chip.Icon), Icon), (nameof(Chip.Bare), true), (nameof(Chip.Title), Meaning), (nameof(Chip.ChildContent), Cells.Plain(Word)));

    /// <summary>How a state looks.</summary>
    public static KnowledgeLook Of(KnowledgeState state) => state switch
    {
        KnowledgeState.Required => new("held", "warn", "required", "It must be entered there; no change sheet asks for it yet."),
        KnowledgeState.Issued => new("leased", "sheet", "issued", "A change sheet asks for it; nothing shows yet that it is there."),
        KnowledgeState.Confirmed => new("delivered", "check", "confirmed", "It is there: an operator said so, the post office's own table has it, or mail or a canary came through."),
        KnowledgeState.Stale => new("removed", "clock", "stale", "It was there, and nothing has shown it for too long."),
        _ => throw new UnreachableException(),
    };
}
