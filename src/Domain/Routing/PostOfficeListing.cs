using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>A post office's own table, read from a text listing of it.</summary>
/// <param name="Definitions">What it knows, in the order of the listing.</param>
/// <param name="Faults">Lines that could not be read, a sentence each; the others count all the same.</param>
public sealed record PostOfficeListing(IReadOnlyList<Definition> Definitions, IReadOnlyList<string> Faults)
{
    private const int MostFaults = 100;
    private const int LongestShown = 80;

    /// <summary>Reads a listing of this post office.</summary>
    /// <remarks>
    /// cc:Mail: the records of its directory export, of which those with the location P (direct) or p (Addr names the hub) are post offices.
    /// MS Mail: a line for each, <c>NETWORK/POSTOFFICE direct</c> or <c>NETWORK/POSTOFFICE indirect via NETWORK/POSTOFFICE</c>, with blanks,
    /// tabs or commas between; the kind of a direct line may follow and does not matter (Q197182). Lines that begin with ; or # are comments.
    /// </remarks>
    public static PostOfficeListing Read(PostOffice owner, string text)
    {
        var rows = new Dictionary<string, Definition>(StringComparer.Ordinal);
        var faults = new List<string>();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        foreach (var (number, name, via, fault) in owner.System == MsMailAddress.TypeName ? MsMailRows(lines) : CcMailRows(lines))
        {
            var definition = new Definition(owner.System, owner.Name, name, via);
            var wrong = fault.Length > 0 ? fault
                : definition.DestinationKey == owner.Key ? $"{owner.Name} cannot be external to itself."
                : !rows.TryAdd(definition.DestinationKey, definition) ? $"{name} stands there twice; the first one counts."
                : "";
            if (wrong.Length > 0 && faults.Count < MostFaults)
            {
                faults.Add($"Line {number}: {wrong}");
            }
        }

        // An empty table and one that could not be read are two things (Q112906).
        if (rows.Count == 0)
        {
            faults.Add("The listing names no post office; nothing is taken from it.");
        }

        return new PostOfficeListing([.. rows.Values], faults);
    }

    private static IEnumerable<(int Number, string Name, string Via, string Fault)> MsMailRows(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            var words = lines[i].Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries);
            if (words is [] or [[';' or '#', ..], ..])
            {
                continue;
            }

            var isIndirect = words.Length > 1 && string.Equals(words[1], "indirect", StringComparison.OrdinalIgnoreCase);
            var isDirect = words.Length > 1 && string.Equals(words[1], "direct", StringComparison.OrdinalIgnoreCase);
            var via = isIndirect && words is [_, _, var word, var hub, ..] && string.Equals(word, "via", StringComparison.OrdinalIgnoreCase) ? hub : "";
            var fault = isDirect || via.Length > 0 ? FormFault(words[0], via) : $"“{Shown(lines[i])}” is not a post office with “direct” or “indirect via”.";
            yield return (i + 1, words[0], via, fault);
        }
    }

    // A listing may hold names of gateways, which our own rules refuse; only the form counts.
    private static string FormFault(params string[] names) =>
        names.FirstOrDefault(name => name.Length > 0 && !MsMailAddress.TryParse($"{name}/x", out _, out _)) is { } wrong ? $"“{Shown(wrong)}” is not NETWORK/POSTOFFICE." : "";

    private static IEnumerable<(int Number, string Name, string Via, string Fault)> CcMailRows(string[] lines)
    {
        var (start, name, location, address) = (0, "", "", "");
        for (var i = 0; i <= lines.Length; i++)
        {
            var line = i < lines.Length ? lines[i] : "Name:";
            if (Value(line, "Name:") is { } next)
            {
                if (location is "P" or "p")
                {
                    yield return (start, name, location == "P" ? "" : Hub(address), FaultOfRecord(name, location, address));
                }

                (start, name, location, address) = (i + 1, next, "", "");
            }

            location = Value(line, "Locn:") ?? location;
            address = Value(line, "Addr:") ?? address;
        }
    }

    private static string FaultOfRecord(string name, string location, string address) =>
        !CcMailAddress.TryCreate("x", name, out _, out var fault) ? fault
        : location == "p" && address.Length == 0 ? $"{Shown(name)} is reached indirectly, and no hub is named."
        : "";

    // Further words may follow the hub; a hub with blanks in its name is not told apart from them.
    private static string Hub(string address) => address.Split(' ', 2)[0];

    private static string? Value(string line, string field) => line.StartsWith(field, StringComparison.OrdinalIgnoreCase) ? line[field.Length..].Trim() : null;

    private static string Shown(string text) => text.Trim() is { Length: > LongestShown } cut ? $"{cut[..LongestShown]}…" : text.Trim();
}
