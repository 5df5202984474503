using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Postern.Domain.Formats;

/// <summary>Spellings for characters that an OEM code page lacks, chosen so that a reader loses no meaning.</summary>
public static class Transliteration
{
    // Code point and spelling, three blanks between entries
    private const string Table = """
        20AC EUR   00A3 GBP   00A5 YEN   20A8 Rs   2264 <=   2265 >=   2260 <>   2248 ~=   00B1 +/-   00D7 x   00F7 /
        2212 -   2215 /   2044 /   221E infinity   221A sqrt   2211 sum   2010 -   2011 -   2012 -   2013 -   2014 -
        2015 -   2043 -   2018 '   2019 '   201A '   201B '   2032 '   02BC '   00B4 '   201C "   201D "   201E "
        201F "   2033 "   00AB <<   00BB >>   2039 <   203A >   2026 ...   2022 *   2023 >   25CF *   25CB o   25A0 *
        25AA *   00B7 .   2219 .   2190 <-   2192 ->   2191 ^   2193 v   2194 <->   21D2 =>   21D0 <=   21D4 <=>
        2713 x   2714 x   2717 x   2610 [ ]   2611 [x]   00A9 (c)   00AE (R)   2122 (TM)   2116 No.   00A6 |   00A7 S.
        00B6 P.   2020 +   2021 ++   2030 o/oo   00BC 1/4   00BD 1/2   00BE 3/4   2153 1/3   2154 2/3   00B9 1
        00B2 2   00B3 3   00B5 u   03BC u   2126 Ohm   00B0 deg   2103 deg C   2109 deg F   0152 OE   0153 oe
        00C6 AE   00E6 ae   1E9E SS   00DF ss   0141 L   0142 l   00D8 O   00F8 o   0110 D   0111 d   00D0 D   00F0 d
        00DE Th   00FE th   0131 i   0126 H   0127 h   017F s   263A :-)   1F642 :-)   1F600 :-)   1F60A :-)
        1F609 ;-)   2639 :-(   1F641 :-(   1F44D (+1)   2764 <3   FB00 ff   FB01 fi   FB02 fl
        """;

    private static readonly FrozenDictionary<int, string> Spellings = Build();

    /// <summary>The spelling of a character, or null when only <c>?</c> is left.</summary>
    public static string? Of(Rune character)
    {
        if (Spellings.TryGetValue(character.Value, out var spelling))
        {
            return spelling;
        }

        // Combining marks, joiners, variation selectors and other marks that only change the look of what stands before
        return Rune.GetUnicodeCategory(character) switch
        {
            UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => "",
            UnicodeCategory.SpaceSeparator => " ",
            UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => "\r\n",
            _ => BaseLetter(character),
        };
    }

    // Full-width forms, then letters without their marks
    private static string? BaseLetter(Rune character)
    {
        if (character.Value is >= 0xFF01 and <= 0xFF5E)
        {
            return ((char)(character.Value - 0xFEE0)).ToString();
        }

        var letter = character.IsBmp ? Composition.BaseLetter((char)character.Value) : '\0';
        return letter is > '\0' and < '\u0080' ? letter.ToString() : null;
    }

    private static FrozenDictionary<int, string> Build()
    {
        var table = new Dictionary<int, string> { [0x0085] = "\r\n" };
        foreach (var entry in Table.Split(["   ", "\n"], StringSplitOptions.RemoveEmptyEntries))
        {
            var blank = entry.IndexOf(' ', StringComparison.Ordinal);
            table[int.Parse(entry.AsSpan(0, blank), NumberStyles.HexNumber, CultureInfo.InvariantCulture)] = entry[(blank + 1)..];
        }

        return table.ToFrozenDictionary();
    }
}
