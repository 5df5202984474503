using System.Buffers;
using System.Text;
using Postern.Domain.Mime;
using static Postern.Domain.Tests.Support.ParserSweep;

namespace Postern.Domain.Tests.Mime;

/// <summary>Whatever a body claims to be encoded in, each decoder returns bytes or text, and as many as it said beforehand.</summary>
public sealed class CodingSweepTests
{
    private static readonly string[] Labels =
    [
        "utf-8", "utf-16", "utf-32le", "iso-8859-2", "windows-1252", "shift_jis", "euc-jp", "iso-2022-jp", "gb18030", "hz-gb-2312", "big5", "euc-kr", "iso-2022-kr", "koi8-r", "cp850",
        "macintosh",
    ];

    private int turn;

    [Fact]
    public void Base64_is_decoded() => Sweep(TransferEncoding.Base64, ["AAECAwQFBgcICQ==\r\n", "AAEC\r\nAwQF\r\nBgcI\r\nCQ==", "A A=E\tC="], ["=", "==", "====", "\r\n", "AAEC"]);

    [Fact]
    public void Quoted_printable_is_decoded() => Sweep(
        TransferEncoding.QuotedPrintable, ["caf=C3=A9 =\r\nends  \r\n", "a=3D=0D=0A\r\n=\r\n", "=ZZ =4 =\n"], ["=", "=\r\n", "= \r\n", "=C3", "   ", "\r", "\n"]);

    [Fact]
    public void A_uuencoded_body_is_decoded() => Sweep(TransferEncoding.Uuencode, ["begin 644 a.txt\r\n%:&5L;&\\\r\n`\r\nend\r\n", "%:&5L;&\\\n"], ["begin ", "end\r\n", "`\r\n", "M", "\r\n"]);

    [Fact]
    public void Uuencoded_files_are_found_in_a_text() => Bytes(
        [Letters.Bytes("words\nbegin 644 a.txt\n%:&5L;&\\\n`\nend\nmore words\n"), Letters.Bytes("begin 600 b\nM\n \nbegin 755 c d\n#0V%T\n`\nend\n")],
        ["begin 644 x\r\n", "end\r\n", "`\r\n", "M", " \r\n", "\r\n", "begin", "999999999999"],
        bytes =>
        {
            var text = Content(bytes);
            foreach (var file in Uuencode.Find(text))
            {
                var output = new ArrayBufferWriter<byte>();
                var result = file.Decode(text, output);
                Demand(result.Length == output.WrittenCount, "the length is that of the bytes");
                Demand(result.Length == file.CountDecoded(text).Length, "the length was said beforehand");
            }
        });

    [Fact]
    public void Text_in_any_set_is_read() => Bytes(
        [Encoding.UTF8.GetBytes("Grüße, 日本語"), [0x1B, 0x24, 0x42, 0x25, 0x46, 0x1B, 0x28, 0x42], "~{<:Ky2;~}"u8.ToArray(), [0x81, 0x30, 0x81, 0x30, 0x82, 0xA0, 0xFE, 0xFF]],
        ["\u001b$B", "\u001b(B", "\u001b$)C", "~{", "~}", "\ufeff", "\u000e", "\u000f", "😀"],
        bytes =>
        {
            var label = Labels[turn++ % Labels.Length];
            var text = Charsets.Decode(label, bytes, out _);
            Demand(text.Length <= bytes.Length * 2, "a byte is at most two characters");
        });

    [Fact]
    public void A_label_names_a_set_or_none() => Text(
        [.. Labels, "x-unknown", "iso-8859-99", "windows-99999999999", "\"utf-8\""],
        ["iso-8859-", "windows-", "cp", "-", "65000", "utf-7", "1200", "\"", " "],
        label => Demand(Charsets.Find(label) is null || Charsets.Decode(label, "a"u8, out _).Length <= 1, "a set reads bytes"));

    [Fact]
    public void The_name_of_an_encoding_is_read() => Text(
        ["7bit", "8bit", "binary", "base64", "quoted-printable", "x-uuencode", "uuencode"],
        [" ", ";", "(comment)", "\"", "base64", "bit"],
        name => Demand(Enum.IsDefined(TransferEncodings.Parse(name)), "an encoding is one that is known"));

    private void Sweep(TransferEncoding encoding, string[] fixtures, string[] words) => Bytes(fixtures.Select(Encoding.Latin1.GetBytes), words, bytes =>
    {
        var body = Content(bytes);
        var output = new ArrayBufferWriter<byte>();
        var result = TransferCoding.Decode(encoding, body, output);
        Demand(result.Length == output.WrittenCount, "the length is that of the bytes");
        Demand(result == TransferCoding.CountDecoded(encoding, body), "the length was said beforehand");
    });

    private ReadOnlySequence<byte> Content(byte[] bytes) => ++turn % 4 == 0 ? Letters.InPieces(bytes, 3) : new ReadOnlySequence<byte>(bytes);
}
