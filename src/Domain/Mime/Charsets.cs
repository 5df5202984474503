using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Postern.Domain.Mime;

/// <summary>Finds the character set that a MIME label means and reads bytes with it. Labels are mapped by a fixed table, so a
/// hostile one costs nothing; an unknown one is read as windows-1252 with a fault.</summary>
public static class Charsets
{
    private const int Utf8 = 65001;
    private const int Windows1252 = 1252;

    private static readonly ConcurrentDictionary<int, Encoding> Opened = new();

    private static readonly FrozenDictionary<string, int> Labels = new Dictionary<string, int>
    {
        ["utf-8"] = Utf8,
        ["utf8"] = Utf8,
        ["unicode-1-1-utf-8"] = Utf8,
        ["utf-16"] = 1201,
        ["utf-16be"] = 1201,
        ["utf-16le"] = 1200,
        ["utf-32"] = 12001,
        ["utf-32be"] = 12001,
        ["utf-32le"] = 12000,
        ["latin1"] = Windows1252,
        ["l1"] = Windows1252,
        ["latin2"] = 28592,
        ["latin-9"] = 28605,
        ["latin9"] = 28605,
        ["iso-8859-8-i"] = 28598,
        ["koi8-r"] = 20866,
        ["koi8r"] = 20866,
        ["koi8-u"] = 21866,
        ["koi8-ru"] = 21866,
        ["shift_jis"] = 932,
        ["shift-jis"] = 932,
        ["sjis"] = 932,
        ["x-sjis"] = 932,
        ["ms_kanji"] = 932,
        ["windows-31j"] = 932,
        ["euc-jp"] = 51932,
        ["x-euc-jp"] = 51932,
        ["iso-2022-jp"] = 50220,
        ["csiso2022jp"] = 50220,
        ["gb2312"] = 54936,
        ["gb_2312-80"] = 54936,
        ["x-gbk"] = 54936,
        ["gbk"] = 54936,
        ["gb18030"] = 54936,
        ["euc-cn"] = 54936,
        ["hz-gb-2312"] = 52936,
        ["big5"] = 950,
        ["big5-hkscs"] = 950,
        ["x-x-big5"] = 950,
        ["euc-kr"] = 949,
        ["ks_c_5601-1987"] = 949,
        ["ks_c_5601"] = 949,
        ["korean"] = 949,
        ["iso-2022-kr"] = 50225,
        ["tis-620"] = 874,
        ["macintosh"] = 10000,
        ["mac"] = 10000,
        ["x-mac-roman"] = 10000,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<int> CodePages = new[]
    {
        437, 720, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869, 874, 932, 936, 949, 950,
        1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258,
    }.ToFrozenSet();

    /// <summary>The set for bytes of a code page of DOS, Windows or EBCDIC-free ISO origin; null when it is not supported.</summary>
    public static Encoding? Find(string? label)
    {
        if (string.IsNullOrWhiteSpace(label) || label.Length > 64)
        {
            return null;
        }

        var name = label.Trim(' ', '\t', '"', '\'');
        if (Labels.TryGetValue(name, out var page))
        {
            return Open(page);
        }

        page = IsAscii(name) ? Windows1252 : PageOf(name);
        return page == 0 ? null : Open(page);
    }

    /// <summary>Reads bytes in the named set. No name, or us-ascii, means UTF-8 when the bytes are valid UTF-8, else windows-1252.</summary>
    public static string Decode(string? label, ReadOnlySpan<byte> bytes, out MimeFaults faults)
    {
        faults = MimeFaults.None;
        if (string.IsNullOrEmpty(label) || IsAscii(label))
        {
            return DecodeUnlabelled(bytes);
        }

        var set = Find(label);
        if (set is null)
        {
            faults = MimeFaults.UnknownCharset;
            return DecodeUnlabelled(bytes);
        }

        var text = set.GetString(bytes);
        if (text.Length > 0 && text[0] == '\uFEFF')
        {
            text = text[1..];
        }

        if (text.Contains('\uFFFD', StringComparison.Ordinal))
        {
            faults = MimeFaults.BadCharacters;
        }

        return text;
    }

    /// <summary>UTF-8 when the bytes are valid UTF-8, else windows-1252, in which every byte is a character.</summary>
    public static string DecodeUnlabelled(ReadOnlySpan<byte> bytes) =>
        System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Open(Windows1252).GetString(bytes);

    private static bool IsAscii(string label) =>
        label.Equals("us-ascii", StringComparison.OrdinalIgnoreCase)
        || label.Equals("ascii", StringComparison.OrdinalIgnoreCase)
        || label.Equals("ansi_x3.4-1968", StringComparison.OrdinalIgnoreCase);

    /// <summary>iso-8859-1 and -9 are read as their windows supersets: mail that uses 0x80 to 0x9F under these names means those.</summary>
    private static int PageOf(string name)
    {
        if (AfterPrefix(name, ["iso-8859-", "iso8859-", "iso_8859-", "iso8859_"]) is { } part)
        {
            return part switch
            {
                1 => Windows1252,
                9 => 1254,
                >= 2 and <= 8 or 13 or 15 => 28590 + part,
                _ => 0,
            };
        }

        var page = AfterPrefix(name, ["windows-", "x-windows-", "win-", "cp-", "cp", "ibm-", "ibm", "x-cp", "dos-", ""]) ?? 0;
        return CodePages.Contains(page) ? page : 0;
    }

    private static int? AfterPrefix(string name, ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
                && int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return number;
            }
        }

        return null;
    }

    private static Encoding Open(int page) => Opened.GetOrAdd(page, static number =>
    {
        var onEncode = new EncoderReplacementFallback("?");
        var onDecode = new DecoderReplacementFallback("\uFFFD");
        return CodePagesEncodingProvider.Instance.GetEncoding(number, onEncode, onDecode)
            ?? Encoding.GetEncoding(number, onEncode, onDecode);
    });
}
