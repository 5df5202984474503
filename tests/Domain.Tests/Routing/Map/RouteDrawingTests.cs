using Postern.Domain.Routing;
using Postern.Domain.Routing.Map;
using static Postern.Domain.Tests.Routing.TestNetwork;

namespace Postern.Domain.Tests.Routing.Map;

public sealed class RouteDrawingTests
{
    private static readonly PostOffice[] Harbor =
        [Direct("HARBOR/PIER1", "msmail-harbor"), Via("HARBOR/PIER2", "HARBOR/PIER1"), Via("HARBOR/PIER3", "HARBOR/PIER1"), Direct("SALES", "ccmail-sales")];

    [Fact]
    public void Old_post_offices_stand_left_by_how_far_they_are_and_the_backbone_right()
    {
        var drawing = Draw([Site("SITE1")], Harbor);

        drawing.Bands.Select(band => (band.Title, band.Box)).ShouldBe(
        [
            ("MS Mail network HARBOR", new MapBox(4, 4, 332, 142)),
            ("cc:Mail", new MapBox(4, 162, 332, 86)),
            ("Backbone", new MapBox(652, 4, 156, 142)),
        ]);
        drawing.Nodes.Select(node => (node.Name, node.Note, node.Box.X, node.Box.Y)).ShouldBe(
        [
            ("Postern", "CORP/SITE1", 424, 196),
            ("PIER1", "by msmail-harbor", 192, 38), ("PIER2", "via PIER1", 16, 38), ("PIER3", "via PIER1", 16, 94),
            ("SALES", "by ccmail-sales", 192, 196),
            ("SITE1", "site1.example", 664, 38), ("Internet", "default route", 664, 94),
        ]);
        (drawing.Width, drawing.Height).ShouldBe((812, 256));
    }

    [Fact]
    public void Lines_run_level_and_upright_over_one_trunk_a_side()
    {
        var edges = Draw([Site("SITE1")], Harbor).Edges.ToDictionary(edge => edge.From);

        edges[Key("HARBOR/PIER2")].Points.ShouldBe([new(148, 58), new(192, 58)]);
        edges[Key("HARBOR/PIER3")].Points.ShouldBe([new(148, 114), new(180, 114), new(180, 58), new(192, 58)]);
        edges[Key("HARBOR/PIER1")].Points.ShouldBe([new(324, 58), new(400, 58), new(400, 216), new(424, 216)]);
        edges[Key("SALES")].Points.ShouldBe([new(324, 216), new(424, 216)]);
        edges[MapSubject.KeyOfSite("SITE1")].Points[1].X.ShouldBe(edges[MapSubject.KeyOfSpaces("backbone", "SMTP")].Points[1].X);
        edges[Key("HARBOR/PIER1")].Connector.ShouldBe("msmail-harbor");
    }

    [Fact]
    public void A_long_chain_goes_down_and_not_out()
    {
        var drawing = Draw([], [Direct("A/P1", "m"), Via("A/P2", "A/P1"), Via("A/P3", "A/P2"), Via("A/P4", "A/P3"), Via("A/P5", "A/P2"), Via("A/P6", "A/P1")]);

        drawing.Nodes.Where(node => node.Kind == MapNodeKind.PostOffice).Select(node => (node.Name, node.Box.X - 16, (node.Box.Y - 38) / 56)).ShouldBe(
            [("P1", 208, 0), ("P2", 0, 0), ("P3", 16, 1), ("P4", 32, 2), ("P5", 16, 3), ("P6", 0, 4)]);
        drawing.Edges.Single(edge => edge.From == Key("A/P5")).Points.ShouldBe([new(32, 226), new(24, 226), new(24, 78)]);
    }

    [Fact]
    [Trait("source", "Q199534")]
    public void A_row_that_is_missing_stops_the_line_at_the_post_office_that_lacks_it_and_names_it()
    {
        var proof = StructureProof.Of(Model([Site("SITE1"), Site("SITE2")], [Direct("HARBOR/PIER1", "m"), Via("HARBOR/PIER2", "HARBOR/PIER1")],
            [At("HARBOR/PIER2"), Backbone("SITE2", "CORP/SITE2")], [Row("HARBOR/PIER2", "CORP/SITE2", "HARBOR/NOWHERE", KnowledgeState.Required)]));

        var drawing = RouteDrawing.Of(new MapSubject(Table([Site("SITE1"), Site("SITE2")], [Direct("HARBOR/PIER1", "m"), Via("HARBOR/PIER2", "HARBOR/PIER1")]), proof.CounterExamples));

        var stop = drawing.Stops.ShouldHaveSingleItem();
        (stop.At, stop.Lines[0], stop.Lines[1]).ShouldBe((Key("HARBOR/PIER2"), "undefined hub to", "CORP/SITE2"));
        stop.Center.Y.ShouldBe(drawing.Nodes.Single(node => node.Key == stop.At).Box.Bottom + 22);
        drawing.Nodes.Where(node => node.IsHot).Select(node => node.Name).ShouldBe(["PIER2", "SITE2"], ignoreOrder: true);
    }

    [Fact]
    public void What_a_draft_adds_is_drawn_as_its_own_and_knowledge_stands_at_its_post_office()
    {
        var drawing = RouteDrawing.Of(new MapSubject(Table([Site("SITE1")], Harbor), [])
        {
            Drafted = new HashSet<string> { Key("HARBOR/PIER3") },
            Knowledge = new Dictionary<string, KnowledgeState> { [Key("SALES")] = KnowledgeState.Issued },
        });

        drawing.Nodes.Single(node => node.IsDraft).Note.ShouldBe("via PIER1, draft");
        drawing.Edges.Single(edge => edge.Kind == MapEdgeKind.Draft).From.ShouldBe(Key("HARBOR/PIER3"));
        drawing.Nodes.Single(node => node.Knowledge is not null).Name.ShouldBe("SALES");
    }

    [Fact]
    public void Where_there_is_no_room_post_offices_are_counted_but_never_those_that_ask_for_attention()
    {
        PostOffice[] offices = [.. Enumerable.Range(10, 90).Select(i => Direct($"HARBOR/P{i}", "m")), Via("HARBOR/Q", "HARBOR/P99")];
        var drawing = RouteDrawing.Of(new MapSubject(Table([], offices), []) { Drafted = new HashSet<string> { Key("HARBOR/Q") } });

        drawing.Nodes.Count(node => node.Kind == MapNodeKind.PostOffice).ShouldBe(MapLayout.MostInBand);
        drawing.Nodes.Single(node => node.Kind == MapNodeKind.Others).FullName.ShouldBe("77 more post offices of MS Mail network HARBOR");
        drawing.Nodes.Select(node => node.Name).ShouldContain("P99");
        drawing.Nodes.Select(node => node.Name).ShouldContain("Q");
    }

    [Fact]
    public void A_circle_and_a_hub_that_is_not_defined_are_drawn_too()
    {
        var drawing = Draw([], [Via("A", "B"), Via("B", "A"), Via("C", "GONE")]);

        drawing.Nodes.Where(node => node.Kind == MapNodeKind.PostOffice).Select(node => (node.Name, node.Note)).ShouldBe([("A", "via B"), ("B", "via A"), ("C", "via GONE")]);
        drawing.Edges.Where(edge => edge.Kind == MapEdgeKind.Indirect).Select(edge => edge.From).ShouldBe([Key("B")]);
    }

    [Fact]
    public void Nothing_lies_over_anything_else_whatever_the_network()
    {
        var random = new Random(4);
        for (var run = 0; run < 200; run++)
        {
            var (sites, offices, examples) = Any(random);
            var drawing = RouteDrawing.Of(new MapSubject(TestNetwork.Table(sites, offices), examples));

            var boxes = drawing.Nodes.Select(node => node.Box).Concat(drawing.Stops.Select(StopBox)).ToList();
            for (var i = 0; i < boxes.Count; i++)
            {
                boxes.Skip(i + 1).Where(other => other.Overlaps(boxes[i])).ShouldBeEmpty();
            }

            drawing.Bands.SelectMany((band, i) => drawing.Bands.Skip(i + 1).Where(other => other.Box.Overlaps(band.Box))).ShouldBeEmpty();
            drawing.Nodes.Skip(1).Where(node => drawing.Bands.Count(band => band.Box.Holds(node.Box)) != 1).ShouldBeEmpty();
            var whole = new MapBox(0, 0, drawing.Width, drawing.Height);
            boxes.Where(box => !whole.Holds(box)).ShouldBeEmpty();
            drawing.Nodes.Select(node => node.Key).ShouldBeUnique();
            foreach (var edge in drawing.Edges)
            {
                ShouldRunFree(drawing, edge);
            }
        }
    }

    [Fact]
    public void The_same_network_in_another_order_gives_the_same_map()
    {
        var random = new Random(5);
        for (var run = 0; run < 60; run++)
        {
            var (sites, offices, examples) = Any(random);
            var one = RouteDrawing.Of(new MapSubject(TestNetwork.Table(sites, offices), examples));
            var other = RouteDrawing.Of(new MapSubject(TestNetwork.Table([.. sites.Reverse()], [.. offices.Reverse()]), examples));

            other.Nodes.ShouldBe(one.Nodes);
            other.Bands.ShouldBe(one.Bands);
            other.Edges.Select(edge => (edge.From, edge.To, string.Join(' ', edge.Points))).ShouldBe(one.Edges.Select(edge => (edge.From, edge.To, string.Join(' ', edge.Points))));
        }
    }

    private static void ShouldRunFree(RouteDrawing drawing, MapEdge edge)
    {
        var others = drawing.Nodes.Where(node => node.Key != edge.From && node.Key != edge.To).Select(node => node.Box).Concat(drawing.Stops.Select(StopBox)).ToList();
        foreach (var (from, to) in edge.Points.Zip(edge.Points.Skip(1)))
        {
            (from.X == to.X || from.Y == to.Y).ShouldBeTrue();
            var line = new MapBox(Math.Min(from.X, to.X), Math.Min(from.Y, to.Y), Math.Max(1, Math.Abs(from.X - to.X)), Math.Max(1, Math.Abs(from.Y - to.Y)));
            others.Where(box => box.Overlaps(line)).ShouldBeEmpty();
        }
    }

    // The circle and two lines of some sixteen small letters.
    private static MapBox StopBox(MapStop stop) => new(stop.Center.X - 10, stop.Center.Y - 13, 10 + 16 + 102, 26);

    private static (Site[] Sites, PostOffice[] Offices, CounterExample[] Examples) Any(Random random)
    {
        var names = Enumerable.Range(0, random.Next(0, 28)).Select(i => random.Next(3) switch { 0 => $"PO{i}", 1 => $"HARBOR/P{i}", _ => $"DOCKS/D{i}" }).ToArray();
        PostOffice[] offices = [.. names.Select(name => random.Next(3) == 0 || HubFor(name) is not { } hub ? Direct(name, $"c{random.Next(3)}") : Via(name, hub))];
        CounterExample[] examples =
        [
            .. Enumerable.Range(0, random.Next(0, 6)).Select(i => names.Length == 0 || random.Next(5) == 0 ? "Postern" : names[random.Next(names.Length)])
                .Select((at, i) => new CounterExample(
                    (RouteTrouble)random.Next(1, 8), at, "HARBOR/SITE2", [new(at, HopState.Fails)], MailFate.LostSilently, "", null, $"{i}", [], 1)),
        ];
        return ([.. Enumerable.Range(0, random.Next(0, 18)).Select(i => Site($"S{i:00}"))], offices, examples);

        string? HubFor(string name) => names.Where(other => other.Contains('/', StringComparison.Ordinal) == name.Contains('/', StringComparison.Ordinal) && other != name).ToArray() is { Length: > 0 } others
            ? others[random.Next(others.Length)] : null;
    }

    private static RouteDrawing Draw(Site[] sites, PostOffice[] offices) => RouteDrawing.Of(new MapSubject(TestNetwork.Table(sites, offices), []));
}
