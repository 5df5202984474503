namespace Postern.Infrastructure.Configuration;

/// <summary>What has to be done to a section so that it is as it is wanted.</summary>
internal sealed record SectionDifference<T>(IReadOnlyList<T> Added, IReadOnlyList<(T Current, T Wanted)> Changed, IReadOnlyList<T> Removed)
    where T : ConfigurationItem
{
    public bool IsEmpty => Added.Count + Changed.Count + Removed.Count == 0;

    public static SectionDifference<T> Between(IReadOnlyList<T> current, IReadOnlyList<T> wanted)
    {
        var before = current.DistinctBy(item => item.Identity).ToDictionary(item => item.Identity, StringComparer.Ordinal);
        var after = wanted.Select(item => item.Identity).ToHashSet(StringComparer.Ordinal);
        return new SectionDifference<T>(
            [.. wanted.Where(item => !before.ContainsKey(item.Identity))],
            [.. wanted.Where(item => before.TryGetValue(item.Identity, out var same) && !same.Facts().SequenceEqual(item.Facts()))
                .Select(item => (before[item.Identity], item))],
            [.. current.Where(item => !after.Contains(item.Identity))]);
    }

    /// <summary>A line for each item, and one for each fact of it that changes.</summary>
    public IEnumerable<string> Lines() => Removed.Select(item => ($"- {item.Title}", item.Identity))
        .Concat(Added.Select(item => ($"+ {item.Title}", item.Identity)))
        .Concat(Changed.SelectMany(pair => ChangesOf(pair.Current, pair.Wanted).Select(line => (line, pair.Wanted.Identity))))
        .OrderBy(line => line.Item2, StringComparer.Ordinal)
        .Select(line => line.Item1);

    private static IEnumerable<string> ChangesOf(T current, T wanted)
    {
        var before = current.Facts().ToDictionary(StringComparer.Ordinal);
        var after = wanted.Facts().ToDictionary(StringComparer.Ordinal);
        foreach (var name in before.Keys.Union(after.Keys, StringComparer.Ordinal))
        {
            var (old, now) = (before.GetValueOrDefault(name), after.GetValueOrDefault(name));
            if (old != now)
            {
                yield return $"~ {wanted.Title}: {name} {Say(old)} → {Say(now)}";
            }
        }
    }

    private static string Say(string? value) => value switch
    {
        null => "(none)",
        "" => "(empty)",
        _ => value,
    };
}

/// <summary>All sections together.</summary>
internal sealed record ConfigurationDifference(
    SectionDifference<RetentionItem> Retention,
    SectionDifference<OperationsItem> Operations,
    SectionDifference<AlertsItem> Alerts,
    SectionDifference<SecurityItem> Security,
    SectionDifference<SiteItem> Sites,
    SectionDifference<ConnectorItem> Connectors,
    SectionDifference<PostOfficeItem> PostOffices,
    SectionDifference<ListenerItem> Listeners,
    SectionDifference<EntryItem> Entries)
{
    public bool IsEmpty =>
        Retention.IsEmpty && Operations.IsEmpty && Alerts.IsEmpty && Security.IsEmpty && Sites.IsEmpty && Connectors.IsEmpty && PostOffices.IsEmpty && Listeners.IsEmpty && Entries.IsEmpty;

    public static ConfigurationDifference Between(ConfigurationDocument current, ConfigurationDocument wanted) => new(
        SectionDifference<RetentionItem>.Between(current.Retention!, wanted.Retention!),
        SectionDifference<OperationsItem>.Between(current.Operations!, wanted.Operations!),
        SectionDifference<AlertsItem>.Between(current.Alerts!, wanted.Alerts!),
        SectionDifference<SecurityItem>.Between(current.Security!, wanted.Security!),
        SectionDifference<SiteItem>.Between(current.Sites!, wanted.Sites!),
        SectionDifference<ConnectorItem>.Between(current.Connectors!, wanted.Connectors!),
        SectionDifference<PostOfficeItem>.Between(current.PostOffices!, wanted.PostOffices!),
        SectionDifference<ListenerItem>.Between(current.Listeners!, wanted.Listeners!),
        SectionDifference<EntryItem>.Between(current.Entries!, wanted.Entries!));

    public IReadOnlyList<string> Lines() =>
        [
            .. Retention.Lines(), .. Operations.Lines(), .. Alerts.Lines(), .. Security.Lines(), .. Sites.Lines(), .. Connectors.Lines(), .. PostOffices.Lines(), .. Listeners.Lines(),
            .. Entries.Lines(),
        ];
}
