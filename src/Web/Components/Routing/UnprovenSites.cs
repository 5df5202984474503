using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

/// <summary>The names of our sites that an MS Mail post office may not know: it would drop mail to them without a word (Q199534), so the map draws it before anybody has sent some.</summary>
internal static class UnprovenSites
{
    /// <summary>One for each definition that nobody has shown and that entries are withheld for.</summary>
    public static IReadOnlyList<CounterExample> Of(RouteState state)
    {
        var table = state.Model.Table;
        var sites = table.Sites.Select(site => site.NameIn(MsMailAddress.TypeName)).Where(name => name.Length > 0)
            .Select(name => PostOffice.KeyOf(MsMailAddress.TypeName, name)).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. table.PostOffices.OrderBy(office => office.Key, StringComparer.Ordinal).Take(RouteScene.MostOffices)
                .SelectMany(office => state.Publication.From(office.Key))
                .SelectMany(
                    withheld => withheld.Missing.Where(row => row.State == KnowledgeState.Required && sites.Contains(row.Definition.DestinationKey)),
                    (withheld, row) => (row.Definition, withheld.Home.Entries))
                .GroupBy(pair => pair.Definition.Key).Select(pairs => Of(pairs.First().Definition, pairs.Max(pair => pair.Entries))),
        ];
    }

    private static CounterExample Of(Definition definition, long entries) => new(
        RouteTrouble.NotConfirmed, definition.Owner, definition.Destination, [new(definition.Owner, HopState.Fails), new(definition.Destination, HopState.NotReached)], MailFate.LostSilently,
        $"Nobody has shown that {definition.Owner} has {definition.Destination}, {definition.How}; without it MS Mail drops mail without a report. {Quantity.Of(entries, "entry is", "entries are")} withheld until a canary, a mail or an operator confirms it.",
        definition, $"{RouteTrouble.NotConfirmed}|{definition.OwnerKey}|{definition.DestinationKey}", [definition.Owner], entries);
}
