using System.Diagnostics;
using Microsoft.AspNetCore.Components;
using Postern.Domain.Directory.Merging;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Dirsync;

/// <summary>Glyph, word and colour of a class of changes.</summary>
/// <param name="Css">The state whose colour it wears.</param>
public sealed record ClassLook(string Css, string Icon, string Word)
{
    /// <summary>The classes in the order in which people look at them: what does the most harm first.</summary>
    public static IReadOnlyList<ChangeClass> RiskiestFirst { get; } =
        [ChangeClass.Delete, ChangeClass.Rename, ChangeClass.Move, ChangeClass.Modify, ChangeClass.Add];

    /// <summary>The classes in the order of the strip above a plan.</summary>
    public static IReadOnlyList<ChangeClass> OfStrip { get; } =
        [ChangeClass.Add, ChangeClass.Modify, ChangeClass.Rename, ChangeClass.Move, ChangeClass.Delete, ChangeClass.Collision];

    /// <summary>It in a table: the glyph, and the word for who does not see it.</summary>
    public RenderFragment Cell => builder =>
    {
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", $"glyph c-{Css}");
        builder.OpenComponent<Icon>(2);
        builder.AddComponentParameter(3, nameof(Shared.Icon.Name), Icon);
        builder.AddComponentParameter(4, nameof(Shared.Icon.Label), Word);
        builder.CloseComponent();
        builder.CloseElement();
    };

    /// <summary>How a class looks.</summary>
    public static ClassLook Of(ChangeClass kind) => kind switch
    {
        ChangeClass.Delete => new("bounced", "minus", "Delete"),
        ChangeClass.Move => new("leased", "move", "Move"),
        ChangeClass.Rename => new("leased", "swap", "Rename"),
        ChangeClass.Modify => new("leased", "pen", "Modify"),
        ChangeClass.Add => new("delivered", "plus", "Add"),
        ChangeClass.Collision => new("quarantined", "people", "Collision"),
        _ => throw new UnreachableException(),
    };
}
