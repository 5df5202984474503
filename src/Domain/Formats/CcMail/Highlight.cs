using System.Buffers;

namespace Postern.Domain.Formats.CcMail;

/// <summary>
/// Colour marks in exported text: 0x1E or 0x1F and one attribute byte. Left in, they show as four stray characters (Q181130) or upset
/// the reader (Q280071).
/// </summary>
public static class Highlight
{
    private const byte Begin = 0x1E;
    private const byte End = 0x1F;

    public static bool IsPresent(ReadOnlySequence<byte> text) => text.PositionOf(Begin) is not null || text.PositionOf(End) is not null;

    /// <summary>The text without marks; a line end after a mark is kept, so that no two lines run together.</summary>
    public static byte[] Strip(ReadOnlySpan<byte> text)
    {
        var kept = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not (Begin or End))
            {
                kept[length++] = text[i];
            }
            else if (i + 1 < text.Length && text[i + 1] is not ((byte)'\r' or (byte)'\n' or Begin or End))
            {
                i++;
            }
        }

        return kept[..length];
    }
}
