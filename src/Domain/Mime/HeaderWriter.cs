using System.Buffers;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>Writes header fields: folded at 78, never over 998 characters, in encoded words where ASCII does not do. Whatever a
/// value holds, it cannot end its field: line ends and other control characters become blanks.</summary>
public sealed class HeaderWriter(IBufferWriter<byte> output)
{
    private const int FoldAt = 78;

    /// <summary>RFC 5322, 2.1.1 allows 998; the blank of the fold and the field name must fit too.</summary>
    private const int LongestToken = 900;

    private int column;
    private bool isFirst;

    /// <summary>A field of free text, such as Subject.</summary>
    public void Text(string name, string value)
    {
        var text = OneLine(value);
        Start(name);
        if (IsPlain(text))
        {
            Words(text);
        }
        else
        {
            foreach (var word in EncodedWords.Encode(text))
            {
                Token(word);
            }
        }

        End();
    }

    /// <summary>A field of addresses; nothing is written when there are none.</summary>
    public void Mailboxes(string name, IReadOnlyList<Mailbox> mailboxes)
    {
        if (mailboxes.Count == 0)
        {
            return;
        }

        Start(name);
        for (var i = 0; i < mailboxes.Count; i++)
        {
            string? held = null;
            foreach (var token in mailboxes[i].Tokens())
            {
                if (held is not null)
                {
                    Token(held);
                }

                held = token;
            }

            Token(i + 1 < mailboxes.Count ? held + "," : held!);
        }

        End();
    }

    public void Date(string name, DateTimeOffset date)
    {
        Start(name);
        Token(MessageDate.Format(date));
        End();
    }

    /// <summary>A field with a syntax of its own, such as Message-ID or References: words as they are, folded between them.</summary>
    public void Structured(string name, string value)
    {
        Start(name);
        Words(OneLine(value).Trim());
        End();
    }

    /// <summary>A main value and its parameters; values that are long or beyond ASCII are written by RFC 2231.</summary>
    public void Parameterised(string name, string value, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var tokens = new List<string> { OneLine(value) };
        foreach (var (key, text) in parameters)
        {
            tokens.AddRange(ParameterWriter.Tokens(key, OneLine(text)));
        }

        Start(name);
        for (var i = 0; i < tokens.Count; i++)
        {
            Token(i + 1 < tokens.Count ? tokens[i] + ";" : tokens[i]);
        }

        End();
    }

    /// <summary>The blank line that ends a header.</summary>
    public void EndHeader() => output.Write("\r\n"u8);

    internal static string OneLine(string value)
    {
        var text = value.Replace("\r\n", " ", StringComparison.Ordinal);
        return StorableText.Clean(text, text.Length);
    }

    private static bool IsPlain(string text)
    {
        if (!Ascii.IsValid(text) || text.Contains("=?", StringComparison.Ordinal)
            || text.StartsWith(' ') || text.EndsWith(' '))
        {
            return false;
        }

        var word = 0;
        var blanks = 0;
        foreach (var c in text)
        {
            blanks = c == ' ' ? blanks + 1 : 0;
            word = c == ' ' ? 0 : word + 1;
            if (word > LongestToken || blanks > 60)
            {
                return false;
            }
        }

        return true;
    }

    private void Start(string name)
    {
        if (name.Length is 0 or > 76 || name.AsSpan().ContainsAnyExceptInRange('!', '~') || name.Contains(':', StringComparison.Ordinal))
        {
            throw new ArgumentException("A field name holds printable ASCII without a colon.", nameof(name));
        }

        output.WriteAscii(name);
        output.WriteAscii(":");
        column = name.Length + 1;
        isFirst = true;
    }

    private void End() => output.Write("\r\n"u8);

    /// <summary>Writes words with the blanks between them kept; a fold stands before the blanks, so no line is blank.</summary>
    private void Words(string text)
    {
        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            at += CountBlanks(text, at);
            var blanks = isFirst ? 1 : at - start;
            var end = text.IndexOf(' ', at);
            end = end < 0 ? text.Length : end;
            Token(text[at..end], blanks);
            at = end;
        }
    }

    private static int CountBlanks(string text, int at)
    {
        var count = text.AsSpan(at).IndexOfAnyExcept(' ');
        return count < 0 ? text.Length - at : count;
    }

    private void Token(string token, int blanks = 1)
    {
        // Folding before a first word that is too long anyhow would gain nothing.
        if (column + blanks + token.Length > FoldAt && (!isFirst || token.Length + blanks <= FoldAt))
        {
            output.Write("\r\n"u8);
            column = 0;
        }

        isFirst = false;
        output.WriteAscii("".PadLeft(blanks));
        var rest = token.AsSpan();
        while (true)
        {
            var piece = rest[..Math.Min(rest.Length, LongestToken)];
            var bytes = Encoding.UTF8.GetBytes(piece.ToString());
            output.Write(bytes);
            column += blanks + bytes.Length;
            rest = rest[piece.Length..];
            if (rest.IsEmpty)
            {
                return;
            }

            output.Write("\r\n "u8);
            column = 0;
        }
    }
}
