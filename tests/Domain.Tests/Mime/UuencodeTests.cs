using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

public sealed class UuencodeTests
{
    [Fact]
    [Trait("source", "Q118487")]
    public void Files_in_the_text_are_found_and_the_text_between_them()
    {
        var text = Letters.Sequence("before\nbegin 644 a b.txt\n%:&5L;&\\\n`\nend\nbetween\nbegin 0755 C:\\x\\c.bin\n#``$\"\n`\nend\n");

        var files = Uuencode.Find(text);

        files.Select(f => f.FileName).ShouldBe(["a b.txt", "c.bin"]);
        Decode(files[0], text).ShouldBe("hello"u8.ToArray());
        Decode(files[1], text).ShouldBe([0, 1, 2]);
        files.ShouldAllBe(f => f.Faults == MimeFaults.None);
        string.Concat(Uuencode.TextBetween(text, files).Select(r => r.In(text).ToArray().Text())).ShouldBe("before\r\nbetween\r\n");
    }

    [Theory]
    [InlineData("begin 644 note\nNow we begin 644 other things\n")]
    [InlineData("begin 99 x\n%:&5L;&\\\n`\nend\n")]
    [InlineData("begin the day\n")]
    [InlineData("begin 644 \n`\nend\n")]
    [InlineData("begin 644 x")]
    public void Prose_is_no_file(string text) => Uuencode.Find(Letters.Sequence(text)).ShouldBeEmpty();

    [Fact]
    public void A_file_without_an_end_is_said_to_be_cut()
    {
        var text = Letters.Sequence("begin 644 x\n%:&5L;&\\\n\nand then prose went on\n");

        var file = Uuencode.Find(text).Single();

        file.Faults.ShouldBe(MimeFaults.EncodedDataCut);
        Decode(file, text).ShouldBe("hello"u8.ToArray());
    }

    [Fact]
    public void Blanks_lost_at_the_end_of_a_line_count_as_zeros()
    {
        var text = Letters.Sequence("begin 644 x\n'\n&  $\n`\nend\n");

        Decode(Uuencode.Find(text).Single(), text).ShouldBe([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
    }

    [Fact]
    public void Empty_lines_cannot_blow_up_the_output()
    {
        var text = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes("begin 644 x\n" + string.Concat(Enumerable.Repeat("M\n", 100_000)) + "`\nend\n"));

        var result = Uuencode.Find(text).Single().CountDecoded(text);

        result.Length.ShouldBeLessThan(10_000);
        result.Faults.ShouldBe(MimeFaults.EncodedDataCut);
    }

    [Fact]
    public void What_another_program_encoded_comes_back() => Prop.ForAll<byte[], int>((bytes, pieces) =>
    {
        var text = Letters.InPieces(Encoding.ASCII.GetBytes("begin 644 x\n" + Encode(bytes) + "`\nend\n"), (pieces & 31) + 1);
        var body = Letters.Written(o => TransferCoding.Decode(TransferEncoding.Uuencode, text, o));
        return body.SequenceEqual(bytes)
            && (bytes.Length == 0 || Decode(Uuencode.Find(text).Single(), text).SequenceEqual(bytes))
            && TransferCoding.CountDecoded(TransferEncoding.Uuencode, text) == new DecodeResult(bytes.Length, MimeFaults.None);
    }).QuickCheckThrowOnFailure();

    private static byte[] Decode(UuencodedFile file, ReadOnlySequence<byte> text) => Letters.Written(o => file.Decode(text, o));

    private static string Encode(byte[] bytes)
    {
        var output = new StringBuilder();
        foreach (var line in bytes.Chunk(45))
        {
            output.Append((char)(32 + line.Length));
            foreach (var group in line.Chunk(3))
            {
                var bits = (group[0] << 16) | (group.ElementAtOrDefault(1) << 8) | group.ElementAtOrDefault(2);
                for (var shift = 18; shift >= 0; shift -= 6)
                {
                    var six = (bits >> shift) & 63;
                    output.Append((char)(six == 0 ? 96 : 32 + six));
                }
            }

            output.Append('\n');
        }

        return output.ToString();
    }
}
