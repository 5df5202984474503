using Postern.Domain.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

/// <summary>A site, post office or address space of a draft, in a table.</summary>
/// <param name="IsChanged">The draft adds or changes it.</param>
public sealed record ItemLine(long Id, RouteItem Item, bool IsChanged)
{
    public static readonly IReadOnlyList<TableColumn<ItemLine>> Columns =
    [
        new("Name", line => Cells.Text(line.Title), "40%"),
        new("As it shall be", line => Cells.Text(line.Item.Facts)),
        new("In this draft", line => Cells.Plain(line.IsChanged ? "changed" : "·"), "108px") { Css = "soft" },
    ];

    /// <summary>Its name without the kind, which the tab has.</summary>
    public string Title => Item.Kind switch
    {
        RouteItemKind.Site => Item.Title["site ".Length..],
        RouteItemKind.PostOffice => Item.Title["post office ".Length..],
        _ => Item.Title["address space ".Length..],
    };

    /// <summary>The rows of one kind.</summary>
    public static IReadOnlyList<ItemLine> Of(RouteSet set, RouteItemKind kind, IReadOnlyList<RouteChange> changes)
    {
        var changed = changes.Where(change => change.Kind == kind).Select(change => change.Key).ToHashSet(StringComparer.Ordinal);
        return [.. set.Items.Where(item => item.Kind == kind).Select((item, i) => new ItemLine(i + 1, item, changed.Contains(item.Key)))];
    }
}
