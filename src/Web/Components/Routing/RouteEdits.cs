using Postern.Domain.Routing;

namespace Postern.Web.Components.Routing;

/// <summary>Edits of a set of routes that a page offers beside its fields.</summary>
internal static class RouteEdits
{
    /// <summary>A set with one item as it was in an earlier one.</summary>
    public static RouteSet Undone(RouteSet set, RouteSet earlier, RouteChange change)
    {
        var without = set.Without(change.Kind, change.Key);
        return change.Kind switch
        {
            RouteItemKind.Site when earlier.Sites.FirstOrDefault(site => RouteSet.ItemOf(site).Key == change.Key) is { } site => without.With(site),
            RouteItemKind.PostOffice when earlier.PostOffices.FirstOrDefault(office => office.Key == change.Key) is { } office => without.With(office),
            RouteItemKind.AddressSpace when earlier.Spaces.FirstOrDefault(space => RouteSet.ItemOf(space).Key == change.Key) is { } space => without.With(space),
            _ => without,
        };
    }
}
