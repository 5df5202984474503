namespace Postern.Infrastructure.Connectors;

/// <summary>
/// A number as an 8.3 file name in base 36, so that the order of names is the order of numbers. The first place tells the parts of a
/// message that travels in several.
/// </summary>
internal static class FileId
{
    public const int MostParts = 36;

    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const int Places = 8;

    /// <summary>36 to the 7th: how many numbers have names of their own for every part.</summary>
    private const long Numbers = 78_364_164_096;

    public static string From(long number, int part = 0)
    {
        Span<char> text = stackalloc char[16];
        var at = text.Length;
        number = Key(number, part);
        do
        {
            text[--at] = Digits[(int)(number % 36)];
            number /= 36;
        }
        while (number > 0 || text.Length - at < Places);

        return new string(text[at..]);
    }

    /// <summary>One number for a number and its part.</summary>
    public static long Key(long number, int part) => number + (part * Numbers);

    /// <summary>The number of a name made by <see cref="From"/>; false for any other name.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out long number)
    {
        number = 0;
        if (name.Length is < Places or > 12)
        {
            return false;
        }

        foreach (var c in name)
        {
            var digit = Digits.IndexOf(char.ToUpperInvariant(c), StringComparison.Ordinal);
            if (digit < 0)
            {
                return false;
            }

            number = (number * 36) + digit;
        }

        number = name.Length == Places ? number % Numbers : number;
        return true;
    }
}
