namespace Postern.Lab.MsMail;

/// <summary>NETWORK/POSTOFFICE/MAILBOX, ten letters each; compared without case, whole part by whole part.</summary>
internal sealed record Address(string Network, string PostOffice, string Mailbox)
{
    private const int LongestPart = 10;

    /// <summary>Where it lives.</summary>
    public string Place => $"{Network}/{PostOffice}";

    /// <summary>Null for what is no native address.</summary>
    public static Address? Parse(string text)
    {
        var parts = text.Trim().Split('/');
        return parts.Length == 3 && parts.All(part => part.Length is > 0 and <= LongestPart) ? new Address(parts[0], parts[1], parts[2]) : null;
    }

    public static bool AreSame(string one, string other) => one.Trim().Equals(other.Trim(), StringComparison.OrdinalIgnoreCase);

    public override string ToString() => $"{Network}/{PostOffice}/{Mailbox}";
}
