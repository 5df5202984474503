using System.Buffers;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Smtp.Listening;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

public sealed class DataScannerTests
{
    private static readonly byte[] Alphabet = "\r\n.\r\n.\r\n.ab\0\u00e9"u8.ToArray();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Agrees_with_a_plain_reading_of_the_rule_however_it_is_cut(bool mends)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 100_000; round++)
        {
            var bytes = new byte[random.Next(1, 40)];
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] = Alphabet[random.Next(Alphabet.Length)];
            }

            var expected = Plain(bytes, mends);
            var actual = Scan(bytes, mends, random);

            actual.ShouldBe(expected, $"seed {seed}, round {round}: {Convert.ToHexString(bytes)}");
        }
    }

    [Theory]
    [InlineData("\n.\n")]
    [InlineData("\r.\r")]
    [InlineData("\n.\r\n")]
    [InlineData("\r\n.\n")]
    [InlineData("\r.\r\n")]
    [InlineData("\r\n.\r")]
    [InlineData("\n.\r")]
    [InlineData("\r\n\0.\r\n")]
    [InlineData("\r\r\n.\n")]
    public void Only_the_one_sequence_ends_a_message(string almost)
    {
        using var writer = new ContentWriter(Path.GetTempPath());
        var scanner = new DataScanner(writer, 1000, 1000, mendsLineEnds: false);

        scanner.Scan(System.Text.Encoding.Latin1.GetBytes($"Subject: x\r\n\r\ntext{almost}MAIL FROM:<a@b.example>\r\n")).ShouldBeGreaterThan(0);

        scanner.IsEnded.ShouldBeFalse();
    }

    [Fact]
    public void A_line_longer_than_the_limit_is_seen_across_pieces()
    {
        using var writer = new ContentWriter(Path.GetTempPath());
        var scanner = new DataScanner(writer, 10_000, 998, mendsLineEnds: false);

        scanner.Scan(new byte[998]);
        scanner.HasLongLine.ShouldBeFalse();
        scanner.Scan(new byte[1]);

        scanner.HasLongLine.ShouldBeTrue();
    }

    [Fact]
    public void Nothing_is_written_past_the_size_limit()
    {
        using var writer = new ContentWriter(Path.GetTempPath());
        var scanner = new DataScanner(writer, 2000, 998, mendsLineEnds: false);

        for (var i = 0; i < 1000; i++)
        {
            scanner.Scan("0123456789\r\n"u8);
        }

        scanner.IsTooLarge.ShouldBeTrue();
        scanner.Length.ShouldBe(12_000);
        writer.Length.ShouldBeLessThanOrEqualTo(2000);
    }

    private static (bool IsEnded, int Taken, bool HasBare, bool Is8Bit, string Content) Scan(byte[] bytes, bool mends, Random random)
    {
        using var writer = new ContentWriter(Path.GetTempPath());
        var scanner = new DataScanner(writer, 1000, 1000, mends);
        var taken = 0;
        while (taken < bytes.Length && !scanner.IsEnded)
        {
            var piece = bytes.AsSpan(taken, random.Next(1, bytes.Length - taken + 1));
            var here = scanner.Scan(piece);
            if (!scanner.IsEnded)
            {
                here.ShouldBe(piece.Length);
            }

            taken += here;
        }

        using var content = writer.Complete();
        // What is refused is not written, so only what is accepted is compared.
        var isComparable = scanner.IsEnded && (mends || !scanner.HasBareLineEnd);
        return (scanner.IsEnded, taken, scanner.HasBareLineEnd, isComparable && scanner.Is8Bit, isComparable ? Convert.ToHexString(content.AsSequence().ToArray()) : "");
    }

    // Lines by CR LF; the first that is a dot alone ends; a leading dot is dropped; what is left over of CR and LF is bare.
    private static (bool IsEnded, int Taken, bool HasBare, bool Is8Bit, string Content) Plain(byte[] bytes, bool mends)
    {
        var text = System.Text.Encoding.Latin1.GetString(bytes);
        var content = "";
        var hasBare = false;
        var at = 0;
        while (true)
        {
            var end = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (end < 0)
            {
                var tail = text[at..];
                var hasBareTail = tail.Contains('\n', StringComparison.Ordinal) || tail.TrimEnd('\r').Contains('\r', StringComparison.Ordinal) || tail.EndsWith("\r\r", StringComparison.Ordinal);
                return (false, bytes.Length, hasBare || hasBareTail, false, "");
            }

            var line = text[at..end];
            at = end + 2;
            if (line == ".")
            {
                var is8Bit = content.Any(c => c > 127);
                var isComparable = mends || !hasBare;
                return (true, at, hasBare, isComparable && is8Bit, isComparable ? Convert.ToHexString(System.Text.Encoding.Latin1.GetBytes(content)) : "");
            }

            line = line.StartsWith('.') ? line[1..] : line;
            hasBare |= line.Contains('\r', StringComparison.Ordinal) || line.Contains('\n', StringComparison.Ordinal);
            content += line.Replace("\r", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n";
        }
    }
}
