using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Ownership;

/// <summary>Which entries a partner gets, as the tabs "Export Containers" of the original had it.</summary>
public sealed record ExportScope
{
    /// <summary>The partner's name.</summary>
    public required string Partner { get; init; }

    /// <summary>The group of partners that the partner exchanges entries with by itself; empty for none.</summary>
    public string Mesh { get; init; } = "";

    /// <summary>Containers whose entries are exported, those in folders below included; empty for all.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];

    /// <summary>Entries with a higher trust level are not sent; 100 on an entry keeps it at home (Q152935).</summary>
    public int TrustLimit { get; init; } = 99;

    /// <summary>"Export custom recipients": entries that other partners gave are sent on too (Q192697).</summary>
    public bool ExportsGiven { get; init; }

    /// <summary>Boards and lists are sent too.</summary>
    public IReadOnlyList<RowKind> Kinds { get; init; } = [RowKind.Person, RowKind.List, RowKind.Board];

    /// <summary>Address types that the partner can hold; the first one is its own, used where the entry's native type is not among them (Q149192).</summary>
    public IReadOnlyList<string> AddressTypes { get; init; } = [SmtpAddress.TypeName];

    /// <summary>Names of values that the partner gets.</summary>
    public IReadOnlyList<string> Values { get; init; } = ValueNames.All;

    /// <summary>The row that the partner should hold for an entry; where it should not, why not.</summary>
    /// <param name="hasWay">Mail finds its way there and back, as far as is confirmed.</param>
    public bool TryRow(DirectoryEntry entry, NameRule rule, OwnershipTable ownership, bool hasWay, out DirectoryRow row, out GoneReason reason, out string fault)
    {
        row = null!;
        fault = "";
        if (Withholds(entry, ownership, hasWay) is { } withheld)
        {
            reason = withheld;
            fault = Change.Because(withheld);
            return false;
        }

        reason = GoneReason.Unholdable;
        if (AddressOf(entry) is not { } address)
        {
            fault = $"{entry.Name} has no address of the type {string.Join(" or ", AddressTypes)}.";
            return false;
        }

        var values = ReferenceEquals(Values, ValueNames.All) ? entry.Values : RowValues.Of(entry.Values.All().Where(value => Values.Contains(value.Key)));
        return DirectoryRow.TryCreate(rule, entry.Identity, entry.Name, address, entry.Kind, values, out row, out fault);
    }

    /// <summary>Why the partner does not get an entry; null when it does.</summary>
    public GoneReason? Withholds(DirectoryEntry entry, OwnershipTable ownership, bool hasWay) =>
        entry.Giver == Partner || (Mesh.Length > 0 && entry.GiverMesh == Mesh) || ownership.OwnerOf(entry.Native) == Partner ? GoneReason.OwnEntry
        : entry.IsHidden ? GoneReason.Hidden
        : entry.Trust > TrustLimit ? GoneReason.Trust
        : (entry.Giver.Length > 0 && !ExportsGiven) || !Kinds.Contains(entry.Kind) || !IsInside(entry.Container) ? GoneReason.Scope
        : !hasWay ? GoneReason.NoWay
        : null;

    /// <summary>The containers of the scope that do not exist; the others are exported all the same (Q212773).</summary>
    public IReadOnlyList<string> Missing(IReadOnlyCollection<string> known) =>
        [.. Containers.Where(wanted => !known.Any(container => IsInside(container, wanted)))];

    private MailAddress? AddressOf(DirectoryEntry entry) =>
        AddressTypes.Contains(entry.Native.Type) ? entry.Native : AddressTypes.Select(entry.AddressFor).FirstOrDefault(address => address is not null);

    private bool IsInside(string container) => Containers.Count == 0 || Containers.Any(outer => IsInside(container, outer));

    // Whole parts are compared: Harbour does not hold Harbour2.
    private static bool IsInside(string container, string outer) =>
        container.StartsWith(outer, StringComparison.OrdinalIgnoreCase) && (container.Length == outer.Length || container[outer.Length] == '/');
}
