using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

public sealed class MessageWriterTests
{
    private static readonly MessageDraft Draft = new()
    {
        From = new Mailbox("Doe, Jane", "jane@site1.example"),
        To = [new Mailbox("", "bob@site2.example"), new Mailbox("Jürgen Groß", "j@site2.example")],
        Subject = "Grüße",
        Date = new DateTimeOffset(2026, 11, 21, 9, 55, 6, TimeSpan.FromHours(1)),
        MessageId = "<1@site1.example>",
    };

    [Fact]
    public void A_plain_message_is_7bit_and_comes_back()
    {
        var bytes = Write(Draft with { Parts = [new DraftPart.Text("Hello,\nworld")] });
        var root = MimeMessage.Read(bytes).Root;

        bytes.ShouldAllBe(b => b < 128);
        root.Header("From").ShouldBe("\"Doe, Jane\" <jane@site1.example>");
        root.Addresses("To").Mailboxes.ShouldBe(Draft.To);
        root.Header("Subject").ShouldBe("Grüße");
        root.Header("Message-ID").ShouldBe("<1@site1.example>");
        root.Encoding.ShouldBe(TransferEncoding.SevenBit);
        root.ReadText(100).Text.ShouldBe("Hello,\r\nworld\r\n");
        MessageDate.TryParse(root.Header("Date"), out var date).ShouldBeTrue();
        date.ShouldBe(Draft.Date);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(56)]
    [InlineData(57)]
    [InlineData(58)]
    [InlineData(10_000)]
    [InlineData(1_000_003)]
    [Trait("source", "Q227142")]
    public void An_attachment_arrives_byte_for_byte(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        var file = new DraftPart.File("Pläne \"2\".bin", "application/x-thing", Letters.InPieces(content, 4_095), Draft.Date);

        var message = MimeMessage.Read(Letters.InPieces(Write(Draft with { Parts = [new DraftPart.Text("see"), file] }), 8_191));

        message.Faults.ShouldBe(MimeFaults.None);
        var part = message.Root.Children[1];
        part.FileName.ShouldBe("Pläne \"2\".bin");
        part.ContentType.MediaType.ShouldBe("application/x-thing");
        part.CountDecoded().ShouldBe(new DecodeResult(length, MimeFaults.None));
        part.Decoded().AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public void Whatever_is_written_comes_back() => Prop.ForAll<string[], byte[], string>((texts, file, name) =>
    {
        var items = texts.Select(t => (t ?? "").Replace("\r", "", StringComparison.Ordinal)).Select(WellFormed).ToList();
        var title = FileNames.Clean(WellFormed(name ?? ""));
        var bytes = Write(Draft with
        {
            Parts = [.. items.Select(t => new DraftPart.Text(t)), new DraftPart.File(title, "image/png", new(file))],
        });

        var message = MimeMessage.Read(bytes);
        var parts = message.Root.Children;
        return message.Faults == MimeFaults.None
            && parts.Take(items.Count).Select(p => p.ReadText(100_000).Text.Replace("\r\n", "\n", StringComparison.Ordinal)).SequenceEqual(items)
            && parts[^1].Decoded().SequenceEqual(file)
            && parts[^1].FileName == title;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_text_with_a_very_long_line_is_quoted_printable()
    {
        var root = MimeMessage.Read(Write(Draft with { Parts = [new DraftPart.Text(new string('x', 999))] })).Root;

        root.Encoding.ShouldBe(TransferEncoding.QuotedPrintable);
        root.ReadText(2_000).Text.TrimEnd().ShouldBe(new string('x', 999));
    }

    [Fact]
    public void A_boundary_is_the_same_for_a_seed_and_never_in_the_content()
    {
        var first = Boundary.Derive("seed");

        var second = Boundary.Derive("seed", Letters.InPieces(Encoding.ASCII.GetBytes($"text --{first} text"), 7));

        Boundary.Derive("seed").ShouldBe(first);
        second.ShouldNotBe(first);
    }

    [Fact]
    public void A_boundary_in_the_content_is_found_at_every_place_and_segment()
    {
        var wanted = "needle"u8.ToArray();
        for (var before = 0; before < 12; before++)
        {
            byte[] content = [.. Enumerable.Repeat((byte)'n', before), .. wanted, .. "ee"u8];
            for (var length = 1; length < content.Length; length++)
            {
                Boundary.Occurs(Letters.InPieces(content, length), wanted).ShouldBeTrue();
                Boundary.Occurs(Letters.InPieces(content[..(before + 5)], length), wanted).ShouldBeFalse();
            }
        }
    }

    [Fact]
    public void A_text_that_holds_the_boundary_does_not_end_its_part()
    {
        var hostile = $"--{Boundary.Derive("<1@site1.example>")}--\r\nContent-Type: text/html\r\n\r\n<b>";

        var message = MimeMessage.Read(Write(Draft with { Parts = [new DraftPart.Text(hostile), new DraftPart.Text("b")] }));

        message.Root.Children.Count.ShouldBe(2);
        message.Root.Children[0].ReadText(1_000).Text.ShouldBe(hostile);
    }

    [Fact]
    public void A_type_that_base64_is_forbidden_for_becomes_a_plain_file()
    {
        var bytes = Write(Draft with { Parts = [new DraftPart.File("a", "message/rfc822", Letters.Sequence("x: y\n")), new DraftPart.File(null, "no type", default)] });

        MimeMessage.Read(bytes).Root.Children.Select(c => c.ContentType.MediaType)
            .ShouldBe(["application/octet-stream", "application/octet-stream"]);
    }

    private static byte[] Write(MessageDraft draft) => Letters.Written(o => MessageWriter.Write(draft, o));

    private static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
