namespace Postern.Domain.Addresses;

/// <summary>A mailbox of Microsoft Mail for PC Networks, <c>NETWORK/POSTOFFICE/MAILBOX</c>; ten characters each.</summary>
public sealed record MsMailAddress : MailAddress
{
    public const string TypeName = "MS";

    private const int LongestPart = 10;

    private MsMailAddress(string network, string postOffice, string mailbox)
    {
        Network = network;
        PostOffice = postOffice;
        Mailbox = mailbox;
    }

    public string Network { get; }

    public string PostOffice { get; }

    public string Mailbox { get; }

    public override string Type => TypeName;

    public override string Text => string.Concat([Network, "/", PostOffice, "/", Mailbox]);

    public bool Equals(MsMailAddress? other) => other is not null && other.Key == Key;

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    // No fold reaches across a slash: the parts have no blanks at their ends.
    private protected override string MakeKey() => string.Concat($"{TypeName}:", NameKey.Fold(Text));

    private protected override string MakeHomeKey() => string.Concat($"{TypeName}:", NameKey.Fold(Network), "/", NameKey.Fold(PostOffice));

    /// <summary>Reads <c>NETWORK/POSTOFFICE/MAILBOX</c>; whole parts, each 1 to 10 characters.</summary>
    public static bool TryParse(string text, out MsMailAddress address, out string fault)
    {
        address = new MsMailAddress("", "", "");
        var parts = text.Split('/');
        if (parts.Length != 3)
        {
            fault = "A Microsoft Mail address is NETWORK/POSTOFFICE/MAILBOX.";
            return false;
        }

        foreach (var part in parts)
        {
            if (part.Trim().Length is 0 or > LongestPart || !IsUsable(part))
            {
                fault = $"“{part}” must have 1 to {LongestPart} characters that can be written.";
                return false;
            }
        }

        fault = "";
        address = new MsMailAddress(parts[0].Trim(), parts[1].Trim(), parts[2].Trim());
        return true;
    }
}
