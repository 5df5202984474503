using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

public sealed class TransferCodingTests
{
    [Theory]
    [InlineData("", "", MimeFaults.None)]
    [InlineData("aGVsbG8=", "hello", MimeFaults.None)]
    [InlineData("aGVs\r\nbG8=\r\n", "hello", MimeFaults.None)]
    [InlineData("aG Vs\tbG8=", "hello", MimeFaults.None)]
    [InlineData("aGVsbG8", "hello", MimeFaults.EncodedDataCut)]
    [InlineData("aGVsbG8h!?", "hello!", MimeFaults.BadEncodedData)]
    [InlineData("aGVsbA==aGVsbA==", "hellhell", MimeFaults.BadEncodedData)]
    [InlineData("a=", "", MimeFaults.BadEncodedData)]
    [InlineData("====", "", MimeFaults.BadEncodedData)]
    [InlineData("aGVsbG8haGVs*bG8h", "hello!hello!", MimeFaults.BadEncodedData)]
    public void Base64_is_read_tolerantly(string encoded, string expected, MimeFaults faults) =>
        Check(TransferEncoding.Base64, encoded, expected, faults);

    [Theory]
    [InlineData("a=3Db", "a=b", MimeFaults.None)]
    [InlineData("a=3db", "a=b", MimeFaults.None)]
    [InlineData("a=\r\nb", "ab", MimeFaults.None)]
    [InlineData("a=  \t\r\nb", "ab", MimeFaults.None)]
    [InlineData("a=\nb", "ab", MimeFaults.None)]
    [InlineData("a  \r\nb \t", "a\r\nb", MimeFaults.None)]
    [InlineData("a=20\r\nb", "a \r\nb", MimeFaults.None)]
    [InlineData("a=ZZ", "a=ZZ", MimeFaults.BadEncodedData)]
    [InlineData("a=4Z=41", "a=4ZA", MimeFaults.BadEncodedData)]
    [InlineData("a= b", "a= b", MimeFaults.BadEncodedData)]
    [InlineData("a=4", "a=4", MimeFaults.EncodedDataCut)]
    [InlineData("a=", "a", MimeFaults.None)]
    [InlineData("==41", "=A", MimeFaults.BadEncodedData)]
    public void Quoted_printable_is_read_tolerantly(string encoded, string expected, MimeFaults faults) =>
        Check(TransferEncoding.QuotedPrintable, encoded, expected, faults);

    [Fact]
    public void A_flood_of_blanks_is_text_and_stays_bounded()
    {
        var result = TransferCoding.CountDecoded(TransferEncoding.QuotedPrintable, new(Encoding.ASCII.GetBytes(new string(' ', 5_000_000) + "x")));

        result.ShouldBe(new DecodeResult(5_000_001, MimeFaults.BadEncodedData));
    }

    [Fact]
    public void An_unknown_encoding_keeps_the_bytes() =>
        Check(TransferEncoding.Unknown, "as it is", "as it is", MimeFaults.UnknownEncoding);

    [Fact]
    public void Base64_comes_back_as_it_went() => Prop.ForAll<byte[], int>((bytes, pieces) =>
        RoundTrips(TransferEncoding.Base64, bytes, pieces)).QuickCheckThrowOnFailure();

    [Fact]
    public void Quoted_printable_comes_back_as_it_went() => Prop.ForAll<byte[], int>((bytes, pieces) =>
    {
        // A lone LF is a line end in text and comes back as CRLF.
        var text = Letters.Bytes(Encoding.Latin1.GetString([.. bytes.Where(b => b != '\r')]));
        return RoundTrips(TransferEncoding.QuotedPrintable, text, pieces);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(TransferEncoding.Base64)]
    [InlineData(TransferEncoding.QuotedPrintable)]
    public void Encoded_lines_are_at_most_76_long_and_ascii(TransferEncoding encoding)
    {
        var random = new Random(4711);
        var bytes = new byte[20_000];
        random.NextBytes(bytes);
        string[] text = ["--boundary . ", "a", " ", "\t", "=", "..", "é"];
        var words = Letters.Bytes(string.Concat(Enumerable.Range(0, 20_000).Select(_ => text[random.Next(text.Length)])));

        foreach (var content in new[] { bytes, words })
        {
            var encoded = Letters.Written(o => TransferCoding.Encode(encoding, new(content), o)).Text();

            encoded.ShouldAllBe(c => c < 127);
            var lines = encoded.Split("\r\n");
            lines.Max(l => l.Length).ShouldBeLessThanOrEqualTo(76);
            lines.ShouldAllBe(l => !l.EndsWith(' ') && !l.EndsWith('\t') && !l.StartsWith('.') && !l.StartsWith('-'));
        }
    }

    private static void Check(TransferEncoding encoding, string encoded, string expected, MimeFaults faults)
    {
        var bytes = Encoding.ASCII.GetBytes(encoded);
        foreach (var length in new[] { 1, 2, 3, 5, 100 })
        {
            var body = Letters.InPieces(bytes, length);
            var output = new ArrayBufferWriter<byte>();

            var result = TransferCoding.Decode(encoding, body, output);

            output.WrittenSpan.ToArray().Text().ShouldBe(expected);
            result.ShouldBe(new DecodeResult(expected.Length, faults));
            TransferCoding.CountDecoded(encoding, body).ShouldBe(result);
        }
    }

    private static bool RoundTrips(TransferEncoding encoding, byte[] bytes, int pieces)
    {
        var encoded = Letters.Written(o => TransferCoding.Encode(encoding, Letters.InPieces(bytes, (pieces & 63) + 1), o));
        var body = Letters.InPieces(encoded, (pieces & 31) + 1);
        var output = new ArrayBufferWriter<byte>();
        var result = TransferCoding.Decode(encoding, body, output);
        return output.WrittenSpan.SequenceEqual(bytes) && result == new DecodeResult(bytes.Length, MimeFaults.None)
            && TransferCoding.CountDecoded(encoding, body) == result;
    }
}
