namespace Postern.Domain.Routing.Map;

/// <summary>A post office with all that is reached via it.</summary>
internal sealed record MapTree(PostOffice Office, IReadOnlyList<MapTree> Behind)
{
    /// <summary>How many steps it reaches out, its own among them.</summary>
    public int Depth => 1 + (Behind.Count == 0 ? 0 : Behind.Max(tree => tree.Depth));

    /// <summary>All of its post offices with how far out they are.</summary>
    public IEnumerable<(PostOffice Office, int Depth)> All(int depth = 0) => Behind.SelectMany(tree => tree.All(depth + 1)).Prepend((Office, depth));

    /// <summary>What is left of it when only some are drawn.</summary>
    public MapTree Only(IReadOnlySet<string> keys) => new(Office, [.. Behind.Where(tree => keys.Contains(tree.Office.Key)).Select(tree => tree.Only(keys))]);

    /// <summary>Post offices as trees, by name. One whose hub is not defined stands by itself, and of a circle the first by name does.</summary>
    public static IReadOnlyList<MapTree> Of(IEnumerable<PostOffice> offices)
    {
        var byKey = offices.DistinctBy(office => office.Key).ToDictionary(office => office.Key, StringComparer.Ordinal);
        var hubs = byKey.Values.Where(office => HubKey(office) is { } hub && byKey.ContainsKey(hub)).ToDictionary(office => office.Key, office => HubKey(office)!, StringComparer.Ordinal);
        OpenCircles(hubs);
        var behind = hubs.ToLookup(pair => pair.Value, pair => byKey[pair.Key], StringComparer.Ordinal);
        return [.. byKey.Values.Where(office => !hubs.ContainsKey(office.Key)).OrderBy(office => office.Key, StringComparer.Ordinal).Select(office => Grow(office, 1))];

        // What lies further out than mail may go is not drawn.
        MapTree Grow(PostOffice office, int depth) => new(
            office, depth > RoutingTable.HopLimit ? [] : [.. behind[office.Key].OrderBy(next => next.Key, StringComparer.Ordinal).Select(next => Grow(next, depth + 1))]);
    }

    private static string? HubKey(PostOffice office) => office.Via.Length > 0 ? PostOffice.KeyOf(office.System, office.Via) : null;

    private static void OpenCircles(Dictionary<string, string> hubs)
    {
        var settled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var start in hubs.Keys.Order(StringComparer.Ordinal).ToList())
        {
            var passed = new List<string>();
            var key = start;
            while (!settled.Contains(key) && !passed.Contains(key))
            {
                passed.Add(key);
                if (!hubs.TryGetValue(key, out var hub))
                {
                    break;
                }

                key = hub;
            }

            if (passed.Contains(key) && hubs.ContainsKey(key))
            {
                hubs.Remove(passed.SkipWhile(other => other != key).Min(StringComparer.Ordinal)!);
            }

            settled.UnionWith(passed);
        }
    }
}
