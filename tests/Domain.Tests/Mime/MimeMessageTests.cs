using System.Buffers;
using System.Text;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

public sealed class MimeMessageTests
{
    [Fact]
    public void Reads_a_plain_message()
    {
        var root = Letters.Read(Letters.Plain).Root;

        root.Header("subject").ShouldBe("Grüße aus Köln!");
        root.Headers("Received").Count().ShouldBe(2);
        root.ReadText(1000).Text.ShouldBe("Hello,\r\nthis is text.\r\n");
        root.Addresses("To").Mailboxes.ShouldBe([new("Bob", "bob@site2.example"), new("Ann \"A\" Lee", "ann@site2.example")]);
        root.Addresses("Cc").Mailboxes.ShouldBe([new("Jürgen", "j@site2.example")]);
    }

    [Fact]
    public void Takes_nested_parts_and_inner_messages_apart()
    {
        var message = Letters.Read(Letters.Mixed);
        var parts = message.Root.Walk().ToList();

        message.Faults.ShouldBe(MimeFaults.None);
        parts.Select(p => p.ContentType.MediaType).ShouldBe([
            "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/octet-stream",
            "message/rfc822", "multipart/mixed", "text/plain",
        ]);
        parts[2].ReadText(100).ShouldBe(new DecodedText("café ends", MimeFaults.None));
        parts[3].Body.ToArray().Text().ShouldBe("<p>caf&eacute;</p>");
        parts[4].FileName.ShouldBe("Pläne und mehr.bin");
        parts[4].Decoded().ShouldBe([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        parts[6].Header("Subject").ShouldBe("inner");
        parts[7].Body.ToArray().Text().ShouldBe("no header here");
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    public void Line_ends_of_either_kind_give_the_same_tree(string lineEnd)
    {
        var bytes = Encoding.UTF8.GetBytes(Letters.Mixed.ReplaceLineEndings(lineEnd));

        var parts = MimeMessage.Read(bytes).Root.Walk().ToList();

        parts.Count.ShouldBe(8);
        parts[7].Body.ToArray().Text().ShouldBe("no header here");
    }

    [Theory]
    [MemberData(nameof(Letters.All), MemberType = typeof(Letters))]
    public void Segments_make_no_difference(string text)
    {
        var bytes = Letters.Bytes(text);
        var whole = Shape(MimeMessage.Read(bytes));

        for (var length = 1; length < 70; length += length < 9 ? 1 : 13)
        {
            Shape(MimeMessage.Read(Letters.InPieces(bytes, length))).ShouldBe(whole);
        }
    }

    [Fact]
    public void Broken_mail_is_read_as_far_as_it_goes()
    {
        var message = Letters.Read(Letters.Broken);

        message.Root.Children.Count.ShouldBe(3);
        message.Root.Addresses("From").Mailboxes.ShouldBe([new("Jane Doe", "jane@site1.example"), new("", "bob@x")]);
        message.Root.Children[2].ReadText(100).Text.ShouldStartWith("$B%F%9%H(B");
        message.Faults.ShouldBe(
            MimeFaults.FieldMalformed | MimeFaults.FieldDuplicated | MimeFaults.BadParameter | MimeFaults.BoundaryInHeader
            | MimeFaults.UnknownEncoding | MimeFaults.BadContentType | MimeFaults.FinalBoundaryMissing);
    }

    [Fact]
    public void A_line_that_is_no_field_begins_the_body()
    {
        var message = Letters.Read("Subject: a\nthis is the body\nTo: b\n");

        message.Root.Fields.Count.ShouldBe(1);
        message.Root.Body.ToArray().Text().ShouldBe("this is the body\r\nTo: b\r\n");
        message.FaultList.ShouldBe([new MimeFault(MimeFaults.BlankLineMissing, 0)]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("Subject: a")]
    [InlineData("Subject: a\n")]
    [InlineData("Subject: a\n\n")]
    public void A_message_may_have_no_body(string text) => Letters.Read(text).Root.BodyRange.IsEmpty.ShouldBeTrue();

    [Fact]
    public void A_boundary_that_begins_like_another_is_told_apart()
    {
        var message = Letters.Read("""
            Content-Type: multipart/mixed; boundary=ab

            --ab
            Content-Type: multipart/mixed; boundary=abc

            --abc

            one
            --abc--
            --ab

            two
            --ab--  
            """);

        message.Faults.ShouldBe(MimeFaults.None);
        message.Root.Walk().Where(p => !p.IsContainer).Select(p => p.Body.ToArray().Text()).ShouldBe(["one", "two"]);
    }

    [Fact]
    public void An_inner_multipart_without_an_end_stops_at_the_outer_boundary()
    {
        var message = Letters.Read(
            "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\na\n--o\n\nb\n--o--\n");

        message.Faults.ShouldBe(MimeFaults.FinalBoundaryMissing);
        message.Root.Children.Count.ShouldBe(2);
        message.Root.Children[0].Children[0].Body.ToArray().Text().ShouldBe("a");
    }

    [Fact]
    public void Parts_of_a_digest_are_messages()
    {
        var message = Letters.Read("Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: x\n\nbody\n--d--\n");

        message.Root.Children[0].ContentType.MediaType.ShouldBe("message/rfc822");
        message.Root.Children[0].Children[0].Header("Subject").ShouldBe("x");
    }

    [Fact]
    public void Parts_nested_too_deep_stay_one_block()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 5_000; i++)
        {
            text.Append($"Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n");
        }

        var message = Letters.Read(text.ToString());

        message.Faults.HasFlag(MimeFaults.TooDeep).ShouldBeTrue();
        message.Root.Walk().Count().ShouldBe(51);
        message.Root.Walk().Last().IsOpaque.ShouldBeTrue();
        message.Root.Walk().Last().BodyRange.End.ShouldBe(message.Content.Length);
    }

    [Fact]
    public void Messages_in_messages_end_at_the_limit_too()
    {
        var message = Letters.Read(string.Concat(Enumerable.Repeat("Content-Type: message/rfc822\n\n", 10_000)));

        message.Faults.HasFlag(MimeFaults.TooDeep).ShouldBeTrue();
        message.Root.Walk().Count().ShouldBe(51);
    }

    [Fact]
    public void Parts_beyond_the_limit_are_kept_as_one()
    {
        var text = "Content-Type: multipart/mixed; boundary=b\n\n" + string.Concat(Enumerable.Repeat("--b\n\nx\n", 3_000)) + "--b--\n";

        var message = Letters.Read(text);

        message.Faults.HasFlag(MimeFaults.TooManyParts).ShouldBeTrue();
        message.Root.Children.Count.ShouldBe(1_000);
        message.Root.Children[^1].IsOpaque.ShouldBeTrue();
        message.Root.Children[^1].Body.ToArray().Text().ShouldEndWith("--b--\r\n");
    }

    [Fact]
    public void A_header_without_end_is_bounded_and_its_body_is_still_found()
    {
        var text = string.Concat(Enumerable.Repeat("X-A: b\n", 50_000)) + "Content-Type: text/html\n\nbody";

        var message = Letters.Read(text);

        message.Faults.ShouldBe(MimeFaults.HeaderTooLong);
        message.Root.Fields.Count.ShouldBe(2_000);
        message.Root.Body.ToArray().Text().ShouldBe("body");
    }

    [Fact]
    public void A_large_body_in_many_segments_is_only_pointed_at()
    {
        var line = Encoding.ASCII.GetBytes(new string('a', 76) + "\r\n");
        var pieces = new List<ReadOnlyMemory<byte>> { Letters.Bytes("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n") };
        pieces.AddRange(Enumerable.Repeat(new ReadOnlyMemory<byte>(line), 200_000));
        pieces.Add(Letters.Bytes("\n--b--\n"));
        var content = ContentSequence.Join(pieces);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var message = MimeMessage.Read(content);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
        message.Root.Children[0].BodyRange.Length.ShouldBe(200_000L * line.Length);
    }

    [Theory]
    [InlineData("filename=\"C:\\docs\\plan.doc\"", "plan.doc")]
    [InlineData("filename=../../etc/passwd", "passwd")]
    [InlineData("filename=..", null)]
    [InlineData("filename=my plan (2).doc", "my plan (2).doc")]
    [InlineData("filename=\"=?utf-8?B?UGzDpG5l?=.doc\"", "Pläne.doc")]
    [InlineData("filename=plain.doc; filename*=utf-8'de'Pl%C3%A4ne.doc", "Pläne.doc")]
    [InlineData("filename*=utf-8''a%00b%0D%0A.doc", "a b  .doc")]
    [InlineData("filename*0=\"one \"; filename*1=two.doc", "one two.doc")]
    [InlineData("filename*1=b; filename*0=a; filename*3=c", "ab")]
    [InlineData("filename=\"say \\\"hi\\\".txt\"", "say \"hi\".txt")]
    [InlineData("filename=\"unfinished.txt", "unfinished.txt")]
    public void File_names_are_read_in_every_shape_and_never_as_a_path(string parameters, string? expected)
    {
        var message = Letters.Read($"Content-Disposition: attachment; {parameters}\nContent-Type: a/b; name=other\n\nx");

        message.Root.FileName.ShouldBe(expected ?? "other");
    }

    [Fact]
    public void Eight_bit_headers_are_utf8_when_they_can_be_and_windows_else()
    {
        var bytes = Encoding.UTF8.GetBytes("Subject: Grüße\n").Concat(Encoding.Latin1.GetBytes("Comments: Grüße\n\n")).ToArray();

        var root = MimeMessage.Read(bytes).Root;

        root.Header("Subject").ShouldBe("Grüße");
        root.Header("Comments").ShouldBe("Grüße");
    }

    [Fact]
    public void Text_is_bounded_without_splitting_a_character()
    {
        var root = Letters.Read("Content-Type: text/plain; charset=utf-8\n\nab😀cd").Root;

        root.ReadText(3).ShouldBe(new DecodedText("ab", MimeFaults.TextCut));
        root.ReadText(4).Text.ShouldBe("ab😀");
    }

    [Fact]
    public void An_encoded_inner_message_is_left_whole()
    {
        var root = Letters.Read("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA0KDQo=").Root;

        root.IsOpaque.ShouldBeTrue();
        root.Faults.ShouldBe(MimeFaults.EncodedContainer);
        MimeMessage.Read(root.Decoded()).Root.Header("Subject").ShouldBe("x");
    }

    [Fact]
    public void Sorts_what_to_read_from_what_to_attach()
    {
        var body = MessageBody.Of(Letters.Read(Letters.Mixed).Root);

        body.Texts.Single().ReadText(100).Text.ShouldBe("café ends");
        body.Html.ShouldNotBeNull();
        body.Files.Select(f => f.ContentType.MediaType).ShouldBe(["application/octet-stream", "message/rfc822"]);
    }

    private static string Shape(MimeMessage message) => string.Join('\n', message.Root.Walk().Select(p =>
        $"{p.Range} {p.HeaderRange} {p.BodyRange} {p.ContentType} {p.FileName} {p.Faults} {p.Header("Subject")} {p.CountDecoded()} {p.ReadText(99)} {string.Join('|', p.Fields)}"));
}
