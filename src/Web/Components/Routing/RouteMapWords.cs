using System.Globalization;
using Postern.Domain.Routing;
using Postern.Domain.Routing.Map;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Routing;

/// <summary>The map in words, for those who hear it, and the shapes of its lines.</summary>
internal static class RouteMapWords
{
    private const int LongestName = 120;
    private const int LongestNote = 24;

    /// <summary>The whole map in a few sentences.</summary>
    public static string Description(RouteDrawing drawing)
    {
        var offices = drawing.Nodes.Count(node => node.Kind == MapNodeKind.PostOffice);
        var sites = drawing.Nodes.Count(node => node.Kind == MapNodeKind.Site);
        var findings = drawing.Stops.SelectMany(stop => stop.Examples).Select(example => VisibleText.Of(example.Sentence, 300)).ToList();
        return $"{Quantity.Of(offices, "post office", "post offices")} and {Quantity.Of(sites, "site", "sites")}. "
            + (findings.Count == 0 ? "Every way that is drawn leads somewhere. " : $"{string.Join(' ', findings)} ")
            + "The table below holds the same facts.";
    }

    /// <summary>The second line of a box. Between two old post offices there is no room on the line: what passes there stands in the box further out.</summary>
    /// <param name="traffic">What passes on its line; null for nothing.</param>
    public static string Note(MapNode node, string? traffic) =>
        VisibleText.Of(traffic is not null && HasOwnFigure(node) ? $"{node.Note}, {traffic}" : node.Note, LongestNote);

    /// <summary>A box as a voice reads it.</summary>
    public static string Spoken(MapNode node, RouteDrawing drawing, string? traffic)
    {
        var what = node.Kind switch
        {
            MapNodeKind.Postern => "all shadow post offices",
            MapNodeKind.Site => $"site {VisibleText.Of(node.FullName, LongestName)}",
            MapNodeKind.AddressSpace => $"address space {VisibleText.Of(node.FullName, LongestName)}, by {VisibleText.Of(node.Connector, LongestName)}",
            MapNodeKind.Others => node.FullName,
            _ => $"post office {VisibleText.Of(node.FullName, LongestName)}{(node.Connector.Length > 0 ? ", reached directly" : "")}",
        };
        var known = node.Knowledge is { } state ? $"; what it must know is {KnowledgeLook.Of(state).Word}" : "";
        var stopped = drawing.Stops.FirstOrDefault(stop => stop.At == node.Key) is { } stop ? $"; mail stops here: {VisibleText.Of(string.Join(' ', stop.Lines), LongestName)}" : "";
        // What is seen stands first, so that who speaks to the machine can say what they see.
        return $"{VisibleText.Of(node.Name, LongestName)}, {Note(node, traffic)}: {what}{(node.IsDraft ? ", in this draft" : "")}{known}{stopped}{(traffic is null || HasOwnFigure(node) ? "" : $"; {traffic} to and from there")}";
    }

    private static bool HasOwnFigure(MapNode node) => node is { Kind: MapNodeKind.PostOffice, Connector: "" };

    /// <summary>The glyph in the corner of a box; null for none.</summary>
    public static MapGlyph? Glyph(MapNode node) => node switch
    {
        { IsHot: true, Kind: not MapNodeKind.Postern } => new("warn", "bd"),
        { IsDraft: true } => new("plus", "ac"),
        { Knowledge: KnowledgeState.Required } => new("warn", "hd"),
        { Knowledge: KnowledgeState.Issued } => new("sheet", "is"),
        { Knowledge: KnowledgeState.Confirmed } => new("check", "ok"),
        { Knowledge: KnowledgeState.Stale } => new("clock", "st"),
        _ => null,
    };

    /// <summary>The class of a box.</summary>
    public static string? Css(MapNode node) => node switch
    {
        { Kind: MapNodeKind.Postern } => "me",
        { Kind: MapNodeKind.Others } => "others",
        { IsDraft: true, IsHot: true } => "draft hot",
        { IsDraft: true } => "draft",
        { IsHot: true } => "hot",
        _ => null,
    };

    /// <summary>A line through its corners.</summary>
    public static string Path(IReadOnlyList<MapPoint> points) =>
        $"M{string.Join('L', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X} {point.Y}")))}";
}

/// <summary>A small sign on the map.</summary>
internal sealed record MapGlyph(string Icon, string Css);
