namespace Postern.Domain.Tests.Addresses;

/// <summary>Texts made of what trips parsers: separators, quotes, widths, odd letters, halves of surrogate pairs.</summary>
internal sealed class StrangeText
{
    private static readonly string[] Pieces =
    [
        "a", "Z", "Doe", "Jane", "SALES", "at", " at ", " AT ", "AT ", " ", "  ", "\u00a0", "\u3000", "\t", ",", ", ", ".", "..", "@", "\"", "\\", "<", ">", "[", "]",
        "(", ")", ":", ";", "/", "#", "+", "+2C", "+ 5", "=", "_", "-", "%", "*", "?", "ß", "ẞ", "İ", "ı", "i\u0307", "é", "e\u0301", "Ａ", "ａ", "，", "ｶ", "ｶﾞ",
        "カ", "ガ", "ﬁ", "日本", "ü", "xn--bcher-kva", "\0", "\r\n", "\u2028", "\ud83d\ude00", "\ud83d", "\ude00", "\ufeff", "example", "1.2.3.4", "IPv6:::1",
        "SMTP:", "CCMAIL:", "MS:", "IMCEACCMAIL-", "IMCEAMS-",
    ];

    private readonly Random random;

    public StrangeText()
    {
        Seed = Environment.TickCount;
        random = new Random(Seed);
    }

    /// <summary>Printed by every failing test.</summary>
    public int Seed { get; }

    public string Next(int most) => string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    /// <summary>The text with one to three characters replaced, removed or doubled.</summary>
    public string Damage(string text)
    {
        for (var hits = random.Next(1, 4); hits > 0 && text.Length > 0; hits--)
        {
            var at = random.Next(text.Length);
            text = random.Next(3) switch
            {
                0 => text.Remove(at, 1),
                1 => text.Insert(at, Pieces[random.Next(Pieces.Length)]),
                _ => text.Insert(at, text[at].ToString()),
            };
        }

        return text;
    }
}
