using System.Globalization;
using System.Text;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>Turns bytes a peer sent as words into text that is safe in a log, a column and a report (promise P8).</summary>
internal static class PeerText
{
    /// <summary>The text with controls made visible, at most <paramref name="limit"/> characters; bytes that are not UTF-8 become U+FFFD.</summary>
    public static string Visible(ReadOnlySpan<byte> bytes, int limit)
    {
        if (bytes.Length > limit)
        {
            // One character takes at most four bytes; what lies behind is never shown.
            bytes = bytes[..Math.Min(bytes.Length, limit * 4)];
        }

        if (bytes.Length <= limit && !bytes.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            return Encoding.ASCII.GetString(bytes);
        }

        var visible = new StringBuilder(Math.Min(bytes.Length, limit));
        while (bytes.Length > 0)
        {
            Rune.DecodeFromUtf8(bytes, out var rune, out var used);
            bytes = bytes[used..];
            rune = Shown(rune);
            if (visible.Length + rune.Utf16SequenceLength > limit)
            {
                break;
            }

            visible.Append(rune.ToString());
        }

        return visible.ToString();
    }

    // Pictures of the C0 controls stand at U+2400; direction marks and the like (Cf) could turn a line of a log around.
    private static Rune Shown(Rune rune) => rune.Value switch
    {
        '\t' => (Rune)' ',
        < ' ' => new Rune(0x2400 + rune.Value),
        0x7F => new Rune(0x2421),
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            ? Rune.ReplacementChar
            : rune,
    };
}
