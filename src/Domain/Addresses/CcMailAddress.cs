namespace Postern.Domain.Addresses;

/// <summary>A name at a cc:Mail post office, <c>Doe, Jane at SALES</c>; a bulletin board is <c>#Title at SALES</c>.</summary>
public sealed record CcMailAddress : MailAddress
{
    public const string TypeName = "CCMAIL";

    /// <summary>Between name and post office; blanks on both sides belong to it (Q184994).</summary>
    public const string Separator = " at ";

    private const int LongestName = 500;
    private const int LongestPostOffice = 256; // Exchange 5.5 books, Post Office page

    private CcMailAddress(string name, string postOffice)
    {
        Name = name;
        PostOffice = postOffice;
    }

    /// <summary>The directory name, normally <c>Last, First</c>; a foreign address where the post office is a gateway.</summary>
    public string Name { get; }

    /// <summary>The post office or site name; cc:Mail compares it without case.</summary>
    public string PostOffice { get; }

    public override string Type => TypeName;

    public override string Text => $"{Name}{Separator}{PostOffice}";

    public bool Equals(CcMailAddress? other) => other is not null && other.Key == Key;

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    // First Last and Last, First are one person for cc:Mail; case never counts (Q237588).
    private protected override string MakeKey() => string.Concat($"{TypeName}:", InDirectoryOrder(NameKey.Fold(Name)), " AT ", NameKey.Fold(PostOffice));

    private protected override string MakeHomeKey() => string.Concat($"{TypeName}:", NameKey.Fold(PostOffice));

    public static bool TryCreate(string name, string postOffice, out CcMailAddress address, out string fault)
    {
        address = new CcMailAddress("", "");
        name = name.Trim();
        postOffice = postOffice.Trim();
        fault = (name, postOffice) switch
        {
            ({ Length: 0 or > LongestName }, _) => $"A cc:Mail name must have 1 to {LongestName} characters.",
            (_, { Length: 0 or > LongestPostOffice }) => $"A cc:Mail post office name must have 1 to {LongestPostOffice} characters.",
            _ when !IsUsable(name) || !IsUsable(postOffice) => "A cc:Mail address cannot hold a control character.",
            _ when HoldsSeparator(postOffice) => "A cc:Mail post office name cannot hold the word “at” that separates it from the name.",
            _ => "",
        };
        if (fault.Length > 0)
        {
            return false;
        }

        address = new CcMailAddress(name, postOffice);
        return true;
    }

    /// <summary>Reads <c>name at postoffice</c>; the last separator counts, because foreign names may hold one themselves.</summary>
    public static bool TryParse(string text, out CcMailAddress address, out string fault)
    {
        var at = text.LastIndexOf(Separator, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            address = new CcMailAddress("", "");
            fault = "A cc:Mail address is a name, the word “at” between blanks, and a post office.";
            return false;
        }

        return TryCreate(text[..at], text[(at + Separator.Length)..], out address, out fault);
    }

    // Read back, the text would be cut at that word.
    private static bool HoldsSeparator(string postOffice) => $" {NameKey.Fold(postOffice)}".Contains(" AT ", StringComparison.Ordinal);

    // A name with an @, a board or a quoted text is not a person's name and keeps its order.
    internal static string InDirectoryOrder(string name)
    {
        if (name.Contains(',', StringComparison.Ordinal) || name.Contains('@', StringComparison.Ordinal) || name is ['#' or '"', ..])
        {
            return name;
        }

        var blank = name.LastIndexOf(' ');
        return blank <= 0 ? name : string.Concat(name.AsSpan(blank + 1), ", ", name.AsSpan(0, blank).TrimEnd());
    }
}
