using System.Globalization;

namespace Postern.Infrastructure.Entries;

/// <summary>Where the next page begins in a list by name: the number and the name of the last row.</summary>
internal static class NameCursor
{
    public static string Write(long id, string name) => $"{id} {name}";

    /// <summary>Reads it back; a hand-written one opens the first page.</summary>
    public static (string Name, long Id) Read(string after) =>
        after.IndexOf(' ', StringComparison.Ordinal) is > 0 and var blank && !after.Contains('\0', StringComparison.Ordinal)
            && long.TryParse(after.AsSpan(0, blank), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? (after[(blank + 1)..], id) : ("", 0);
}
