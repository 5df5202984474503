using System.Collections.Frozen;
using Postern.Domain.Addresses;

namespace Postern.Domain.Routing;

/// <summary>Finds the address space that takes an address, without looking at those that name another place.</summary>
/// <remarks>
/// Which of two spaces goes first does not depend on the address (most specific, then cost, then name), so all of them have a rank. Each stands
/// under the part of an address that its pattern names for certain: a whole internet address, a domain or post office (the home key), the end of
/// a domain with its dot, a network with its slash, or only the type. The forms of these keys cannot meet.
/// </remarks>
internal sealed class AddressSpaceIndex
{
    private readonly FrozenDictionary<string, Ranked[]> byPart;
    private readonly FrozenDictionary<string, Ranked[]>.AlternateLookup<ReadOnlySpan<char>> bySpan;

    /// <param name="spaces">Those whose connectors are there.</param>
    public AddressSpaceIndex(IEnumerable<AddressSpace> spaces)
    {
        byPart = spaces
            .OrderByDescending(AddressPattern.Closeness)
            .ThenBy(space => space.Cost)
            .ThenBy(space => space.Connector, StringComparer.OrdinalIgnoreCase)
            .Select((space, rank) => (Part: PartOf(space), Ranked: new Ranked(space, rank, PatternToTry(space))))
            .Where(pair => pair.Part.Length > 0)
            .GroupBy(pair => pair.Part, pair => pair.Ranked, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        bySpan = byPart.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The most specific space that covers the address, then the cheapest, then the first by name; null when none does.</summary>
    /// <param name="cameFrom">The connector whose spaces do not count.</param>
    public AddressSpace? Best(MailAddress address, string? cameFrom)
    {
        if (byPart.Count == 0)
        {
            return null;
        }

        var search = new Search(address, cameFrom);
        var home = address.HomeKey;
        search.Try(byPart.GetValueOrDefault(home));
        switch (address)
        {
            case SmtpAddress:
                search.Try(byPart.GetValueOrDefault(address.Key));
                for (var dot = home.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = home.IndexOf('.', dot + 1))
                {
                    search.Try(bySpan.TryGetValue(home.AsSpan(dot), out var ends) ? ends : null);
                }

                break;
            case MsMailAddress:
                search.Try(bySpan.TryGetValue(home.AsSpan(0, home.IndexOf('/', StringComparison.Ordinal) + 1), out var network) ? network : null);
                break;
        }

        search.Try(byPart.GetValueOrDefault(address.Type));
        return search.Best?.Space;
    }

    private static string PartOf(AddressSpace space)
    {
        var type = space.Type.ToUpperInvariant();
        var pattern = space.Pattern.Trim();
        return AddressPattern.IsAll(pattern) ? type : type switch
        {
            SmtpAddress.TypeName when pattern.Contains('@', StringComparison.Ordinal) => SmtpAddress.TryParse(pattern, out var whole, out _) ? whole.Key : "",
            SmtpAddress.TypeName when pattern.StartsWith("*.", StringComparison.Ordinal) => $".{SmtpAddress.ToDnsForm(pattern[2..])}",
            SmtpAddress.TypeName => $"{SmtpAddress.TypeName}:{SmtpAddress.ToDnsForm(pattern)}",
            CcMailAddress.TypeName => CcMailPart(NameKey.Fold(pattern)),
            MsMailAddress.TypeName => MsMailPart(NameKey.Fold(pattern)),
            _ => "",
        };
    }

    // The last separator counts, as in an address.
    private static string CcMailPart(string folded)
    {
        var separator = CcMailAddress.Separator.ToUpperInvariant();
        var at = folded.LastIndexOf(separator, StringComparison.Ordinal);
        var office = at < 0 ? "*" : folded[(at + separator.Length)..];
        return office.Any(AddressPattern.IsWild) ? CcMailAddress.TypeName : $"{CcMailAddress.TypeName}:{office}";
    }

    private static string MsMailPart(string folded) => folded.Split('/') switch
    {
        [var network, var office, _, ..] when !network.Any(AddressPattern.IsWild) && !office.Any(AddressPattern.IsWild) => $"{MsMailAddress.TypeName}:{network}/{office}",
        [var network, _, ..] when !network.Any(AddressPattern.IsWild) => $"{MsMailAddress.TypeName}:{network}/",
        _ => MsMailAddress.TypeName,
    };

    // An internet pattern is settled by the part it stands under.
    private static string? PatternToTry(AddressSpace space) =>
        string.Equals(space.Type, SmtpAddress.TypeName, StringComparison.OrdinalIgnoreCase) || AddressPattern.IsAll(space.Pattern.Trim())
            ? null
            : NameKey.Fold(space.Pattern.Trim());

    /// <param name="Pattern">Folded, still to be tried against the whole text; null when the part alone decides.</param>
    private sealed record Ranked(AddressSpace Space, int Rank, string? Pattern);

    private struct Search(MailAddress address, string? cameFrom)
    {
        private string? text;

        public Ranked? Best { get; private set; }

        // Candidates stand in order of rank: the first that fits is the best of them.
        public void Try(Ranked[]? candidates)
        {
            foreach (var candidate in candidates ?? [])
            {
                if (Best is not null && Best.Rank < candidate.Rank)
                {
                    return;
                }

                if (Fits(candidate))
                {
                    Best = candidate;
                    return;
                }
            }
        }

        private bool Fits(Ranked candidate) =>
            (cameFrom is null || !string.Equals(candidate.Space.Connector, cameFrom, StringComparison.OrdinalIgnoreCase))
            && (candidate.Pattern is null || AddressPattern.Covers(candidate.Pattern, text ??= NameKey.Fold(address.Text)));
    }
}
