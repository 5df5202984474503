namespace Postern.Lab.MsMail;

/// <summary>A file inside a message.</summary>
internal sealed record Enclosure(string Name, byte[] Data);

/// <summary>A message as a post office holds it: the text with CRLF at the end of its lines, the way it came.</summary>
internal sealed record Letter
{
    /// <summary>The type of an internet address.</summary>
    public const string Internet = "SMTP";

    /// <summary>As they stand behind TO:, with their type.</summary>
    public required List<string> To { get; init; }

    public required string From { get; init; }

    public required DateTime Date { get; init; }

    public string Subject { get; init; } = "";

    public string Priority { get; init; } = "";

    public byte[] Text { get; init; } = [];

    public List<Enclosure> Files { get; init; } = [];

    /// <summary>The post offices it came through, NETWORK/POSTOFFICE each.</summary>
    public List<string> Hops { get; init; } = [];

    public bool IsFromPostmaster => From.EndsWith("/POSTMASTER", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it goes out through the SMTP gateway.</summary>
    public static bool IsInternet(string address) => address.StartsWith(Internet + ":", StringComparison.OrdinalIgnoreCase);

    /// <summary>A recipient without its type.</summary>
    public static string Plain(string address) => address[(address.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
