using Postern.Domain.Addresses;

namespace Postern.Domain.Formats.MsMail;

/// <summary>
/// A post office on the way of a message, as reports print it: <c>NETWORK   /POSTOFFICE</c>, the network padded with blanks. Two are the same only
/// when both whole names are; a name that begins like another is another post office (Q128627).
/// </summary>
public sealed record HopName(string Network, string PostOffice)
{
    private const int LongestPart = 10;

    private string Key => $"{NameKey.Fold(Network)}/{NameKey.Fold(PostOffice)}";

    public bool Equals(HopName? other) => other is not null && other.Key == Key;

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <summary>Reads a line of a route; false for what is no network and post office of ten characters each.</summary>
    public static bool TryParse(string line, out HopName hop)
    {
        hop = null!;
        var slash = line.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || line.IndexOf('/', slash + 1) >= 0)
        {
            return false;
        }

        var network = line[..slash].Trim();
        var postOffice = line[(slash + 1)..].Trim();
        if (!IsName(network) || !IsName(postOffice))
        {
            return false;
        }

        hop = new HopName(network, postOffice);
        return true;
    }

    public override string ToString() => $"{Network}/{PostOffice}";

    private static bool IsName(string name) => name.Length is > 0 and <= LongestPart && !name.Any(c => c == ' ' || char.IsControl(c));
}

/// <summary>The route a message took, as the report of a loop tells it.</summary>
public static class HopTrace
{
    /// <summary>Whether a message came through one post office twice, which is what [004] means (Q128627, Q162841).</summary>
    public static bool IsCircular(IEnumerable<HopName> route)
    {
        var seen = new HashSet<HopName>();
        return !route.All(seen.Add);
    }
}
