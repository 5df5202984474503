using System.Text;

namespace Postern.Domain.Mime;

/// <summary>Makes text from outside fit for a table, a log line and a screen: bounded, without U+0000 or other control
/// characters, and without half surrogates, any of which would fail a whole batch of rows.</summary>
public static class StorableText
{
    /// <summary>Control characters become blanks, half surrogates U+FFFD; no character is split by the bound.</summary>
    public static string Clean(string text, int maximumLength)
    {
        if (text.Length <= maximumLength && IsClean(text))
        {
            return text;
        }

        var output = new StringBuilder(Math.Min(text.Length, maximumLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (output.Length + rune.Utf16SequenceLength > maximumLength)
            {
                break;
            }

            output.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }

        return output.ToString();
    }

    private static bool IsClean(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c) || char.IsSurrogate(c))
            {
                return false;
            }
        }

        return true;
    }
}
