namespace Postern.Domain.Routing.Map;

/// <summary>A corner or an end of a line on the map, in pixels of its natural size.</summary>
public readonly record struct MapPoint(int X, int Y);

/// <summary>A rectangle on the map.</summary>
public readonly record struct MapBox(int X, int Y, int Width, int Height)
{
    public int Right => X + Width;

    public int Bottom => Y + Height;

    /// <summary>Where a line meets the left or right side.</summary>
    public int Middle => Y + (Height / 2);

    /// <summary>Do both cover a point? Touching sides do not count.</summary>
    public bool Overlaps(MapBox other) => X < other.Right && other.X < Right && Y < other.Bottom && other.Y < Bottom;

    /// <summary>Does the other lie wholly within?</summary>
    public bool Holds(MapBox other) => X <= other.X && Y <= other.Y && Right >= other.Right && Bottom >= other.Bottom;
}
