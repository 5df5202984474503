using System.Text.RegularExpressions;

namespace Postern.Domain.Formats.MsMail;

/// <summary>
/// The header that a Windows client puts on top of a text and hides from its own user: <c>Microsoft Mail v3.0 IPM.Microsoft Mail.Note</c>, labels
/// in the client's language, a line of dashes (Q119356).
/// </summary>
public static partial class ClientHeader
{
    private const int LineLimit = 30;

    /// <summary>Takes the header off a text; false when it has none. Without a line of dashes it ends at the first blank line.</summary>
    /// <param name="messageClass">Such as <c>IPM.Microsoft Mail.Note</c>.</param>
    /// <param name="rest">The text behind the header.</param>
    public static bool TryTake(string text, out string messageClass, out string rest)
    {
        messageClass = "";
        rest = text;
        var found = FirstLine().Match(text);
        if (!found.Success)
        {
            return false;
        }

        messageClass = found.Groups[1].Value.Trim();
        var blank = -1;
        var at = 0;
        for (var line = 0; line <= LineLimit && at < text.Length; line++)
        {
            var end = text.IndexOfAny(['\r', '\n'], at);
            end = end < 0 ? text.Length : end;
            var next = end + 1 < text.Length && text[end] == '\r' && text[end + 1] == '\n' ? end + 2 : Math.Min(end + 1, text.Length);
            if (MailFailureText.IsRule(text[at..end]))
            {
                rest = text[next..];
                return true;
            }

            blank = blank < 0 && text.AsSpan(at, end - at).Trim().IsEmpty ? next : blank;
            at = next;
        }

        rest = blank >= 0 ? text[blank..] : text;
        return blank >= 0;
    }

    [GeneratedRegex(@"\AMicrosoft Mail v[0-9]\.[0-9] (IPM\.[^\r\n]{0,200})", RegexOptions.CultureInvariant)]
    private static partial Regex FirstLine();
}
