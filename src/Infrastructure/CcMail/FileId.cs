namespace Postern.Infrastructure.CcMail;

/// <summary>A number as an 8.3 file name: base 36 in eight places, so that the order of names is the order of numbers.</summary>
internal static class FileId
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const int Places = 8;

    /// <summary>36 to the 8th is 2.8 million million; a number beyond it takes more places rather than another's name.</summary>
    public static string From(long number)
    {
        Span<char> text = stackalloc char[16];
        var at = text.Length;
        do
        {
            text[--at] = Digits[(int)(number % 36)];
            number /= 36;
        }
        while (number > 0 || text.Length - at < Places);

        return new string(text[at..]);
    }

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

        return true;
    }
}
