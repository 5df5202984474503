using Microsoft.AspNetCore.Components;

namespace Postern.Web.Components.Shared;

/// <summary>One column of a <c>DataTable</c>.</summary>
/// <param name="Title">Head of the column.</param>
/// <param name="Cell">What a row shows in it.</param>
/// <param name="Width">CSS width; null takes what is left.</param>
public sealed record TableColumn<TRow>(string Title, RenderFragment<TRow> Cell, string? Width = null)
{
    /// <summary>Name the view sorts by; null where it cannot.</summary>
    public string? Sort { get; init; }

    /// <summary>Numbers stand at the right.</summary>
    public bool IsNumber { get; init; }

    /// <summary>Further classes of head and cells, such as those that let a narrow table give the column up.</summary>
    public string? Css { get; init; }

    /// <summary>Class of the head and the cells.</summary>
    public string? Class => (IsNumber, Css) switch
    {
        (true, null) => "num",
        (true, _) => "num " + Css,
        _ => Css,
    };
}
