using Postern.Domain.Addresses;

namespace Postern.Domain.Routing.Map;

internal sealed partial class MapLayout
{
    private readonly List<MapNode> backbone = [];

    private int PlaceBackbone()
    {
        List<MapNode> all =
        [
            .. subject.Table.Sites.OrderBy(site => site.Name, StringComparer.Ordinal).Select(NodeOf),
            .. Claims(isSmtp: true),
        ];
        if (all.Count == 0)
        {
            return Margin;
        }

        var others = all.Count > MostInBand ? all.Count - MostInBand + 1 : 0;
        var y = Margin + BandHead;
        foreach (var node in all.Take(all.Count - others))
        {
            backbone.Add(node with { Box = new MapBox(BackboneX + BandPad, y, NodeWidth, NodeHeight) });
            y += Pitch;
        }

        nodes.AddRange(backbone);
        if (others > 0)
        {
            nodes.Add(new MapNode("others:backbone", MapNodeKind.Others, $"{others} more", "in the table", new MapBox(BackboneX + BandPad, y, NodeWidth, NodeHeight)) { FullName = $"{others} more sites and address spaces" });
            y += Pitch;
        }

        return Close("Backbone", BackboneX, Margin, y) - BandGap;
    }

    private MapNode NodeOf(Site site) =>
        new(MapSubject.KeyOfSite(site.Name), MapNodeKind.Site, MapWords.Cut(site.Name, LongestName), MapWords.Cut(site.SmtpDomains is [var first, ..] ? MapWords.AndMore(first, site.SmtpDomains.Count) : "no domain", LongestNote), default)
        {
            FullName = site.Name,
            IsDraft = subject.Drafted.Contains(MapSubject.KeyOfSite(site.Name)),
            Connector = site.SmtpDomains is [var domain, ..] && SmtpAddress.TryParse($"x@{domain}", out var anybody, out _) ? subject.Table.SpaceFor(anybody)?.Connector ?? "" : "",
            IsHot = RoutingTable.HomeKeys(site).Select(NameKey.Fold).Any(key => hot.Contains(key) || hot.Contains(key[(key.IndexOf(':', StringComparison.Ordinal) + 1)..])),
        };

    // Connectors by what they claim; what is only a site's own domain is drawn as that site.
    private IEnumerable<MapNode> Claims(bool isSmtp)
    {
        var domains = subject.Table.Sites.SelectMany(site => site.SmtpDomains).Select(SmtpAddress.ToDnsForm).ToHashSet(StringComparer.Ordinal);
        var reached = subject.Table.PostOffices.Select(office => office.Connector).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return subject.Table.Spaces
            .Where(space => (space.Type == SmtpAddress.TypeName) == isSmtp && (isSmtp ? !domains.Contains(SmtpAddress.ToDnsForm(space.Pattern)) : !reached.Contains(space.Connector)))
            .GroupBy(space => space.Connector, StringComparer.OrdinalIgnoreCase).OrderBy(spaces => spaces.Key, StringComparer.Ordinal)
            .Select(spaces =>
            {
                var all = spaces.OrderBy(space => AddressPattern.IsAll(space.Pattern) ? 0 : 1).ThenBy(space => space.Pattern, StringComparer.Ordinal).ToList();
                var isDefault = AddressPattern.IsAll(all[0].Pattern);
                var name = !isDefault ? MapWords.AndMore(all[0].Pattern, all.Count) : isSmtp ? "Internet" : $"all {all[0].Type}";
                return new MapNode(MapSubject.KeyOfSpaces(spaces.Key, all[0].Type), MapNodeKind.AddressSpace, MapWords.Cut(name, LongestName), MapWords.Cut(isDefault ? "default route" : $"by {spaces.Key}", LongestNote), default)
                {
                    FullName = string.Join(", ", all.Select(space => AddressPattern.IsAll(space.Pattern) ? $"{space.Type} *" : space.Pattern)),
                    Connector = spaces.Key,
                };
            });
    }

    // Level with the post office in the middle, so that one line at least runs straight.
    private MapNode PlaceMiddle(int bottom)
    {
        var y = direct.Count > 0 ? direct[direct.Count / 2].Box.Y : Math.Max(Margin + BandHead, (bottom / 2) - (NodeHeight / 2));
        var box = new MapBox(MiddleX, y, MiddleWidth, NodeHeight);
        var node = new MapNode(RouteDrawing.PosternKey, MapNodeKind.Postern, "Postern", MapWords.Cut(MapWords.Shadows(subject.Table.Sites), LongestNote - 4), box)
        {
            FullName = "Postern",
            IsHot = failing.ContainsKey(RouteDrawing.PosternKey),
        };
        nodes.Insert(0, node);
        AddStop(RouteDrawing.PosternKey, RouteDrawing.PosternKey, box);
        return node;
    }

    private void JoinMiddle(MapNode middle)
    {
        var (left, right) = (middle.Box.X - TrunkBefore, middle.Box.Right + TrunkBefore);
        foreach (var node in direct)
        {
            edges.Add(new MapEdge(
                node.Key, middle.Key, node.IsDraft ? MapEdgeKind.Draft : MapEdgeKind.Direct, Bend(node.Box.Right, node.Box.Middle, left, middle.Box.X, middle.Box.Middle),
                new MapPoint((node.Box.Right + BandPad + left) / 2, node.Box.Middle - LabelRise), node.Connector));
        }

        foreach (var node in backbone)
        {
            edges.Add(new MapEdge(
                node.Key, middle.Key, node.IsDraft ? MapEdgeKind.Draft : MapEdgeKind.Direct, Bend(node.Box.X, node.Box.Middle, right, middle.Box.Right, middle.Box.Middle),
                new MapPoint((right + node.Box.X - BandPad) / 2, node.Box.Middle - LabelRise), node.Connector));
        }
    }

    private void AddStop(string key, string place, MapBox box)
    {
        if (!failing.TryGetValue(place, out var examples))
        {
            return;
        }

        var y = box.Bottom + (StopPitch / 2);
        var first = examples[0];
        stops.Add(new MapStop(
            key,
            [new MapPoint(box.X + 20, box.Bottom), new MapPoint(box.X + 20, y), new MapPoint(box.X + 36, y)],
            new MapPoint(box.X + 46, y),
            [MapWords.Missing(first.Trouble), MapWords.Cut(MapWords.AndMore(first.Trouble == RouteTrouble.NoShadow ? "" : first.To, examples.Count).Trim(), LongestMissing)],
            examples));
    }

    // Level to the trunk, along it, level to the other side.
    private static IReadOnlyList<MapPoint> Bend(int fromX, int fromY, int trunkX, int toX, int toY) => fromY == toY
        ? [new MapPoint(fromX, fromY), new MapPoint(toX, toY)]
        : [new MapPoint(fromX, fromY), new MapPoint(trunkX, fromY), new MapPoint(trunkX, toY), new MapPoint(toX, toY)];
}
