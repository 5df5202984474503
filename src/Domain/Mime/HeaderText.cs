using System.Buffers;

namespace Postern.Domain.Mime;

/// <summary>Turns the raw value of a field into text: unfolded, 8-bit bytes read (UTF-8 when valid, else windows-1252), encoded words decoded.</summary>
public static class HeaderText
{
    /// <summary>The text a person should see: encoded words decoded, control characters as blanks.</summary>
    public static string Decode(ReadOnlySpan<byte> value)
    {
        var text = EncodedWords.Decode(Unfold(value));
        return StorableText.Clean(text, text.Length);
    }

    /// <summary>The value on one line, encoded words left alone; for values with a syntax of their own.</summary>
    public static string Unfold(ReadOnlySpan<byte> value)
    {
        value = value.Trim(" \t\r\n"u8);
        if (!value.ContainsAny((byte)'\r', (byte)'\n'))
        {
            return Charsets.DecodeUnlabelled(value);
        }

        var rented = ArrayPool<byte>.Shared.Rent(value.Length);
        var length = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '\n' || (value[i] == '\r' && i + 1 < value.Length && value[i + 1] == '\n'))
            {
                continue;
            }

            rented[length++] = value[i] == '\r' ? (byte)' ' : value[i];
        }

        var text = Charsets.DecodeUnlabelled(rented.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(rented);
        return text;
    }

    internal static string Decode(in ReadOnlySequence<byte> value) =>
        value.IsSingleSegment ? Decode(value.FirstSpan) : Decode(value.ToArray());

    internal static string Unfold(in ReadOnlySequence<byte> value) =>
        value.IsSingleSegment ? Unfold(value.FirstSpan) : Unfold(value.ToArray());
}
