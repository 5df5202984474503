using System.Text.Json;
using Postern.Domain.Access;
using Postern.Domain.Directory;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Routing;

/// <summary>Proves a change that is made through the configuration against the routing in force, before it is written.</summary>
/// <remarks>
/// Entries that come with the change count on both sides: what fails for somebody new is no fault of the routes. Publication withholds them.
/// </remarks>
internal static class RouteProving
{
    /// <summary>What mail would lose by it.</summary>
    /// <param name="models">Of the database that <paramref name="before"/> was read from.</param>
    public static async Task<RouteLosses> LossesAsync(
        RouteModels models, ConfigurationDocument before, ConfigurationDocument after, SectionDifference<EntryItem> entries, CancellationToken cancellationToken)
    {
        if (RouteHouse.Of(after).Since(RouteHouse.Of(before)).Count == 0 && NamesOf(before).SequenceEqual(NamesOf(after)))
        {
            return RouteLosses.None;
        }

        var state = await models.CurrentAsync(cancellationToken);
        return await Task.Run(() => Losses(state, after, entries), cancellationToken);
    }

    /// <summary>Why it is not written; empty when it is.</summary>
    /// <param name="accepts">They have seen what stops.</param>
    public static string WhyNot(RouteLosses losses, bool accepts, Operator who)
    {
        if (!losses.Any)
        {
            return "";
        }

        var byItself = losses.NotByTakingOut.Count > 0;
        var first = byItself ? losses.NotByTakingOut : losses.All;
        var more = first.Count > 1 ? $" {first.Count - 1} more." : "";
        return byItself && !who.May(Right.Configure) ? $"Mail would not arrive: {first[0].Sentence}{more} Change what belongs together in a draft, or ask an administrator, who may accept it."
            : !accepts ? $"{(byItself ? "Mail would not arrive" : "Taking this out stops mail")}: {first[0].Sentence}{more} Say that you have seen it, and why."
            : who.Reason.Trim().Length == 0 ? "Say why this is saved although mail stops."
            : "";
    }

    /// <summary>What the audit keeps of accepted losses.</summary>
    public static IEnumerable<string> Told(RouteLosses losses) => losses.All.Take(100).Select(example => example.Sentence);

    private static RouteLosses Losses(RouteState state, ConfigurationDocument after, SectionDifference<EntryItem> entries)
    {
        var (active, proof) = (state.Model, state.Proof);
        if (!entries.IsEmpty)
        {
            active = active with { Homes = Home.Of(With(active.Table.Book.Entries, entries)) };
            proof = StructureProof.Of(active);
        }

        var edited = active.Over(TableOf(active.Table, after));
        return RouteLosses.Of(active, proof, edited, StructureProof.Of(edited));
    }

    // A connector that is not there yet has a number that no other has.
    private static RoutingTable TableOf(RoutingTable table, ConfigurationDocument after)
    {
        var set = RouteHouse.Of(after);
        var known = table.Connectors.ToDictionary(connector => connector.Name, StringComparer.OrdinalIgnoreCase);
        var connectors = after.Connectors!.Select((item, index) =>
            (known.GetValueOrDefault(item.Name) ?? new RoutedConnector(-100 - index, item.Name, item.Kind)) with { KnownAs = KnownAs(item) }).ToList();
        return new RoutingTable(
            table.Version, set.Sites, set.PostOffices, set.Spaces,
            connectors.Count == known.Count && connectors.TrueForAll(connector => known.GetValueOrDefault(connector.Name) == connector) ? table.Connectors : connectors,
            table.Book)
        {
            CanaryKey = table.CanaryKey,
        };
    }

    private static IEnumerable<Entry> With(IEnumerable<Entry> known, SectionDifference<EntryItem> entries)
    {
        var gone = entries.Removed.Select(item => item.Id).Concat(entries.Changed.Select(pair => pair.Current.Id)).ToHashSet();
        return known.Where(entry => !gone.Contains(entry.Id)).Concat(
            entries.Added.Concat(entries.Changed.Select(pair => pair.Wanted)).Select(item => new Entry(0, item.DisplayName, item.Kind, item.Native, item.Proxies)));
    }

    private static IEnumerable<(string Name, string KnownAs)> NamesOf(ConfigurationDocument document) =>
        document.Connectors!.Select(connector => (connector.Name, KnownAs(connector))).OrderBy(pair => pair.Name, StringComparer.Ordinal);

    private static string KnownAs(ConnectorItem connector)
    {
        using var settings = JsonDocument.Parse(connector.Settings.Length > 0 ? connector.Settings : "{}");
        return settings.RootElement.ValueKind == JsonValueKind.Object && settings.RootElement.TryGetProperty("siteName", out var name) && name.ValueKind == JsonValueKind.String
            ? name.GetString()!
            : "";
    }
}
