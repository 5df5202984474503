namespace Postern.Lab.CcMail;

/// <summary>Addresses as they stand in address lines (formats 9).</summary>
internal static class AddressText
{
    private const string Separator = " at ";

    /// <summary>Splits at the last blank-at-blank; the name may hold that word itself (A1). No post office: an empty one.</summary>
    public static (string Name, string PostOffice) Split(string address)
    {
        var at = address.LastIndexOf(Separator, StringComparison.OrdinalIgnoreCase);
        return at < 0
            ? (address.Trim(), "")
            : (address[..at].Trim(), address[(at + Separator.Length)..].Trim());
    }

    public static string Join(string name, string postOffice) => name + Separator + postOffice;

    /// <summary>cc:Mail compares names without case (D15).</summary>
    public static bool AreSame(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    /// <summary>"First Last" is the same person as "Last, First"; a name with a comma or one word has no other form.</summary>
    public static string? OtherForm(string name)
    {
        var blank = name.LastIndexOf(' ');
        return blank < 0 || name.Contains(',', StringComparison.Ordinal) || name.Contains('@', StringComparison.Ordinal)
            ? null
            : $"{name[(blank + 1)..]}, {name[..blank]}";
    }
}
