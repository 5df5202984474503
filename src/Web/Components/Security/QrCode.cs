using System.Text;

namespace Postern.Web.Components.Security;

/// <summary>Draws a short text as a QR code (ISO/IEC 18004): bytes, error correction level L, versions 1 to 10.</summary>
public static class QrCode
{
    private const int LargestVersion = 10;

    // Table 9 of the standard for level L: codewords in all, those of them that correct in each block, and blocks.
    private static readonly int[] Codewords = [0, 26, 44, 70, 100, 134, 172, 196, 242, 292, 346];
    private static readonly int[] Correcting = [0, 7, 10, 15, 20, 26, 18, 20, 24, 30, 18];
    private static readonly int[] Blocks = [0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4];

    // Annex E: rows and columns of the alignment patterns.
    private static readonly int[][] Alignment = [[], [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];

    /// <summary>The modules, true for dark; null when the text is too long.</summary>
    public static bool[,]? Encode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var version = 1; version <= LargestVersion; version++)
        {
            var room = Codewords[version] - (Correcting[version] * Blocks[version]);
            if (bytes.Length + (version < 10 ? 2 : 3) <= room)
            {
                var stream = Interleave(Data(bytes, version, room), version);
                return Enumerable.Range(0, 8).Select(mask => new Drawing(version, stream, mask).Modules).MinBy(Penalty);
            }
        }

        return null;
    }

    // Mode 0100, the length, the bytes, an end of four zeros, and the two bytes of filling in turn.
    private static byte[] Data(byte[] bytes, int version, int room)
    {
        var bits = new List<bool>();
        Append(bits, 0b0100, 4);
        Append(bits, bytes.Length, version < 10 ? 8 : 16);
        foreach (var value in bytes)
        {
            Append(bits, value, 8);
        }

        Append(bits, 0, 4);
        var data = new byte[room];
        for (var i = 0; i < bits.Count; i++)
        {
            data[i / 8] |= (byte)(bits[i] ? 0x80 >> (i % 8) : 0);
        }

        for (int i = (bits.Count + 7) / 8, fill = 0; i < room; i++, fill ^= 1)
        {
            data[i] = fill == 0 ? (byte)0xEC : (byte)0x11;
        }

        return data;
    }

    private static void Append(List<bool> bits, int value, int count)
    {
        for (var i = count - 1; i >= 0; i--)
        {
            bits.Add((value >> i & 1) != 0);
        }
    }

    // The longer blocks come last; codewords of all blocks are taken in turn, first the data, then what corrects it.
    private static byte[] Interleave(byte[] data, int version)
    {
        var count = Blocks[version];
        var size = data.Length / count;
        var blocks = Enumerable.Range(0, count).Select(i => data.AsSpan((i * size) + Math.Max(0, i - (count - (data.Length % count))), size + (i >= count - (data.Length % count) ? 1 : 0)).ToArray()).ToList();
        var checks = blocks.Select(block => ReedSolomon.Remainder(block, Correcting[version])).ToList();
        return [.. Turns(blocks), .. Turns(checks)];
    }

    private static IEnumerable<byte> Turns(IReadOnlyList<byte[]> blocks) =>
        Enumerable.Range(0, blocks.Max(block => block.Length)).SelectMany(i => blocks.Where(block => i < block.Length).Select(block => block[i]));

    // Every mask can be read; the one with the fewest squares of one colour is read best.
    private static int Penalty(bool[,] modules)
    {
        var places = Enumerable.Range(1, modules.GetLength(0) - 1);
        return places.Sum(i => places.Count(j => modules[i, j] == modules[i - 1, j] && modules[i, j] == modules[i, j - 1] && modules[i, j] == modules[i - 1, j - 1]));
    }

    private sealed class Drawing
    {
        private readonly int size;
        private readonly bool[,] isFixed;

        public Drawing(int version, byte[] stream, int mask)
        {
            size = 17 + (4 * version);
            (Modules, isFixed) = (new bool[size, size], new bool[size, size]);
            foreach (var (row, column) in new[] { (3, 3), (3, size - 4), (size - 4, 3) })
            {
                Rings(row, column, 4, ring => ring is not 2 and not 4);
            }

            for (var i = 8; i < size - 8; i++)
            {
                Fix(6, i, i % 2 == 0);
                Fix(i, 6, i % 2 == 0);
            }

            foreach (var row in Alignment[version])
            {
                foreach (var column in Alignment[version].Where(column => !(row == 6 && (column == 6 || column == size - 7)) && !(row == size - 7 && column == 6)))
                {
                    Rings(row, column, 2, ring => ring != 1);
                }
            }

            Format(mask);
            Version(version);
            Fill(stream, mask);
        }

        public bool[,] Modules { get; }

        private void Rings(int row, int column, int radius, Func<int, bool> isDark)
        {
            for (var y = Math.Max(0, row - radius); y <= Math.Min(size - 1, row + radius); y++)
            {
                for (var x = Math.Max(0, column - radius); x <= Math.Min(size - 1, column + radius); x++)
                {
                    Fix(y, x, isDark(Math.Max(Math.Abs(y - row), Math.Abs(x - column))));
                }
            }
        }

        private void Format(int mask)
        {
            var bits = WithRest(0b01 << 3 | mask, 10, 0x537) ^ 0x5412;
            for (var i = 0; i < 15; i++)
            {
                var isDark = (bits >> i & 1) != 0;
                Fix(i < 6 ? i : i < 8 ? i + 1 : 8, i < 8 ? 8 : i == 8 ? 7 : 14 - i, isDark);
                Fix(i < 8 ? 8 : size - 15 + i, i < 8 ? size - 1 - i : 8, isDark);
            }

            Fix(size - 8, 8, true);
        }

        private void Version(int version)
        {
            var bits = WithRest(version, 12, 0x1F25);
            for (var i = 0; version >= 7 && i < 18; i++)
            {
                Fix(i / 3, size - 11 + (i % 3), (bits >> i & 1) != 0);
                Fix(size - 11 + (i % 3), i / 3, (bits >> i & 1) != 0);
            }
        }

        // Up and down in columns two wide from the right, past the timing column.
        private void Fill(byte[] stream, int mask)
        {
            var at = 0;
            for (int right = size - 1, turn = 0; right > 0; right -= right == 8 ? 3 : 2, turn++)
            {
                for (var step = 0; step < size * 2; step++)
                {
                    int row = turn % 2 == 0 ? size - 1 - (step / 2) : step / 2, column = right - (step % 2);
                    if (!isFixed[row, column])
                    {
                        var bit = at < stream.Length * 8 && (stream[at / 8] >> (7 - (at % 8)) & 1) != 0;
                        Modules[row, column] = bit ^ IsMasked(mask, row, column);
                        at++;
                    }
                }
            }
        }

        private void Fix(int row, int column, bool isDark) => (Modules[row, column], isFixed[row, column]) = (isDark, true);
    }

    internal static bool IsMasked(int mask, int i, int j) => mask switch
    {
        0 => (i + j) % 2 == 0,
        1 => i % 2 == 0,
        2 => j % 3 == 0,
        3 => (i + j) % 3 == 0,
        4 => ((i / 2) + (j / 3)) % 2 == 0,
        5 => (i * j % 2) + (i * j % 3) == 0,
        6 => ((i * j % 2) + (i * j % 3)) % 2 == 0,
        _ => (((i + j) % 2) + (i * j % 3)) % 2 == 0,
    };

    // The value with the rest of its division behind it, as BCH codes have it.
    private static int WithRest(int value, int degree, int divisor)
    {
        var rest = value;
        for (var i = 0; i < degree; i++)
        {
            rest = (rest << 1) ^ ((rest >> (degree - 1)) * divisor);
        }

        return value << degree | rest;
    }
}
