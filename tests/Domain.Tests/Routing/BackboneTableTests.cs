using Postern.Domain.Routing;
using static Postern.Domain.Tests.Routing.TestNetwork;

namespace Postern.Domain.Tests.Routing;

/// <summary>
/// The recipe for a backbone as a table: each row is a network in one line, what its old post offices must know in words of their own screens, and what both proofs answer when a definition
/// is missing or another one stands in its place.
/// </summary>
public sealed class BackboneTableTests
{
    /// <summary>One row of the table.</summary>
    /// <param name="Offices">NAME by CONNECTOR at SITE, or NAME via HUB.</param>
    /// <param name="Sites">Sites whose people everybody sees.</param>
    /// <param name="Knows">All that each post office must know, the first thing to enter first.</param>
    /// <param name="Without">Definitions that are left out, OWNER DESTINATION.</param>
    /// <param name="Instead">Definitions that stand there in their place, OWNER DESTINATION HUB.</param>
    /// <param name="Found">The sentences of the structure proof; none when it holds.</param>
    /// <param name="Withheld">Who does not see whom, and the definitions that this waits for.</param>
    private sealed record Row(string Offices, string Sites, string[] Knows, string[] Without, string[] Instead, string[] Found, string[] Withheld);

    private const string Circle = "what is confirmed leads in a circle, too far, or nowhere.";

    private const string TwoEnds = "NET/PO1 by a at SITEA, NET/PO2 by b at SITEB";

    private static readonly string[] TwoEndsKnow =
    [
        "NET/PO1: CORP/SITEA direct, CORP/SITEB via CORP/SITEA, NET/PO2 via CORP/SITEA",
        "NET/PO2: CORP/SITEB direct, CORP/SITEA via CORP/SITEB, NET/PO1 via CORP/SITEB",
    ];

    private const string Hub = "NET/HUB by a at SITEA, NET/LEAF1 via NET/HUB, NET/LEAF2 via NET/HUB";

    private static readonly string[] HubKnows =
    [
        "NET/HUB: CORP/SITEA direct, NET/LEAF1 direct, NET/LEAF2 direct",
        "NET/LEAF1: NET/HUB direct, CORP/SITEA via NET/HUB, NET/LEAF2 via NET/HUB",
        "NET/LEAF2: NET/HUB direct, CORP/SITEA via NET/HUB, NET/LEAF1 via NET/HUB",
    ];

    private static readonly string[] RingKnows =
    [
        "NET/PO1: CORP/SITEA direct, NET/PO2 via CORP/SITEA, NET/PO3 via CORP/SITEA",
        "NET/PO2: CORP/SITEA direct, NET/PO1 via CORP/SITEA, NET/PO3 via CORP/SITEA",
        "NET/PO3: CORP/SITEA direct, NET/PO1 via CORP/SITEA, NET/PO2 via CORP/SITEA",
    ];

    private static readonly Dictionary<string, Row> Table = new(StringComparer.Ordinal)
    {
        ["two ends, nothing missing"] = new(TwoEnds, "SITEA SITEB", TwoEndsKnow, [], [], [], []),

        ["two ends, the far site is missing at one"] = new(
            TwoEnds, "SITEA SITEB", TwoEndsKnow, ["NET/PO1 CORP/SITEB"], [], [],
            ["NET/PO1 not CORP/SITEB: at NET/PO1: CORP/SITEB, indirect via CORP/SITEA"]),

        // One-way mail would work, and the answer be lost: neither is published to the other.
        ["two ends, the far post office is missing at one"] = new(
            TwoEnds, "SITEA SITEB", TwoEndsKnow, ["NET/PO2 NET/PO1"], [], [],
            [
                "NET/PO1 not NET/PO2: at NET/PO2: NET/PO1, indirect via CORP/SITEB",
                "NET/PO2 not NET/PO1: at NET/PO2: NET/PO1, indirect via CORP/SITEB",
            ]),

        ["three sites, the third is missing at one"] = new(
            TwoEnds, "SITEA SITEB SITEC",
            [
                "NET/PO1: CORP/SITEA direct, CORP/SITEB via CORP/SITEA, CORP/SITEC via CORP/SITEA, NET/PO2 via CORP/SITEA",
                "NET/PO2: CORP/SITEB direct, CORP/SITEA via CORP/SITEB, CORP/SITEC via CORP/SITEB, NET/PO1 via CORP/SITEB",
            ],
            ["NET/PO1 CORP/SITEC"], [], [],
            ["NET/PO1 not CORP/SITEC: at NET/PO1: CORP/SITEC, indirect via CORP/SITEA"]),

        ["a star that nobody has made a ring"] = new("NET/PO1 by a at SITEA, NET/PO2 by a at SITEA, NET/PO3 by a at SITEA", "SITEA", RingKnows, [], [], [], []),

        ["a ring"] = new(
            "NET/PO1 by a at SITEA, NET/PO2 by a at SITEA, NET/PO3 by a at SITEA", "SITEA", RingKnows, ["NET/PO1 NET/PO3", "NET/PO2 NET/PO3"],
            ["NET/PO1 NET/PO3 NET/PO2", "NET/PO2 NET/PO3 NET/PO1"],
            ["Mail from NET/PO1 for NET/PO3 goes in a circle: NET/PO1, NET/PO2, NET/PO1; MS Mail returns it as a circular route [004]."],
            [
                $"NET/PO1 not NET/PO3: {Circle}",
                $"NET/PO2 not NET/PO3: {Circle}",
                $"NET/PO3 not NET/PO1: {Circle}",
                $"NET/PO3 not NET/PO2: {Circle}",
            ]),

        ["a hub with two behind it, nothing missing"] = new(Hub, "SITEA", HubKnows, [], [], [], []),

        ["a hub with two behind it, one of them is missing at the hub"] = new(
            Hub, "SITEA", HubKnows, ["NET/HUB NET/LEAF2"], [], [],
            [
                "NET/HUB not NET/LEAF2: at NET/HUB: NET/LEAF2, direct",
                "NET/LEAF1 not NET/LEAF2: at NET/HUB: NET/LEAF2, direct",
                "NET/LEAF2 not CORP/SITEA: at NET/HUB: NET/LEAF2, direct",
                "NET/LEAF2 not NET/HUB: at NET/HUB: NET/LEAF2, direct",
                "NET/LEAF2 not NET/LEAF1: at NET/HUB: NET/LEAF2, direct",
            ]),

        ["a hub that sends back what we hand it"] = new(
            Hub, "SITEA", HubKnows, ["NET/HUB NET/LEAF2"], ["NET/HUB NET/LEAF2 CORP/SITEA"],
            ["Mail from Postern for NET/LEAF2 goes in a circle: Postern, NET/HUB, Postern; MS Mail returns it as a circular route [004]."],
            [
                $"NET/HUB not NET/LEAF2: {Circle}",
                $"NET/LEAF1 not NET/LEAF2: {Circle}",
                $"NET/LEAF2 not CORP/SITEA: {Circle}",
                $"NET/LEAF2 not NET/HUB: {Circle}",
                $"NET/LEAF2 not NET/LEAF1: {Circle}",
            ]),

        // A name that begins another one, and one of nine letters before a slash: each has its own way.
        ["names that begin each other"] = new(
            "NET/PO1 by a at SITEA, NET/PO10 by b at SITEB", "SITEA SITEB",
            [
                "NET/PO1: CORP/SITEA direct, CORP/SITEB via CORP/SITEA, NET/PO10 via CORP/SITEA",
                "NET/PO10: CORP/SITEB direct, CORP/SITEA via CORP/SITEB, NET/PO1 via CORP/SITEB",
            ],
            ["NET/PO1 NET/PO10"], [], [],
            [
                "NET/PO1 not NET/PO10: at NET/PO1: NET/PO10, indirect via CORP/SITEA",
                "NET/PO10 not NET/PO1: at NET/PO1: NET/PO10, indirect via CORP/SITEA",
            ]),

        ["networks and post offices of nine and ten letters"] = new(
            "MELBOURNE/MEL227TRK by a at SITEA, MELBOURNE/MEL227TRK2 by a at SITEA, MELBOURNE1/MEL227TRK via MELBOURNE/MEL227TRK", "SITEA",
            [
                "MELBOURNE/MEL227TRK: CORP/SITEA direct, MELBOURNE1/MEL227TRK direct, MELBOURNE/MEL227TRK2 via CORP/SITEA",
                "MELBOURNE/MEL227TRK2: CORP/SITEA direct, MELBOURNE/MEL227TRK via CORP/SITEA, MELBOURNE1/MEL227TRK via CORP/SITEA",
                "MELBOURNE1/MEL227TRK: MELBOURNE/MEL227TRK direct, CORP/SITEA via MELBOURNE/MEL227TRK, MELBOURNE/MEL227TRK2 via MELBOURNE/MEL227TRK",
            ],
            [], [], [], []),
    };

    public static TheoryData<string> Rows => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
    [Trait("source", "Q148389")]
    [Trait("source", "Q199534")]
    [Trait("source", "Q152167")]
    [Trait("source", "Q169328")]
    [Trait("source", "Q162841")]
    [Trait("source", "Q128627")]
    [Trait("source", "Q174238")]
    public void Each_network_of_the_table_needs_what_it_says_and_is_proved_as_it_says(string name)
    {
        var row = Table[name];
        var network = Network.Of(row);
        var requirements = new Requirements(network.Model([]));
        List<Knowledge> needed = [.. network.Offices.SelectMany(office => requirements.Of(office.Key))];

        network.Offices.Select(office => $"{office.Name}: {string.Join(", ", requirements.Of(office.Key).Select(Words))}").ShouldBe(row.Knows);
        row.Without.Except(needed.Select(one => $"{one.Definition.Owner} {one.Definition.Destination}")).ShouldBeEmpty("what is left out is needed");
        var there = network.Model(
        [
            .. needed.Where(one => !row.Without.Contains($"{one.Definition.Owner} {one.Definition.Destination}")).Select(one => one with { State = KnowledgeState.Confirmed }),
            .. row.Instead.Select(text => text.Split(' ')).Select(words => TestNetwork.Row(words[0], words[1], words[2])),
        ]);

        StructureProof.Of(there).CounterExamples.Select(example => example.Sentence).ShouldBe(row.Found);
        var publication = Publication.Of(there);
        network.Offices.SelectMany(office => publication.From(office.Key))
            .Select(one => $"{one.PostOffice} not {one.Home.Face[3..]}: {(one.Missing.Count == 0 ? one.Sentence.Split(": ")[^1] : string.Join("; ", one.Missing.Select(missing => missing.Definition)))}")
            .ShouldBe(row.Withheld, ignoreOrder: true);
    }

    private static string Words(Knowledge row) => $"{row.Definition.Destination} {(row.Definition.IsDirect ? "direct" : $"via {row.Definition.Via}")}";

    /// <summary>A row's network, read from its words.</summary>
    private sealed record Network(IReadOnlyList<PostOffice> Offices, string[] Sites, (string Connector, string Site)[] Gates)
    {
        public static Network Of(Row row)
        {
            var (offices, gates) = (new List<PostOffice>(), new List<(string, string)>());
            foreach (var words in row.Offices.Split(", ").Select(text => text.Split(' ')))
            {
                if (words is [var name, "by", var connector, "at", var site])
                {
                    offices.Add(Direct(name, connector));
                    gates.Add((connector, site));
                }
                else
                {
                    offices.Add(Via(words[0], words[2]));
                }
            }

            return new Network(offices, row.Sites.Split(' '), [.. gates.Distinct()]);
        }

        public RouteModel Model(IReadOnlyList<Knowledge> knowledge) => TestNetwork.Model(
            [.. Sites.Select(Site)], Offices, [.. Offices.Select(office => At(office.Name)), .. Sites.Select(site => Backbone(site, $"CORP/{site}"))], knowledge, Gates);
    }
}
