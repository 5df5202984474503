using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Rows;

namespace Postern.Domain.Directory.Merging;

/// <summary>A row that a directory should hold, beside the row that it holds for the same entry now.</summary>
/// <param name="Row">As it should be.</param>
/// <param name="Before">The present row of the same identity, under whatever name; null when there is none.</param>
public sealed record WantedRow(DirectoryRow Row, DirectoryRow? Before);

/// <summary>A row that a directory holds.</summary>
/// <param name="Row">As it is.</param>
/// <param name="IsOurs">We put it there and answer for it; the rows of others are never touched, and keep their names.</param>
/// <param name="WantedKey">The name under which its entry is wanted, the same one or another; null when it is not wanted any more.</param>
/// <param name="Gone">Why it is not wanted.</param>
/// <param name="WantedAddressKey">The address with which its entry is wanted; null when it is not wanted any more.</param>
public sealed record PresentRow(DirectoryRow Row, bool IsOurs, SortKey? WantedKey, GoneReason Gone = GoneReason.Source, string? WantedAddressKey = null);
