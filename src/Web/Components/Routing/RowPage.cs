using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace Postern.Web.Components.Routing;

/// <summary>A hundred rows of a list that is at hand, and the addresses of the rows around them.</summary>
/// <param name="NextHref">The following page; null on the last one.</param>
/// <param name="FirstHref">The first page; null when this is it.</param>
public sealed record RowPage<TRow>(IReadOnlyList<TRow> Rows, string? NextHref = null, string? FirstHref = null);

/// <summary>Cuts lists into pages by the address.</summary>
internal static class RowPages
{
    private const int Size = 100;

    /// <summary>The page that an address asks for.</summary>
    /// <param name="here">The address as it is; its part <c>after</c> says how many rows lie before.</param>
    /// <param name="plain">The address of the first page.</param>
    public static RowPage<TRow> Of<TRow>(IReadOnlyList<TRow> all, Uri here, string plain)
    {
        var after = QueryHelpers.ParseQuery(here.Query).TryGetValue("after", out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < all.Count ? number : 0;
        return new RowPage<TRow>(
            after == 0 && all.Count <= Size ? all : [.. all.Skip(after).Take(Size)],
            after + Size < all.Count ? QueryHelpers.AddQueryString(plain, "after", (after + Size).ToString(CultureInfo.InvariantCulture)) : null,
            after > 0 ? plain : null);
    }
}
