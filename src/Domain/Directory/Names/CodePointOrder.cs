namespace Postern.Domain.Directory.Names;

/// <summary>The order of texts that a database with the collation "C" gives too: by code point, whatever the machine's language.</summary>
public sealed class CodePointOrder : IComparer<string>
{
    public static readonly CodePointOrder Instance = new();

    private CodePointOrder()
    {
    }

    public int Compare(string? x, string? y) => Compare(x.AsSpan(), y.AsSpan());

    public static int Compare(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        var common = x.CommonPrefixLength(y);
        return common < x.Length && common < y.Length ? Place(x[common]) - Place(y[common]) : x.Length - y.Length;
    }

    // Characters beyond the first 65,536 are written in pairs from U+D800 on, and come after U+FFFF all the same.
    private static int Place(char c) => c >= '\ue000' ? c - 0x800 : c >= '\ud800' ? c + 0x2000 : c;
}
