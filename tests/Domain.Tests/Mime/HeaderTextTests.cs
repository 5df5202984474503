using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

public sealed class HeaderTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("=?utf-8?Q?a_b?=", "a b")]
    [InlineData("=?UTF-8?b?w6k=?=", "é")]
    [InlineData("=?utf-8*de?Q?=C3=A4?=", "ä")]
    [InlineData("=?utf-8?Q?=C3?= =?utf-8?Q?=A4?=", "ä")]
    [InlineData("=?utf-8?B?w6k?= \t =?iso-8859-1?Q?=E9?=", "éé")]
    [InlineData("a =?utf-8?Q?b?= c", "a b c")]
    [InlineData("=?utf-8?Q?a?==?utf-8?Q?b?=", "ab")]
    [InlineData("=?utf-8?Q?two words?=", "two words")]
    [InlineData("=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=", "テスト")]
    [InlineData("=?gb2312?B?xOO6ww==?=", "你好")]
    [InlineData("=?big5?B?p0Gmbg==?=", "你好")]
    [InlineData("=?koi8-r?B?8NLJ18XU?=", "Привет")]
    [InlineData("=?shift_jis?B?g2WDWINn?=", "テスト")]
    [InlineData("=?no-such?Q?=E9?=", "é")]
    [InlineData("=?utf-8?X?a?=", "=?utf-8?X?a?=")]
    [InlineData("=?utf-8?Q?open", "=?utf-8?Q?open")]
    [InlineData("=?", "=?")]
    [InlineData("=?=?=?", "=?=?=?")]
    [InlineData("=?utf-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x")]
    [InlineData("=?utf-8?Q?=00?=", " ")]
    public void Encoded_words_are_decoded(string raw, string expected) =>
        HeaderText.Decode(Encoding.UTF8.GetBytes(raw)).ShouldBe(expected);

    [Fact]
    public void Folds_are_taken_out() => HeaderText.Decode(" a\r\n b\n\tc\rd \r\n"u8).ShouldBe("a b c d");

    [Fact]
    public void A_hostile_line_of_openings_is_read_in_linear_time()
    {
        var text = string.Concat(Enumerable.Repeat("=?a?q?x", 80_000));

        EncodedWords.Decode(text).ShouldBe(text);
    }

    [Fact]
    public void Encoded_words_come_back_as_they_went() => Prop.ForAll<string>(text =>
    {
        var clean = Clean(text) + "ä😀";
        var words = EncodedWords.Encode(clean);
        return words.All(w => w.Length <= 75 && Ascii.IsValid(w))
            && words.All(w => !EncodedWords.Decode(w).Contains('\uFFFD', StringComparison.Ordinal))
            && EncodedWords.Decode(string.Join("\r\n ", words)) == clean;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_written_subject_comes_back_and_keeps_its_lines_short() => Prop.ForAll<string>(text =>
    {
        var clean = Clean(text).Trim();
        var field = Letters.Written(o => new HeaderWriter(o).Text("Subject", clean));
        return IsFolded(field) && MimeMessage.Read(field).Root.Header("Subject") == clean;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(2000)]
    [InlineData(75)]
    public void A_long_word_is_never_a_long_line(int length)
    {
        foreach (var text in new[] { new string('x', length), new string('ä', length), "a " + new string(' ', length) + "b" })
        {
            var field = Letters.Written(o => new HeaderWriter(o).Text("Subject", text));

            IsFolded(field).ShouldBeTrue();
            MimeMessage.Read(field).Root.Header("Subject").ShouldBe(text);
        }
    }

    [Theory]
    [InlineData("a\r\nBcc: victim@x.example")]
    [InlineData("a\nBcc: victim@x.example\n\nbody")]
    [InlineData("a\r\r\n\rBcc: x\0\u0001")]
    public void No_value_can_end_its_field(string hostile)
    {
        var bytes = Letters.Written(o =>
        {
            var header = new HeaderWriter(o);
            header.Text("Subject", hostile);
            header.Structured("Message-ID", hostile);
            header.Mailboxes("To", [new Mailbox(hostile, hostile + "@x.example"), new Mailbox("a", "a@b>, <c@d")]);
            header.Parameterised("Content-Type", "a/b", [new("name", hostile)]);
            header.EndHeader();
        });

        var root = MimeMessage.Read(bytes).Root;
        root.Fields.Count.ShouldBe(4);
        root.BodyRange.IsEmpty.ShouldBeTrue();
        root.Addresses("To").Mailboxes.Count.ShouldBe(2);
        bytes.ShouldNotContain((byte)0);
    }

    [Fact]
    public void Parameters_come_back_as_they_went() => Prop.ForAll<string>(text =>
    {
        var clean = Clean(text);
        var field = Letters.Written(o => new HeaderWriter(o).Parameterised("Content-Type", "a/b", [new("name", clean), new("x-y", clean)]));
        var type = MimeMessage.Read(field).Root.ContentType;
        return IsFolded(field) && type.Parameters["name"] == clean && type.Parameters["x-y"] == clean;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("text/plain; charset=us-ascii (Plain text)", "text/plain", "us-ascii")]
    [InlineData("TEXT/Plain ; CHARSET=\"utf-8\"", "text/plain", "utf-8")]
    [InlineData("text/plain (a comment) ; charset=utf-8", "text/plain", "utf-8")]
    [InlineData("text; charset=utf-8", "text/plain", "utf-8")]
    [InlineData("", "text/plain", null)]
    [InlineData("a/b/c", "text/plain", null)]
    [InlineData("text/html; ; =; charset", "text/html", null)]
    [InlineData("text/html; charset=a; charset=b", "text/html", "a")]
    public void Content_types_are_read_as_they_come(string value, string expected, string? charset)
    {
        var type = ContentType.Parse(value, out _);

        type.MediaType.ShouldBe(expected);
        type.Charset.ShouldBe(charset);
    }

    internal static string Clean(string? text) => HeaderWriter.OneLine(text ?? "");

    private static bool IsFolded(byte[] field) =>
        field.Text().Split("\r\n") is [.. var lines, ""] && lines.All(l => l.Length <= 998 && l.Trim().Length > 0)
        && lines.Skip(1).All(l => l[0] == ' ');
}
