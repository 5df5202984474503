using System.Text;
using Postern.Web.Components.Security;

namespace Postern.Web.Tests.Components.Security;

/// <summary>Reads the drawn codes back by the standard, knowing nothing of how they were drawn.</summary>
public sealed class QrCodeTests
{
    // ISO/IEC 18004, table C.1: the format bits of level L with the masks 0 to 7.
    private static readonly int[] Formats =
        [0b111011111000100, 0b111001011110011, 0b111110110101010, 0b111100010011101, 0b110011000101111, 0b110001100011000, 0b110110001000001, 0b110100101110110];

    private static readonly (int Blocks, int Correcting)[] Layouts =
        [(0, 0), (1, 7), (1, 10), (1, 15), (1, 20), (1, 26), (2, 18), (2, 20), (2, 24), (2, 30), (4, 18)];

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(18)]
    [InlineData(53)]
    [InlineData(78)]
    [InlineData(106)]
    [InlineData(134)]
    [InlineData(154)]
    [InlineData(192)]
    [InlineData(230)]
    [InlineData(231)]
    [InlineData(271)]
    public void A_text_of_any_length_is_read_back(int length)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)(' ' + (i * 7 % 94))));

        Read(QrCode.Encode(text).ShouldNotBeNull()).ShouldBe(text);
    }

    [Fact]
    public void What_does_not_fit_is_not_drawn() => QrCode.Encode(new string('a', 272)).ShouldBeNull();

    [Fact]
    public void The_correction_of_the_standards_example_is_the_standards()
    {
        byte[] data = [32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17];

        ReedSolomon.Remainder(data, 10).ShouldBe([196, 35, 39, 119, 235, 215, 231, 226, 93, 23]);
    }

    [Fact]
    public void From_version_7_on_the_version_stands_beside_two_finders()
    {
        var modules = QrCode.Encode(new string('a', 150))!;
        var size = modules.GetLength(0);

        size.ShouldBe(45);
        var bits = Enumerable.Range(0, 18).Sum(i => modules[i / 3, size - 11 + (i % 3)] ? 1 << i : 0);
        bits.ShouldBe(0b000111110010010100);
        Enumerable.Range(0, 18).ShouldAllBe(i => modules[size - 11 + (i % 3), i / 3] == modules[i / 3, size - 11 + (i % 3)]);
    }

    private static string Read(bool[,] modules)
    {
        var size = modules.GetLength(0);
        var version = (size - 17) / 4;
        var mask = MaskOf(modules);
        var bits = new List<bool>();
        var isUp = true;
        for (var column = size - 1; column > 0; column -= 2, isUp = !isUp)
        {
            column = column == 6 ? 5 : column;
            foreach (var row in isUp ? Enumerable.Range(0, size).Reverse() : Enumerable.Range(0, size))
            {
                bits.AddRange(new[] { column, column - 1 }.Where(x => !IsFunction(version, row, x)).Select(x => modules[row, x] ^ QrCode.IsMasked(mask, row, x)));
            }
        }

        var codewords = bits.Chunk(8).Where(chunk => chunk.Length == 8).Select(chunk => (byte)chunk.Aggregate(0, (value, bit) => (value << 1) | (bit ? 1 : 0))).ToList();
        return TextOf(DataOf(codewords, version), version);
    }

    private static int MaskOf(bool[,] modules)
    {
        var size = modules.GetLength(0);
        // Most significant first: along row 8 from the left, then up column 8; and the copy: up column 8 from below, then along row 8 to the right.
        (int Row, int Column)[] first = [(8, 0), (8, 1), (8, 2), (8, 3), (8, 4), (8, 5), (8, 7), (8, 8), (7, 8), (5, 8), (4, 8), (3, 8), (2, 8), (1, 8), (0, 8)];
        (int Row, int Column)[] second = [.. Enumerable.Range(1, 7).Select(i => (size - i, 8)), .. Enumerable.Range(0, 8).Select(i => (8, size - 8 + i))];
        var format = Bits(first);
        Bits(second).ShouldBe(format);
        modules[size - 8, 8].ShouldBeTrue();
        Formats.ShouldContain(format);
        return Array.IndexOf(Formats, format);

        int Bits((int Row, int Column)[] places) => places.Aggregate(0, (value, place) => (value << 1) | (modules[place.Row, place.Column] ? 1 : 0));
    }

    private static bool IsFunction(int version, int row, int column)
    {
        var size = 17 + (4 * version);
        var isFinder = (row < 9 && column < 9) || (row < 9 && column >= size - 8) || (row >= size - 8 && column < 9);
        var isVersion = version >= 7 && ((row < 6 && column >= size - 11) || (column < 6 && row >= size - 11));
        int[] centres = version == 1 ? [] : version < 7 ? [6, size - 7] : [6, (size - 1) / 2, size - 7];
        var isAlignment = centres.Any(y => centres.Any(x =>
            !((y == 6 && x == 6) || (y == 6 && x == size - 7) || (y == size - 7 && x == 6)) && Math.Abs(y - row) <= 2 && Math.Abs(x - column) <= 2));
        return isFinder || isVersion || isAlignment || row == 6 || column == 6;
    }

    private static List<byte> DataOf(List<byte> codewords, int version)
    {
        var (count, correcting) = Layouts[version];
        var data = codewords.Count - (count * correcting);
        var blocks = Enumerable.Range(0, count).Select(_ => new List<byte>()).ToList();
        var sizes = Enumerable.Range(0, count).Select(i => (data / count) + (i >= count - (data % count) ? 1 : 0)).ToList();
        var at = 0;
        for (var i = 0; i <= sizes.Max(); i++)
        {
            foreach (var block in blocks.Where((_, index) => i < sizes[index]))
            {
                block.Add(codewords[at++]);
            }
        }

        for (var i = 0; i < correcting; i++)
        {
            blocks.ForEach(block => block.Add(codewords[at++]));
        }

        // A block whose polynomial is zero at the powers of 2 needs no mending.
        blocks.ShouldAllBe(block => Enumerable.Range(0, correcting).All(power => ValueAt(block, power) == 0));
        return [.. blocks.SelectMany((block, index) => block.Take(sizes[index]))];
    }

    private static int ValueAt(List<byte> block, int power)
    {
        var root = 1;
        for (var i = 0; i < power; i++)
        {
            root = Double(root);
        }

        return block.Aggregate(0, (value, codeword) => Times(value, root) ^ codeword);
    }

    private static int Times(int a, int b)
    {
        var product = 0;
        for (; b > 0; b >>= 1, a = Double(a))
        {
            product ^= (b & 1) != 0 ? a : 0;
        }

        return product;
    }

    private static int Double(int value) => value < 128 ? value * 2 : (value * 2) ^ 285;

    private static string TextOf(List<byte> data, int version)
    {
        var bits = string.Concat(data.Select(value => Convert.ToString(value, 2).PadLeft(8, '0')));
        bits[..4].ShouldBe("0100");
        var width = version < 10 ? 8 : 16;
        var length = Convert.ToInt32(bits.Substring(4, width), 2);
        return Encoding.UTF8.GetString([.. Enumerable.Range(0, length).Select(i => Convert.ToByte(bits.Substring(4 + width + (i * 8), 8), 2))]);
    }
}
