namespace Postern.Domain.Routing;

/// <summary>An item that two people changed in two ways.</summary>
/// <param name="Base">As both found it; empty when it was not there.</param>
/// <param name="Mine">Empty when taken out.</param>
/// <param name="Theirs">Empty when taken out.</param>
public sealed record RouteConflict(RouteItemKind Kind, string Key, string Title, string Base, string Mine, string Theirs)
{
    public string Sentence => $"{char.ToUpperInvariant(Title[0])}{Title[1..]} was {Told(Base, "not there")}; here it is {Told(Mine, "taken out")}, there {Told(Theirs, "taken out")}.";

    private static string Told(string facts, string missing) => facts.Length > 0 ? $"“{facts}”" : missing;
}

/// <summary>Two sets that were made from one, brought together item by item; what both changed in two ways is a conflict and never decided unseen.</summary>
/// <param name="Merged">Has mine where there is a conflict.</param>
/// <param name="Conflicts">Those that nobody has decided.</param>
public sealed record RouteMerge(RouteSet Merged, IReadOnlyList<RouteConflict> Conflicts)
{
    /// <param name="decided">By the key of a conflict: true takes mine, false theirs.</param>
    public static RouteMerge Of(RouteSet origin, RouteSet mine, RouteSet theirs, IReadOnlyDictionary<(RouteItemKind Kind, string Key), bool>? decided = null)
    {
        var myChanges = mine.Since(origin).ToDictionary(change => (change.Kind, change.Key));
        var merged = mine;
        var conflicts = new List<RouteConflict>();
        foreach (var change in theirs.Since(origin))
        {
            var key = (change.Kind, change.Key);
            if (!myChanges.TryGetValue(key, out var own))
            {
                merged = Take(merged, theirs, change);
            }
            else if (own.After != change.After)
            {
                if (decided is null || !decided.TryGetValue(key, out var takesMine))
                {
                    conflicts.Add(new RouteConflict(change.Kind, change.Key, change.Title, change.Before, own.After, change.After));
                }
                else if (!takesMine)
                {
                    merged = Take(merged, theirs, change);
                }
            }
        }

        return new RouteMerge(merged, conflicts);
    }

    private static RouteSet Take(RouteSet into, RouteSet from, RouteChange change) => change switch
    {
        { IsRemoval: true } => into.Without(change.Kind, change.Key),
        { Kind: RouteItemKind.Site } => into.With(from.Sites.First(site => RouteSet.ItemOf(site).Key == change.Key)),
        { Kind: RouteItemKind.PostOffice } => into.With(from.PostOffices.First(office => office.Key == change.Key)),
        _ => into.With(from.Spaces.First(space => RouteSet.ItemOf(space).Key == change.Key)),
    };
}
