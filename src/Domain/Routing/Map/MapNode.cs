namespace Postern.Domain.Routing.Map;

/// <summary>What a box of the map stands for.</summary>
public enum MapNodeKind
{
    /// <summary>Postern, which is every shadow post office.</summary>
    Postern,

    /// <summary>An old post office.</summary>
    PostOffice,

    /// <summary>A part of the backbone.</summary>
    Site,

    /// <summary>What a connector claims to reach without a post office that is defined.</summary>
    AddressSpace,

    /// <summary>Post offices for which the map has no room; the table has them.</summary>
    Others,
}

/// <summary>A box of the map.</summary>
/// <param name="Key">Of a post office as in <see cref="PostOffice.Key"/>; equal for no two boxes.</param>
/// <param name="Name">As it stands in its band: without the network where the band has it.</param>
/// <param name="Note">The second line: how it is reached, or its domain.</param>
public sealed record MapNode(string Key, MapNodeKind Kind, string Name, string Note, MapBox Box)
{
    /// <summary>The whole name.</summary>
    public string FullName { get; init; } = "";

    /// <summary>The connector that leads there; empty where none does, or only through another.</summary>
    public string Connector { get; init; } = "";

    /// <summary>How sure the least sure row of its own table is; null where it needs none.</summary>
    public KnowledgeState? Knowledge { get; init; }

    /// <summary>A draft adds or changes it.</summary>
    public bool IsDraft { get; init; }

    /// <summary>Mail from here or for here does not arrive.</summary>
    public bool IsHot { get; init; }
}
