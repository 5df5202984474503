using System.Text;

namespace Postern.Infrastructure.Queue;

/// <summary>Makes text from outside fit for a column: PostgreSQL takes no U+0000 and no lone surrogate, and lists want bounds.</summary>
public static class Storable
{
    public const int ReplyLimit = 2000;
    public const int SubjectLimit = 500;

    /// <summary>The text with what cannot be stored replaced, cut at <paramref name="limit"/> characters.</summary>
    public static string Text(string text, int limit = ReplyLimit)
    {
        var isClean = text.Length <= limit;
        for (var i = 0; isClean && i < text.Length; i++)
        {
            isClean = text[i] != '\0' && !char.IsSurrogate(text[i]);
        }

        return isClean ? text : Clean(text, limit);
    }

    private static string Clean(string text, int limit)
    {
        var clean = new StringBuilder(Math.Min(text.Length, limit));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > limit)
            {
                break;
            }

            clean.Append(rune.Value == 0 ? "\u2400" : rune.ToString());
        }

        return clean.ToString();
    }
}
