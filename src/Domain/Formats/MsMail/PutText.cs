using System.Text;
using Postern.Domain.Conversion;

namespace Postern.Domain.Formats.MsMail;

/// <summary>A subject as it stands in the header, and whole where it had to be cut.</summary>
internal sealed record PutSubject(string Shown, string Whole)
{
    public bool IsCut => Whole.Length > 0;
}

/// <summary>Texts of a message for a put program: one line each for the header, lines of a bounded length for the body.</summary>
internal static class PutText
{
    private const string CarriageReturnCode = "^0D";

    public static string LineEndOf(MsMailProfile profile) => profile.LineEnd switch
    {
        LineEnd.CarriageReturn => "\r",
        LineEnd.LineFeed => "\n",
        _ => "\r\n",
    };

    /// <summary>A subject within the limit of a mailbag header (Q156844); never refused for its length (Q117581).</summary>
    public static PutSubject Subject(string subject, MsMailProfile profile, List<ConversionLoss> losses)
    {
        var line = Line("subject", subject, profile, losses);
        var shown = OemText.Cut(line, Math.Max(profile.SubjectLimit, 1), profile.TextEncoding).TrimEnd();
        if (shown.Length == line.Length)
        {
            return new PutSubject(line, "");
        }

        losses.Add(ConversionLoss.Of(LossKind.Shortened, "subject", line, shown));
        return new PutSubject(shown, line);
    }

    /// <summary>Names of eight and three characters, each once in its message; characters beyond ASCII stay where the code page has them (Q175958).</summary>
    public static List<string> Names(IReadOnlyList<PutAttachment> attachments, MsMailProfile profile, List<ConversionLoss> losses)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var names = new List<string>(attachments.Count);
        foreach (var attachment in attachments)
        {
            var name = ShortFileName.Shorten(OemText.Fit(attachment.Name, profile.CodePage, out _), profile.TextEncoding, taken);
            if (name != attachment.Name)
            {
                losses.Add(ConversionLoss.Of(LossKind.Shortened, "file name", attachment.Name, name));
            }

            names.Add(name);
        }

        return names;
    }

    /// <summary>The body: a subject that was cut, the text, names that were shortened; in lines that the programs do not break again.</summary>
    public static string Of(PutMessage message, PutSubject subject, List<string> names, MsMailProfile profile, List<ConversionLoss> losses)
    {
        var text = new StringBuilder(subject.IsCut ? $"Subject: {subject.Whole}\r\n\r\n" : "");
        text.Append(Fitted(message.Text, profile, losses));
        if (text.Length > 0 && text[^1] is not ('\n' or '\r'))
        {
            text.Append("\r\n");
        }

        var isFirst = true;
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] != message.Attachments[i].Name)
            {
                text.Append(isFirst ? "\r\n" : "").Append(names[i]).Append(" is ").Append(Line("file name", message.Attachments[i].Name, profile, [])).Append("\r\n");
                isFirst = false;
            }
        }

        var whole = text.Length > 0 ? text.ToString() : "\r\n";
        var broken = TextLines.Break(whole, profile.LineLimit, profile.TextEncoding);
        return profile.LineEnd is LineEnd.CarriageReturn or LineEnd.LineFeed
            ? broken.Replace("\r\n", LineEndOf(profile), StringComparison.Ordinal)
            : broken;
    }

    /// <summary>An address in one line. A carriage return inside it is written as its code, any other caret as a hyphen (Q94410).</summary>
    public static string Address(string what, string address, MsMailProfile profile, List<ConversionLoss> losses)
    {
        var coded = address.Trim().Replace("\r\n", "\r", StringComparison.Ordinal);
        var safe = profile.ReplacesCarets ? WithoutCarets(coded) : coded;
        if (safe != coded)
        {
            losses.Add(ConversionLoss.Of(LossKind.Replaced, what, coded, safe));
        }

        return Line(what, safe.Replace("\r", CarriageReturnCode, StringComparison.Ordinal), profile, losses);
    }

    /// <summary>One line of the post office's code page.</summary>
    public static string Line(string what, string text, MsMailProfile profile, List<ConversionLoss> losses) =>
        SingleLine.Of(what, text, profile.CodePage, losses);

    // A NUL ends a text for a program in C, an end-of-file mark for one of DOS: what stands behind them must arrive (Q181649)
    private static string Fitted(string text, MsMailProfile profile, List<ConversionLoss> losses)
    {
        if (text.Any(IsUnwanted))
        {
            losses.Add(ConversionLoss.Of(LossKind.Replaced, "text", $"{text.Count(IsUnwanted)} control characters", "blanks"));
            text = string.Concat(text.Select(c => IsUnwanted(c) ? ' ' : c));
        }

        var fitted = OemText.Fit(text, profile.CodePage, out var replaced);
        if (replaced.Length > 0)
        {
            losses.Add(ConversionLoss.Of(LossKind.Characters, "text", replaced, OemText.Fit(replaced, profile.CodePage, out _)));
        }

        return fitted;
    }

    private static string WithoutCarets(string address)
    {
        if (!address.Contains('^', StringComparison.Ordinal))
        {
            return address;
        }

        var result = new StringBuilder(address.Length);
        for (var i = 0; i < address.Length; i++)
        {
            var isCode = address[i] == '^' && address.AsSpan(i).StartsWith(CarriageReturnCode, StringComparison.OrdinalIgnoreCase);
            result.Append(address[i] == '^' && !isCode ? '-' : address[i]);
        }

        return result.ToString();
    }

    private static bool IsUnwanted(char c) => (c < ' ' && c is not ('\r' or '\n' or '\t' or '\f')) || c == '\u007F';
}
