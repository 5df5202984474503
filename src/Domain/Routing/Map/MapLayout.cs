using Postern.Domain.Addresses;

namespace Postern.Domain.Routing.Map;

/// <summary>Finds a place for everything on the map.</summary>
/// <remarks>
/// <code>
///   ┌ network ───────────────┐                    ┌ backbone ┐
///   │ via             direct │──┐   ┌ Postern ┐ ┌──│ site     │
///   │ └ via, via             │  ├───┤         ├─┤  │          │
///   └────────────────────────┘  │   └─────────┘ └──│ internet │
///   ┌ cc:Mail ───────────────┐  │                  └──────────┘
///   │                 direct │──┘
///   └────────────────────────┘
/// </code>
/// Each subtree has a height of its own, the first step outwards a column, each further one a line below and a little to the right: so a long chain
/// does not make the map wide. Lines run between columns and along the left of what is below: nothing lies over anything else.
/// </remarks>
internal sealed partial class MapLayout(MapSubject subject)
{
    /// <summary>More post offices than this in one band are counted, not drawn.</summary>
    internal const int MostInBand = 14;

    private const int Margin = 4;
    private const int NodeWidth = 132;
    private const int NodeHeight = 40;
    private const int MiddleWidth = 140;
    private const int Pitch = 56;
    private const int StopPitch = 44;
    private const int ColumnGap = 44;
    private const int Indent = 16;
    private const int IndentLine = 8;
    private const int BandHead = 34;
    private const int BandPad = 12;
    private const int BandGap = 16;
    private const int Aisle = 88;
    private const int TrunkBefore = 24;
    private const int LabelRise = 7;
    private const int LongestName = 15;
    private const int LongestNote = 20;
    private const int LongestMissing = 16;

    private readonly List<MapBand> bands = [];
    private readonly List<MapNode> nodes = [];
    private readonly List<MapEdge> edges = [];
    private readonly List<MapStop> stops = [];
    private readonly List<MapNode> direct = [];
    private readonly Dictionary<string, List<CounterExample>> failing = new(StringComparer.Ordinal);
    private readonly HashSet<string> hot = new(StringComparer.Ordinal);
    private int steps = 1;

    // Where what is reached directly stands, from the edge of its band.
    private int DirectX => steps == 1 ? 0 : NodeWidth + ColumnGap + ((steps - 2) * Indent);

    private int BandWidth => DirectX + NodeWidth + (2 * BandPad);

    private int MiddleX => Margin + BandWidth + Aisle;

    private int BackboneX => MiddleX + MiddleWidth + Aisle;

    public RouteDrawing Draw()
    {
        FindTroubles();
        var networks = Networks();
        steps = Math.Max(1, networks.SelectMany(network => network.Trees).Select(tree => tree.Depth).DefaultIfEmpty(1).Max());
        var bottom = Math.Max(PlaceNetworks(networks), PlaceBackbone());
        var middle = PlaceMiddle(bottom);
        JoinMiddle(middle);
        var right = nodes.Exists(node => node.Kind == MapNodeKind.Site || node.Box.X >= BackboneX) ? BackboneX + NodeWidth + (2 * BandPad) : MiddleX + MiddleWidth + BandPad;
        return new RouteDrawing(right + Margin, Math.Max(bottom, middle.Box.Bottom + SlotOf(middle.Key) - NodeHeight) + Margin, bands, nodes, edges, stops);
    }

    private void FindTroubles()
    {
        foreach (var example in subject.CounterExamples)
        {
            hot.Add(NameKey.Fold(example.To));
            if (example.Path.FirstOrDefault(hop => hop.State == HopState.Fails) is { } hop)
            {
                var at = hop.Name == "Postern" ? RouteDrawing.PosternKey : NameKey.Fold(hop.Name);
                if (!failing.TryGetValue(at, out var known))
                {
                    failing[at] = known = [];
                }

                known.Add(example);
            }
        }
    }

    private List<(string Title, string Network, IReadOnlyList<MapTree> Trees, int Others)> Networks() =>
    [
        .. MapTree.Of(subject.Table.PostOffices).GroupBy(tree => (tree.Office.System, Title: MapWords.BandOf(tree.Office)))
            // MS Mail first, as long as there is any: its networks are what goes wrong.
            .OrderByDescending(band => band.Key.System, StringComparer.Ordinal).ThenBy(band => band.Key.Title, StringComparer.Ordinal)
            .Select(band =>
            {
                var all = band.SelectMany(tree => tree.All()).ToList();
                var shown = Shown(all);
                var network = band.Key.System == MsMailAddress.TypeName ? MapWords.Network(band.First().Office.Name) : "";
                return (band.Key.Title, network, (IReadOnlyList<MapTree>)[.. band.Where(tree => shown.Contains(tree.Office.Key)).Select(tree => tree.Only(shown))], all.Count - shown.Count);
            }),
    ];

    // What asks for attention first, then what is near; a post office never without those it is reached by.
    private HashSet<string> Shown(List<(PostOffice Office, int Depth)> all)
    {
        var byKey = all.ToDictionary(pair => pair.Office.Key, pair => pair.Office, StringComparer.Ordinal);
        var shown = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (office, _) in all.OrderBy(pair => IsUrgent(pair.Office) ? 0 : 1).ThenBy(pair => pair.Depth).ThenBy(pair => pair.Office.Key, StringComparer.Ordinal))
        {
            var needed = new HashSet<string>(StringComparer.Ordinal);
            for (var next = office; next is not null && !shown.Contains(next.Key) && needed.Add(next.Key);)
            {
                next = next.Via.Length > 0 ? byKey.GetValueOrDefault(PostOffice.KeyOf(next.System, next.Via)) : null;
            }

            if (shown.Count + needed.Count <= MostInBand)
            {
                shown.UnionWith(needed);
            }
        }

        return shown;
    }

    private bool IsUrgent(PostOffice office) => IsHot(office.Name) || subject.Drafted.Contains(office.Key);

    private bool IsHot(string name) => NameKey.Fold(name) is var key && (hot.Contains(key) || failing.ContainsKey(key));

    private int PlaceNetworks(List<(string Title, string Network, IReadOnlyList<MapTree> Trees, int Others)> networks)
    {
        var top = Margin;
        foreach (var (title, network, trees, others) in networks)
        {
            var y = top + BandHead;
            foreach (var tree in trees)
            {
                y = Place(tree, network, 0, y);
            }

            if (others > 0)
            {
                nodes.Add(new MapNode($"others:{title}", MapNodeKind.Others, $"{others} more", "in the table", BoxAt(0, y)) { FullName = $"{others} more post offices of {title}" });
                y += Pitch;
            }

            top = Close(title, Margin, top, y);
        }

        var claimed = Claims(isSmtp: false).ToList();
        if (claimed.Count > 0)
        {
            var y = top + BandHead;
            foreach (var claim in claimed)
            {
                var node = claim with { Box = BoxAt(0, y) };
                nodes.Add(node);
                direct.Add(node);
                y += Pitch;
            }

            top = Close("By address space", Margin, top, y);
        }

        return Math.Max(top - BandGap, Margin + NodeHeight);
    }

    /// <summary>Where the next band begins.</summary>
    private int Close(string title, int left, int top, int y)
    {
        var bottom = y - (Pitch - NodeHeight) + BandPad;
        bands.Add(new MapBand(title, new MapBox(left, top, left == Margin ? BandWidth : NodeWidth + (2 * BandPad), bottom - top)));
        return bottom + BandGap;
    }

    /// <summary>Where the next tree begins: a subtree has all the height from its top on.</summary>
    private int Place(MapTree tree, string network, int depth, int top)
    {
        var office = tree.Office;
        var box = BoxAt(depth, top);
        var isDraft = subject.Drafted.Contains(office.Key);
        var node = new MapNode(office.Key, MapNodeKind.PostOffice, MapWords.Cut(MapWords.Short(office.Name, network), LongestName), MapWords.Cut(NoteOf(office, network, isDraft), LongestNote), box)
        {
            FullName = office.Name,
            Connector = office.Connector,
            Knowledge = subject.Knowledge.TryGetValue(office.Key, out var known) ? known : null,
            IsDraft = isDraft,
            IsHot = IsHot(office.Name),
        };
        nodes.Add(node);
        AddStop(office.Key, NameKey.Fold(office.Name), box);
        if (depth == 0 && office.Connector.Length > 0)
        {
            direct.Add(node);
        }

        var y = top;
        foreach (var next in tree.Behind)
        {
            y = depth == 0 ? y : Math.Max(y, top + SlotOf(NameKey.Fold(office.Name)));
            var child = BoxAt(depth + 1, y);
            edges.Add(new MapEdge(
                next.Office.Key, office.Key, subject.Drafted.Contains(next.Office.Key) ? MapEdgeKind.Draft : MapEdgeKind.Indirect,
                depth == 0 ? Bend(child.Right, child.Middle, box.X - (TrunkBefore / 2), box.X, box.Middle) : Below(box, child), new MapPoint(child.Right, child.Middle - LabelRise), ""));
            y = Place(next, network, depth + 1, y);
        }

        return Math.Max(y, top + SlotOf(NameKey.Fold(office.Name)));
    }

    // Down from the box that leads on, and to the left side of the one below it.
    private static IReadOnlyList<MapPoint> Below(MapBox hub, MapBox box) =>
        [new MapPoint(box.X, box.Middle), new MapPoint(hub.X + IndentLine, box.Middle), new MapPoint(hub.X + IndentLine, hub.Bottom)];

    private static string NoteOf(PostOffice office, string network, bool isDraft) =>
        $"{(office.Via.Length > 0 ? $"via {MapWords.Short(office.Via, network)}" : office.Connector.Length > 0 ? $"by {office.Connector}" : "no way")}{(isDraft ? ", draft" : "")}";

    private MapBox BoxAt(int depth, int y) => new(Margin + BandPad + (depth == 0 ? DirectX : (depth - 1) * Indent), y, NodeWidth, NodeHeight);

    private int SlotOf(string place) => failing.ContainsKey(place) ? Pitch + StopPitch : Pitch;
}
