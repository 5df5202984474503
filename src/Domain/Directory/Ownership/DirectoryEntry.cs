using Postern.Domain.Addresses;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Ownership;

/// <summary>An entry with all that synchronisation needs to know: who gave it, how far it may be seen, and under which addresses.</summary>
public sealed record DirectoryEntry
{
    /// <summary>What never changes about it; the database's key as text.</summary>
    public required string Identity { get; init; }

    public required string Name { get; init; }

    public required MailAddress Native { get; init; }

    /// <summary>Its other addresses; the first one of a type is the one shown to that system.</summary>
    public IReadOnlyList<MailAddress> Proxies { get; init; } = [];

    public RowKind Kind { get; init; }

    public RowValues Values { get; init; } = RowValues.None;

    /// <summary>The partner that it came from; empty for one of our own.</summary>
    public string Giver { get; init; } = "";

    /// <summary>The group of partners that exchange their entries among themselves, to which the giver belongs; empty for none.</summary>
    public string GiverMesh { get; init; } = "";

    public bool IsHidden { get; init; }

    /// <summary>0 is seen by everybody; a partner gets what is not above its own level (Q163889).</summary>
    public int Trust { get; init; }

    /// <summary>Where it is kept, outermost folder first: <c>Recipients/Harbour</c>.</summary>
    public string Container { get; init; } = "";

    /// <summary>The address under which a system knows it: the native one, or the first proxy of that type and no other (Q152924).</summary>
    public MailAddress? AddressFor(string type) => Native.Type == type ? Native : Proxies.FirstOrDefault(proxy => proxy.Type == type);
}
