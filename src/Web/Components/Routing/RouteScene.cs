using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Domain.Routing.Map;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

/// <summary>One routing model as the pages show it: the map, what fails, and what each post office must know.</summary>
/// <remarks>Rows are worked out for some sixty post offices at a time; a larger network is looked at post office by post office.</remarks>
public sealed class RouteScene
{
    /// <summary>For so many post offices all rows are worked out.</summary>
    public const int MostOffices = 60;

    // The least sure first: what is required asks for a sheet, what is stale for another look.
    private static readonly KnowledgeState[] ByDoubt = [KnowledgeState.Required, KnowledgeState.Stale, KnowledgeState.Issued, KnowledgeState.Confirmed];

    private RouteScene(RouteModel model, IReadOnlyList<CounterExample> findings)
    {
        Model = model;
        Findings = findings;
    }

    public RouteModel Model { get; }

    /// <summary>Mail that would not arrive.</summary>
    public IReadOnlyList<CounterExample> Findings { get; }

    /// <summary>What was worked out is not of all post offices.</summary>
    public bool IsPart { get; private init; }

    public required RouteDrawing Drawing { get; init; }

    public required IReadOnlyList<KnowledgeLine> Lines { get; init; }

    public required IReadOnlyList<OfficeLine> Offices { get; init; }

    /// <summary>Looks at a model.</summary>
    /// <param name="rows">What is stored of the knowledge of post offices.</param>
    /// <param name="unproven">What the map draws beside the findings: ways on which mail would be lost, unless somebody has entered what nobody has shown.</param>
    /// <param name="of">Key of the one post office whose rows are listed; empty for all.</param>
    /// <param name="drafted">Keys of the boxes of the map that a draft adds or changes.</param>
    public static RouteScene Of(RouteModel model, IReadOnlyList<CounterExample> findings, IReadOnlyList<KnowledgeRow> rows, IReadOnlyList<CounterExample> unproven, string of, IReadOnlySet<string> drafted)
    {
        var all = model.Table.PostOffices.OrderByDescending(office => office.System, StringComparer.Ordinal).ThenBy(office => office.Key, StringComparer.Ordinal).ToList();
        var chosen = all.Where((office, i) => i < MostOffices || office.Key == of).ToList();
        var lines = LinesOf(model, chosen, rows, findings);
        var ofOwner = lines.ToLookup(line => line.Definition.OwnerKey, StringComparer.Ordinal);
        var doubts = chosen.Where(office => ofOwner[office.Key].Any()).ToDictionary(office => office.Key, office => Doubt(ofOwner[office.Key]), StringComparer.Ordinal);
        return new RouteScene(model, findings)
        {
            IsPart = of.Length == 0 && all.Count > MostOffices,
            Drawing = RouteDrawing.Of(new MapSubject(model.Table, [.. findings, .. unproven]) { Knowledge = doubts, Drafted = drafted }),
            Lines = of.Length == 0 ? lines : [.. ofOwner[of]],
            Offices =
            [
                .. all.Select((office, i) => new OfficeLine(
                    i + 1, office, ofOwner[office.Key].Count(), ofOwner[office.Key].Count(line => line.State == KnowledgeState.Confirmed),
                    doubts.TryGetValue(office.Key, out var doubt) ? doubt : null, findings.Count(finding => IsAt(finding, office)))),
            ],
        };
    }

    private static List<KnowledgeLine> LinesOf(RouteModel model, IReadOnlyList<PostOffice> offices, IReadOnlyList<KnowledgeRow> rows, IReadOnlyList<CounterExample> findings)
    {
        var requirements = new Requirements(model);
        var stored = rows.ToLookup(row => row.Definition.Key);
        var bad = findings.Select(finding => finding.Fix?.Key).OfType<(string, string)>().ToHashSet();
        return
        [
            .. offices.SelectMany(office => requirements.Of(office.Key)).Select(needed => new KnowledgeLine(
                RowId.Of(needed.Definition.OwnerKey, needed.Definition.DestinationKey, needed.Definition.Via), needed,
                stored[needed.Definition.Key].FirstOrDefault(row => row.Definition.SaysTheSame(needed.Definition)),
                stored[needed.Definition.Key].FirstOrDefault(row => row.State is KnowledgeState.Confirmed or KnowledgeState.Stale && !row.Definition.SaysTheSame(needed.Definition)),
                bad.Contains(needed.Definition.Key))),
        ];
    }

    private static KnowledgeState Doubt(IEnumerable<KnowledgeLine> lines) => lines.Select(line => line.State).MinBy(state => Array.IndexOf(ByDoubt, state));

    private static bool IsAt(CounterExample finding, PostOffice office) =>
        Same(finding.To, office) || finding.Path.Any(hop => hop.State == HopState.Fails && Same(hop.Name, office));

    private static bool Same(string name, PostOffice office) => NameKey.Fold(name) == office.Key[(office.System.Length + 1)..];
}
