using Postern.Domain.Addresses;

namespace Postern.Domain.Routing.Map;

/// <summary>The few words on the map.</summary>
internal static class MapWords
{
    /// <summary>What the band of a post office is called.</summary>
    public static string BandOf(PostOffice office) => office.System == MsMailAddress.TypeName ? $"MS Mail network {Network(office.Name)}" : "cc:Mail";

    /// <summary>A name as it stands in a band: the network of the band is left out.</summary>
    public static string Short(string name, string network) =>
        network.Length > 0 && name.StartsWith($"{network}/", StringComparison.OrdinalIgnoreCase) ? name[(network.Length + 1)..] : name;

    public static string Network(string name) => name.IndexOf('/', StringComparison.Ordinal) is > 0 and var end ? name[..end] : "";

    /// <summary>A text that fits; the table and the title have the whole one.</summary>
    public static string Cut(string text, int most) => text.Length <= most ? text : $"{text[..(most - 1)]}…";

    /// <summary>What is missing where mail stops, before the name it is about.</summary>
    public static string Missing(RouteTrouble trouble) => trouble switch
    {
        RouteTrouble.NoDefinition => "no row for",
        RouteTrouble.NotConfirmed => "not confirmed:",
        RouteTrouble.UndefinedHub => "undefined hub to",
        RouteTrouble.Circle => "a circle to",
        RouteTrouble.TooManyHops => "too far to",
        RouteTrouble.NoShadow => "no name of ours",
        _ => "no way to",
    };

    /// <summary>How Postern is known to the old post offices.</summary>
    public static string Shadows(IReadOnlyList<Site> sites) => sites switch
    {
        [] => "no site yet",
        [{ MsMailPostOffice.Length: > 0 } only] => $"{only.MsMailNetwork}/{only.MsMailPostOffice}",
        [{ CcMailPostOffice.Length: > 0 } only] => only.CcMailPostOffice,
        [var only] => only.Name,
        _ => $"{sites.Count} sites",
    };

    public static string AndMore(string first, int count) => count > 1 ? $"{first} +{count - 1}" : first;
}
