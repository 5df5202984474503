using Postern.Domain.Addresses;

namespace Postern.Domain.Formats.CcMail;

/// <summary>
/// An address as it stands in a cc:Mail file, taken apart as far as the text tells. What it means (own directory, foreign alias,
/// gateway) is for the directory to say; the raw text is always kept.
/// </summary>
public sealed record CcMailAddressText
{
    private CcMailAddressText(string raw, string name, string postOffice)
    {
        Raw = raw;
        Name = name;
        PostOffice = postOffice;
    }

    /// <summary>The text as it stood in the file.</summary>
    public string Raw { get; }

    /// <summary>What stands before the last <c> at </c>; empty for the fault of Export 8.3 (Q249133).</summary>
    public string Name { get; }

    /// <summary>What stands after the last <c> at </c>; empty for a bare name, which the post office of the file resolves (Q241553).</summary>
    public string PostOffice { get; }

    /// <summary>The internet address inside the name, without brackets: <c>user@dom</c> of <c>"User" &lt;user@dom&gt; at PO</c> (Q184054).</summary>
    public string InternetAddress { get; private init; } = "";

    /// <summary>The words before an internet address, without quotes; empty when there is none.</summary>
    public string DisplayName { get; private init; } = "";

    public bool IsBoard => Name.StartsWith('#');

    public bool IsEmpty => Name.Length == 0;

    /// <summary>
    /// Reads <c>name at PO</c>, friendly internet forms, boards and bare names. The last separator counts, because foreign names hold
    /// one themselves (<c>a@b at Internet-Mail at lzz_LA</c>). Any text is taken.
    /// </summary>
    public static CcMailAddressText Parse(string text)
    {
        var trimmed = text.Trim();
        var (name, postOffice) = Split(text);
        var (internet, display) = FriendlyForm(name);
        return new CcMailAddressText(trimmed, name, postOffice) { InternetAddress = internet, DisplayName = display };
    }

    /// <summary>The address with the sender's post office where it names none of its own; false for an empty name.</summary>
    public bool TryAddress(string ownPostOffice, out CcMailAddress address, out string fault) =>
        CcMailAddress.TryCreate(Name, PostOffice.Length > 0 ? PostOffice : ownPostOffice, out address, out fault);

    /// <summary>
    /// With <c>/FORMAT/FAN</c> the post office may stand first, <c>PO fan</c>: the address read that way, for a directory to try when
    /// the ordinary reading is unknown there.
    /// </summary>
    public bool TryForeignAlias(out CcMailAddress address)
    {
        address = null!;
        var blank = Name.IndexOf(' ', StringComparison.Ordinal);
        return PostOffice.Length == 0 && blank > 0 && CcMailAddress.TryCreate(Name[(blank + 1)..], Name[..blank], out address, out _);
    }

    public override string ToString() => Raw;

    private static (string Name, string PostOffice) Split(string text)
    {
        var padded = text.StartsWith("at ", StringComparison.OrdinalIgnoreCase) ? " " + text : text;
        var at = padded.TrimEnd().LastIndexOf(CcMailAddress.Separator, StringComparison.OrdinalIgnoreCase);
        return at < 0
            ? (text.Trim(), "")
            : (padded[..at].Trim(), padded[(at + CcMailAddress.Separator.Length)..].Trim());
    }

    private static (string Internet, string Display) FriendlyForm(string name)
    {
        if (name is [.., '>'] && name.LastIndexOf('<') is >= 0 and var open)
        {
            var inside = name[(open + 1)..^1].Trim();
            return inside.Contains('@', StringComparison.Ordinal) ? (inside, Unquoted(name[..open])) : ("", "");
        }

        var start = LastWord(name);
        var word = name[start..];
        return SmtpAddress.TryParse(word, out _, out _) ? (word, Unquoted(name[..start])) : ("", "");
    }

    // The last word, where a quoted local part counts as part of it: "a b"@host.
    private static int LastWord(string name)
    {
        var isQuoted = false;
        var start = 0;
        for (var i = 0; i < name.Length; i++)
        {
            switch (name[i])
            {
                case '\\' when isQuoted:
                    i++;
                    break;
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case ' ' when !isQuoted:
                    start = i + 1;
                    break;
            }
        }

        return start;
    }

    private static string Unquoted(string display)
    {
        display = display.Trim();
        return display is ['"', .., '"'] ? display[1..^1] : display;
    }
}
