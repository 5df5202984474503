using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>One row of an old post office's own table: where it hands mail for a destination.</summary>
/// <param name="System">CCMAIL or MS; owner, destination and hub are of one system.</param>
/// <param name="Owner">The post office whose table it is.</param>
/// <param name="Destination">A post office, or one of our shadow names.</param>
/// <param name="Via">The post office or shadow name to go through; empty when direct.</param>
public sealed record Definition(string System, string Owner, string Destination, string Via)
{
    public string OwnerKey => PostOffice.KeyOf(System, Owner);

    public string DestinationKey => PostOffice.KeyOf(System, Destination);

    /// <summary>One owner has one row for a destination.</summary>
    public (string Owner, string Destination) Key => (OwnerKey, DestinationKey);

    public bool IsDirect => Via.Length == 0;

    /// <summary>How the destination is reached, as it stands in tables and sentences.</summary>
    public string How => IsDirect ? "direct" : $"indirect via {Via}";

    /// <summary>Do both say the same, whatever the letters?</summary>
    public bool SaysTheSame(Definition other) => Key == other.Key && NameKey.Fold(Via) == NameKey.Fold(other.Via);

    /// <inheritdoc/>
    public override string ToString() => $"at {Owner}: {Destination}, {How}";
}
