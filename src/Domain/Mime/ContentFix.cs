namespace Postern.Domain.Mime;

/// <summary>Which attachments are taken out of a message.</summary>
public enum StrippedFiles
{
    None,

    /// <summary>Those whose data cannot be had as it was sent.</summary>
    Damaged,

    /// <summary>Every one.</summary>
    All,

    /// <summary>Those of one name.</summary>
    Named,
}

/// <summary>A field of the header that is replaced, added or taken out.</summary>
/// <param name="Value">Null takes every field of the name out.</param>
public sealed record HeaderChange(string Name, string? Value);

/// <summary>What a person wants to be changed in a message so that it can be delivered.</summary>
public sealed record ContentFix
{
    public static readonly ContentFix Nothing = new();

    public StrippedFiles Strip { get; init; }

    /// <summary>With <see cref="StrippedFiles.Named"/>: the name, without regard to case.</summary>
    public string StripName { get; init; } = "";

    /// <summary>Fields to change; a field is named once.</summary>
    public IReadOnlyList<HeaderChange> Headers { get; init; } = [];

    /// <summary>The code page its text is really written in; null leaves what the message says.</summary>
    public int? CodePage { get; init; }

    public bool IsNothing => Strip == StrippedFiles.None && Headers.Count == 0 && CodePage is null;

    /// <summary>Why this can be done to no message at all; null when it can.</summary>
    public string? Fault()
    {
        foreach (var change in Headers)
        {
            if (change.Name.Length is 0 or > 76 || change.Name.AsSpan().ContainsAnyExceptInRange('!', '~') || change.Name.Contains(':', StringComparison.Ordinal))
            {
                return $"“{change.Name}” is no name of a header field: it holds printable ASCII without blanks and colons.";
            }

            if (change.Name.Equals("Received", StringComparison.OrdinalIgnoreCase))
            {
                return "The fields Received stay as they are: they keep mail from going in circles.";
            }
        }

        if (Headers.Select(change => change.Name.ToUpperInvariant()).Distinct().Count() < Headers.Count)
        {
            return "A field is named twice.";
        }

        return CodePage is { } page && Charsets.Find(CharsetName(page)) is null ? $"The code page {page} is not known." : null;
    }

    internal static string CharsetName(int page) => page switch
    {
        65001 => "utf-8",
        >= 1250 and <= 1258 => $"windows-{page}",
        >= 28592 and <= 28605 => $"iso-8859-{page - 28590}",
        28591 => "iso-8859-1",
        932 => "shift_jis",
        936 => "gb2312",
        949 => "euc-kr",
        950 => "big5",
        _ => $"ibm{page}",
    };
}

/// <summary>One thing that a fix changed (promise P7).</summary>
public sealed record FixNote(string What, string Before, string After);
