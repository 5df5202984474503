using System.Buffers;
using System.Text;

namespace Postern.Domain.Formats.CcMail;

/// <summary>
/// Text in a post office's code page. Characters without an exact place are never mapped to look-alikes behind one's back (Q174725):
/// they are spelled out by <see cref="Transliteration"/> or become <c>?</c>, and each is named to the caller.
/// </summary>
public static class OemText
{
    /// <summary>An encoding that replaces what it cannot hold by <c>?</c> and what it cannot read by U+FFFD.</summary>
    public static Encoding Page(int codePage)
    {
        if (codePage is 65001)
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        }

        return CodePagesEncodingProvider.Instance.GetEncoding(
            codePage, new EncoderReplacementFallback("?"), new DecoderReplacementFallback("\uFFFD"))
            ?? Encoding.GetEncoding(codePage, new EncoderReplacementFallback("?"), new DecoderReplacementFallback("\uFFFD"));
    }

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

    public static string Decode(ReadOnlySequence<byte> bytes, CcMailProfile profile)
    {
        if (profile.StripsHighlight && Highlight.IsPresent(bytes))
        {
            return profile.TextEncoding.GetString(Highlight.Strip(bytes.ToArray()));
        }

        return profile.TextEncoding.GetString(bytes);
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

        var strict = Strict(codePage);
        var composed = text.IsNormalized(NormalizationForm.FormC) ? text : ComposeSafely(text);
        if (CanHold(strict, composed))
        {
            return composed;
        }

        var result = new StringBuilder(composed.Length + 16);
        var lost = new StringBuilder();
        foreach (var rune in composed.EnumerateRunes())
        {
            var character = rune.ToString();
            if (CanHold(strict, character))
            {
                result.Append(character);
                continue;
            }

            var spelled = Transliteration.Of(rune);
            result.Append(spelled is not null && CanHold(strict, spelled) ? spelled : "?");
            if (!lost.ToString().Contains(character, StringComparison.Ordinal) && lost.Length < 200)
            {
                lost.Append(character);
            }
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

    private static Encoding Strict(int codePage) => codePage is 65001
        ? new UTF8Encoding(false, true)
        : CodePagesEncodingProvider.Instance.GetEncoding(codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
            ?? Encoding.GetEncoding(codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    private static bool CanHold(Encoding strict, string text)
    {
        try
        {
            return strict.GetByteCount(text) >= 0 && strict.GetString(strict.GetBytes(text)) == text;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    private static string ComposeSafely(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormC);
        }
        catch (ArgumentException)
        {
            return text;
        }
    }
}
