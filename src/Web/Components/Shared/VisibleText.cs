using System.Globalization;
using System.Text;

namespace Postern.Web.Components.Shared;

/// <summary>Text that came from a peer, made harmless to look at: control characters become marks, direction overrides are named, length is bounded.</summary>
public static class VisibleText
{
    /// <summary>Longest text that is shown in a list; a page that shows one thing passes its own limit.</summary>
    public const int ListLimit = 200;

    /// <summary>The text with nothing in it that acts on the screen instead of being seen.</summary>
    public static string Of(string? text, int limit = ListLimit)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var isLong = text.Length > limit;
        var taken = isLong ? Cut(text, limit) : text;
        if (!isLong && !taken.Any(IsHidden))
        {
            return taken;
        }

        var result = new StringBuilder(taken.Length + 8);
        foreach (var rune in taken.EnumerateRunes())
        {
            AppendMark(result, rune);
        }

        return isLong ? result.Append('…').ToString() : result.ToString();
    }

    private static string Cut(string text, int limit) =>
        // Never between the two halves of one character.
        char.IsHighSurrogate(text[limit - 1]) ? text[..(limit - 1)] : text[..limit];

    private static bool IsHidden(char c) => char.IsSurrogate(c) || IsHidden(CharUnicodeInfo.GetUnicodeCategory(c));

    private static bool IsHidden(UnicodeCategory category) =>
        category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static void AppendMark(StringBuilder result, Rune rune)
    {
        switch (rune.Value)
        {
            case '\r' or '\n' or '\t':
                result.Append(' ');
                break;
            case < ' ':
                result.Append((char)('\u2400' + rune.Value));
                break;
            case '\u007f':
                result.Append('\u2421');
                break;
            case '\u200d' or '\u200c':
                // Joiners belong to the words of Persian, Hindi and to emoji.
                result.Append((char)rune.Value);
                break;
            default:
                _ = IsHidden(Rune.GetUnicodeCategory(rune)) ? result.Append(CultureInfo.InvariantCulture, $"⟨U+{rune.Value:X4}⟩") : result.Append(rune.ToString());
                break;
        }
    }
}
