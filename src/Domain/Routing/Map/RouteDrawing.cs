namespace Postern.Domain.Routing.Map;

/// <summary>How a line of the map is drawn.</summary>
public enum MapEdgeKind
{
    /// <summary>Reached by a connector of its own.</summary>
    Direct,

    /// <summary>Reached via another post office.</summary>
    Indirect,

    /// <summary>As a draft wants it.</summary>
    Draft,
}

/// <summary>A post office and the one it is reached by, or Postern.</summary>
/// <param name="From">Key of the box further out.</param>
/// <param name="To">Key of the box nearer to Postern.</param>
/// <param name="Points">Corners, the first at <paramref name="From"/>; only level and upright pieces.</param>
/// <param name="LabelAt">The middle of what is written over it: what passes there (<see cref="MapTraffic"/>).</param>
/// <param name="Connector">What carries it; empty between two old post offices.</param>
public sealed record MapEdge(string From, string To, MapEdgeKind Kind, IReadOnlyList<MapPoint> Points, MapPoint LabelAt, string Connector);

/// <summary>Where mail stops: a short line that ends in a crossed circle, with what is missing.</summary>
/// <param name="At">Key of the box where it happens.</param>
/// <param name="Points">From the box to the circle.</param>
/// <param name="Center">Of the circle.</param>
/// <param name="Lines">What is missing, in two lines.</param>
/// <param name="Examples">What fails there, the first one named in the lines.</param>
public sealed record MapStop(string At, IReadOnlyList<MapPoint> Points, MapPoint Center, IReadOnlyList<string> Lines, IReadOnlyList<CounterExample> Examples);

/// <summary>A frame around what belongs together: a network of MS Mail, cc:Mail, the backbone.</summary>
public sealed record MapBand(string Title, MapBox Box);

/// <summary>The route map as places and lines: old post offices at the left in bands, Postern in the middle, the backbone at the right.</summary>
/// <remarks>The same configuration always gives the same map, and a change of one post office moves only what stands below it.</remarks>
public sealed record RouteDrawing(
    int Width, int Height, IReadOnlyList<MapBand> Bands, IReadOnlyList<MapNode> Nodes, IReadOnlyList<MapEdge> Edges, IReadOnlyList<MapStop> Stops)
{
    /// <summary>The key of the box in the middle.</summary>
    public const string PosternKey = "";

    /// <summary>Draws a table.</summary>
    public static RouteDrawing Of(MapSubject subject) => new MapLayout(subject).Draw();
}
