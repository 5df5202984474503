using System.Collections.Concurrent;
using System.Text;

namespace Postern.Domain.Formats;

/// <summary>
/// Text in a post office's code page. Characters without an exact place are never mapped to look-alikes behind one's back (Q174725):
/// they are spelled out by <see cref="Transliteration"/> or become <c>?</c>, and each is named to the caller.
/// </summary>
public static class OemText
{
    private const int Utf8 = 65001;

    private static readonly ConcurrentDictionary<int, Encoding> Pages = new();

    /// <summary>An encoding that replaces what it cannot hold by <c>?</c> and what it cannot read by U+FFFD.</summary>
    /// <exception cref="NotSupportedException">The machine does not know the code page; <see cref="IsKnown"/> tells beforehand.</exception>
    public static Encoding Page(int codePage) => Pages.GetOrAdd(codePage, page => page == Utf8
        ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)
        : CodePagesEncodingProvider.Instance.GetEncoding(page, new EncoderReplacementFallback("?"), new DecoderReplacementFallback("\uFFFD"))
            ?? Encoding.GetEncoding(page, new EncoderReplacementFallback("?"), new DecoderReplacementFallback("\uFFFD")));

    /// <summary>Whether the machine knows a code page; a profile with another one is refused where it is edited.</summary>
    public static bool IsKnown(int codePage)
    {
        try
        {
            return codePage > 0 && Page(codePage) is not null;
        }
        catch (Exception e) when (e is NotSupportedException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>
    /// Rewrites text so that the code page holds every character of it exactly: composed, spelled out or <c>?</c>.
    /// <paramref name="replaced"/> lists each character that was changed, once, in order of appearance.
    /// </summary>
    public static string Fit(string text, int codePage, out string replaced)
    {
        replaced = "";
        if (IsAscii(text))
        {
            return text;
        }

        var page = Page(codePage);
        var composed = Composition.Compose(text);
        if (CanHold(page, composed))
        {
            return composed;
        }

        var known = new Dictionary<Rune, string>();
        var lost = new StringBuilder();
        var result = new StringBuilder(composed.Length + 16);
        foreach (var rune in composed.EnumerateRunes())
        {
            if (!known.TryGetValue(rune, out var fitted))
            {
                var character = rune.ToString();
                fitted = CanHold(page, character) ? character : Spelled(page, rune);
                known.Add(rune, fitted);
                lost.Append(fitted == character || lost.Length > 200 ? "" : character);
            }

            result.Append(fitted);
        }

        replaced = lost.ToString();
        return result.ToString();
    }

    /// <summary>Cuts text to so many encoded bytes, never inside a character (Q228534).</summary>
    public static string Cut(string text, int byteLimit, Encoding page)
    {
        if (page.GetByteCount(text) <= byteLimit)
        {
            return text;
        }

        var used = 0;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            used += page.GetByteCount(rune.ToString());
            if (used > byteLimit)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    private static bool IsAscii(string text) => Ascii.IsValid(text);

    private static string Spelled(Encoding page, Rune rune) =>
        Transliteration.Of(rune) is { } spelling && CanHold(page, spelling) ? spelling : "?";

    private static bool CanHold(Encoding page, string text) => page.GetString(page.GetBytes(text)) == text;
}
