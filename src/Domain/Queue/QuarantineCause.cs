using System.Text.RegularExpressions;

namespace Postern.Domain.Queue;

/// <summary>What an error says once everything that differs from mail to mail is taken out of it: the same fault is the same text.</summary>
/// <remarks>
/// Quoted words, addresses of all three systems, file names, paths, ids and numbers go. Result codes of programs and status codes stay, for they are
/// the fault itself: IMPORT's code 1 and its code 4 are two causes. Applied twice it changes nothing more.
/// </remarks>
public static partial class QuarantineCause
{
    /// <summary>A cause is no longer than this.</summary>
    public const int LongestCause = 200;

    /// <summary>The cause of what has no reason.</summary>
    public const string Unknown = "No reason was noted.";

    private const int LongestReason = 2_000;
    private const int MostRounds = 20;

    /// <summary>The cause behind a reason.</summary>
    public static string Of(string reason)
    {
        var text = reason.Length > LongestReason ? reason[..LongestReason] : reason;
        for (var round = 0; round < MostRounds && Once(text) is var next && next != text; round++)
        {
            text = next;
        }

        return text.Length == 0 ? Unknown : text;
    }

    // What one step leaves, or what a cut makes, may be an id for the next: so until nothing changes any more.
    private static string Once(string reason)
    {
        var text = Blanks().Replace(reason, " ").Trim();
        text = Quoted().Replace(text, "“…”");
        text = TypedAddress().Replace(text, "…");
        text = InternetAddress().Replace(text, "…");
        text = Place().Replace(text, "…");
        text = FileName().Replace(text, "…");
        text = Uuid().Replace(text, "#");
        text = Id().Replace(text, "#");
        text = Number().Replace(text, match => match.Groups["kept"].Success ? match.Value : "#");
        return text.Length > LongestCause ? Cut(text) : text;
    }

    // Never between the two halves of one character, nor behind a blank that another cut would take away.
    private static string Cut(string text) =>
        text[..(char.IsHighSurrogate(text[LongestCause - 1]) ? LongestCause - 1 : LongestCause)].TrimEnd();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Blanks();

    [GeneratedRegex("“[^”]*”|\"[^\"]*\"", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    // CCMAIL:Last, First at POSTOFFICE; MS:NETWORK/POSTOFFICE/MAILBOX
    [GeneratedRegex(@"\bCCMAIL:[^:;“”]{1,126}? at [^\s:;,.“”]+|\bMS:[^\s:;,“”]+", RegexOptions.CultureInvariant)]
    private static partial Regex TypedAddress();

    [GeneratedRegex(@"[^\s<>@“”]+@[\w.-]*\w", RegexOptions.CultureInvariant)]
    private static partial Regex InternetAddress();

    // Below a root or a drive, or a file in a named folder.
    [GeneratedRegex(@"(?<![\w…])(?:/[\w~.-]+){2,}|\b[A-Za-z]:\\[^\s“”]+|\b\w+/[\w~-]+\.\w+", RegexOptions.CultureInvariant)]
    private static partial Regex Place();

    // A program is not data: its name is part of the fault.
    [GeneratedRegex(@"\b[\w~$-]+\.(?!(?i:exe|com|bat)\b)[A-Za-z][A-Za-z0-9]{0,3}\b(?![.\w])", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    [GeneratedRegex(@"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Uuid();

    // Numbers in base 36 or 16, as files and runs are named.
    [GeneratedRegex(@"\b(?=[A-Z]*[0-9])[0-9A-Z]{6,40}\b|\b(?=[a-f]*[0-9])[0-9a-f]{8,64}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Id();

    [GeneratedRegex(@"(?<kept>\bcode [0-9]{1,5}\b|(?<![\w.])[245]\.[0-9]{1,3}\.[0-9]{1,3}\b(?!\.[0-9]))|[0-9]+(?:[.,:][0-9]+)*", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
