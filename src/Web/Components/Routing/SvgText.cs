using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Postern.Web.Components.Routing;

/// <summary>A line of text in a drawing.</summary>
/// <remarks>In markup, <c>text</c> is a word of Razor's own.</remarks>
public sealed class SvgText : ComponentBase
{
    [Parameter, EditorRequired]
    public required int X { get; set; }

    [Parameter, EditorRequired]
    public required int Y { get; set; }

    [Parameter, EditorRequired]
    public required string Content { get; set; }

    [Parameter]
    public string? Css { get; set; }

    /// <summary>The point is the middle of the line, not its beginning.</summary>
    [Parameter]
    public bool IsCentered { get; set; }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "text");
        builder.AddAttribute(1, "x", X.ToString(CultureInfo.InvariantCulture));
        builder.AddAttribute(2, "y", Y.ToString(CultureInfo.InvariantCulture));
        builder.AddAttribute(3, "class", Css);
        builder.AddAttribute(4, "text-anchor", IsCentered ? "middle" : null);
        builder.AddContent(5, Content);
        builder.CloseElement();
    }
}
