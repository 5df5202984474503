using System.Buffers;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>Reads and makes the encoded words by which a header carries characters beyond ASCII (RFC 2047).</summary>
public static class EncodedWords
{
    /// <summary>A word longer than this is no encoded word; it also keeps a hostile line linear. The RFC allows 75.</summary>
    private const int LongestRead = 4_000;

    private const int LongestWritten = 75;
    private const string Prefix = "=?utf-8?";

    /// <summary>Bytes that stand for themselves in a Q word wherever it may appear, display names included (RFC 2047, 5.3).</summary>
    private static readonly SearchValues<byte> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/"u8);

    /// <summary>Decodes each encoded word in the text. Neighbours of one set are joined before they are read, which mends words
    /// that were split inside a character; what is no valid word stays as it is.</summary>
    public static string Decode(string text)
    {
        var at = text.IndexOf("=?", StringComparison.Ordinal);
        if (at < 0)
        {
            return text;
        }

        var output = new StringBuilder(text.Length);
        var pending = new ArrayBufferWriter<byte>();
        string? charset = null;
        var plainFrom = 0;
        while (at >= 0)
        {
            if (!TryFind(text, at, out var word))
            {
                at = text.IndexOf("=?", at + 2, StringComparison.Ordinal);
                continue;
            }

            var between = text.AsSpan(plainFrom, at - plainFrom);
            if (charset is null || !between.IsWhiteSpace())
            {
                Flush(output, pending, charset);
                output.Append(between);
            }
            else if (!charset.Equals(word.Charset, StringComparison.OrdinalIgnoreCase))
            {
                Flush(output, pending, charset);
            }

            charset = word.Charset;
            word.Append(text, pending);
            plainFrom = word.End;
            at = text.IndexOf("=?", plainFrom, StringComparison.Ordinal);
        }

        Flush(output, pending, charset);
        return output.Append(text.AsSpan(plainFrom)).ToString();
    }

    /// <summary>Encodes all of the text as words of at most 75 characters, none of which splits a character.
    /// The shorter of Q and B is taken.</summary>
    public static IReadOnlyList<string> Encode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var quoted = 0;
        foreach (var b in bytes)
        {
            quoted += QWidth(b);
        }

        var isQ = quoted <= (bytes.Length + 2) / 3 * 4;
        var room = LongestWritten - Prefix.Length - 4;
        var words = new List<string>();
        var start = 0;
        var width = 0;
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.Utf8SequenceLength;
            var next = isQ ? width + QWidth(bytes.AsSpan(at, length)) : (at + length - start + 2) / 3 * 4;
            if (next > room)
            {
                words.Add(Word(bytes.AsSpan(start, at - start), isQ));
                start = at;
                next = isQ ? QWidth(bytes.AsSpan(at, length)) : 4;
            }

            width = next;
            at += length;
        }

        if (at > start)
        {
            words.Add(Word(bytes.AsSpan(start, at - start), isQ));
        }

        return words;
    }

    private static bool TryFind(string text, int at, out FoundWord word)
    {
        word = default;
        var window = text.AsSpan(at, Math.Min(text.Length - at, LongestRead));
        var first = window[2..].IndexOf('?') + 2;
        if (first < 3 || first + 2 >= window.Length || window[first + 2] != '?' || window[2..first].ContainsAny(" \t\""))
        {
            return false;
        }

        var kind = (char)(window[first + 1] | 0x20);
        var payload = first + 3;
        var end = window[payload..].IndexOf("?=", StringComparison.Ordinal);
        if (kind is not ('q' or 'b') || end < 0)
        {
            return false;
        }

        var label = window[2..first];
        var language = label.IndexOf('*');
        word = new FoundWord(
            (language < 0 ? label : label[..language]).ToString(), kind == 'q', at + payload, end, at + payload + end + 2);
        return true;
    }

    private static void Flush(StringBuilder output, ArrayBufferWriter<byte> pending, string? charset)
    {
        if (pending.WrittenCount > 0)
        {
            output.Append(Charsets.Decode(charset, pending.WrittenSpan, out _));
            pending.ResetWrittenCount();
        }
    }

    private static string Word(ReadOnlySpan<byte> bytes, bool isQ)
    {
        if (!isQ)
        {
            return $"{Prefix}B?{Convert.ToBase64String(bytes)}?=";
        }

        var word = new StringBuilder(LongestWritten).Append(Prefix).Append("Q?");
        foreach (var b in bytes)
        {
            _ = QWidth(b) == 3
                ? word.Append('=').Append(Convert.ToHexString([b]))
                : word.Append(b == ' ' ? '_' : (char)b);
        }

        return word.Append("?=").ToString();
    }

    private static int QWidth(byte value) => value == ' ' || Plain.Contains(value) ? 1 : 3;

    private static int QWidth(ReadOnlySpan<byte> bytes)
    {
        var width = 0;
        foreach (var b in bytes)
        {
            width += QWidth(b);
        }

        return width;
    }

    private readonly record struct FoundWord(string Charset, bool IsQ, int Start, int Length, int End)
    {
        public void Append(string text, ArrayBufferWriter<byte> output)
        {
            var bytes = Encoding.UTF8.GetBytes(text, Start, Length);
            if (IsQ)
            {
                AppendQ(bytes, output);
            }
            else
            {
                TransferCoding.Decode(TransferEncoding.Base64, new ReadOnlySequence<byte>(bytes), output);
            }
        }

        private static void AppendQ(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> output)
        {
            var target = output.GetSpan(Math.Max(1, bytes.Length));
            var length = 0;
            for (var i = 0; i < bytes.Length; i++)
            {
                var value = bytes[i];
                if (value == '=' && i + 2 < bytes.Length && Hex.TryRead(bytes[i + 1], bytes[i + 2], out var octet))
                {
                    value = octet;
                    i += 2;
                }
                else if (value == '_')
                {
                    value = (byte)' ';
                }

                target[length++] = value;
            }

            output.Advance(length);
        }
    }
}
