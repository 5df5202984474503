using System.Buffers;
using System.Text;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

public sealed class MessageFixerTests
{
    private const string Mixed =
        "From: a@b.example\r\nX-Odd: one\r\nX-Odd: two\r\nSubject: Berth list\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n"
        + "--b\r\nContent-Type: text/plain\r\n\r\nThe list.\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=good.pdf\r\n\r\nJVBERi0=\r\n"
        + "--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=bad.pdf\r\n\r\nJVB§§§\r\n--b--\r\nepilogue\r\n";

    [Fact]
    public void A_damaged_attachment_goes_and_every_other_byte_stays()
    {
        var (text, notes) = Fix(Mixed, new ContentFix { Strip = StrippedFiles.Damaged });

        notes.ShouldHaveSingleItem().Before.ShouldStartWith("bad.pdf");
        text.ShouldContain("The attachment \"bad.pdf\"");
        text.ShouldContain("filename=good.pdf\r\n\r\nJVBERi0=\r\n--b\r\n");
        var at = Mixed.LastIndexOf("--b\r\n", StringComparison.Ordinal);
        text.ShouldStartWith(Mixed[..(at + 5)]);
        text.ShouldEndWith("\r\n--b--\r\nepilogue\r\n");
        MessageFaults.Of(MimeMessage.Read(Encoding.Latin1.GetBytes(text))).ShouldBeEmpty();
    }

    [Fact]
    public void An_attachment_is_found_by_its_name_and_all_of_them_at_once()
    {
        Fix(Mixed, new ContentFix { Strip = StrippedFiles.Named, StripName = "GOOD.PDF" }).Notes.ShouldHaveSingleItem().Before.ShouldStartWith("good.pdf");
        Fix(Mixed, new ContentFix { Strip = StrippedFiles.All }).Notes.Count.ShouldBe(2);
    }

    [Fact]
    public void A_message_that_is_nothing_but_a_file_becomes_a_text()
    {
        var (text, _) = Fix("Subject: x\r\nContent-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n", new ContentFix { Strip = StrippedFiles.All });

        var message = MimeMessage.Read(Encoding.Latin1.GetBytes(text));
        message.Root.ContentType.MediaType.ShouldBe("text/plain");
        message.Root.ReadText(1000).Text.ShouldStartWith("The attachment \"a.zip\"");
        message.FaultList.ShouldBeEmpty();
    }

    [Fact]
    public void A_field_is_replaced_once_and_its_repeats_go()
    {
        var (text, notes) = Fix(Mixed, new ContentFix { Headers = [new("x-odd", "three"), new("Subject", "Größe [1]"), new("X-New", "here"), new("X-None", null)] });

        var root = MimeMessage.Read(Encoding.Latin1.GetBytes(text)).Root;
        root.Headers("X-Odd").ShouldBe(["three"]);
        root.Header("Subject").ShouldBe("Größe [1]");
        root.Header("X-New").ShouldBe("here");
        notes.Count.ShouldBe(3);
    }

    [Fact]
    public void A_value_cannot_end_its_field()
    {
        var (text, _) = Fix(Mixed, new ContentFix { Headers = [new("X-Odd", "a\r\nBcc: all@b.example\r\n\r\nbody")] });

        MimeMessage.Read(Encoding.Latin1.GetBytes(text)).Root.Headers("Bcc").ShouldBeEmpty();
    }

    [Fact]
    public void Text_is_read_in_another_code_page_and_its_bytes_stay()
    {
        var mail = "From: a@b.example\r\nSubject: Gr\u0094\u00e1e\r\n\r\nGr\u0094\u00e1e 4\r\n";

        var (text, notes) = Fix(mail, new ContentFix { CodePage = 850 });

        var root = MimeMessage.Read(Encoding.Latin1.GetBytes(text)).Root;
        root.ReadText(100).Text.ShouldBe("Größe 4\r\n");
        root.Header("Subject").ShouldBe("Größe");
        text.ShouldEndWith("\r\n\r\nGr\u0094\u00e1e 4\r\n");
        notes.Count.ShouldBe(2);
    }

    [Fact]
    public void What_has_nothing_to_change_is_not_written()
    {
        var output = new ArrayBufferWriter<byte>();

        MessageFixer.Apply(MimeMessage.Read(Encoding.Latin1.GetBytes(Mixed)), new ContentFix { Strip = StrippedFiles.Named, StripName = "none", CodePage = 437, Headers = [new("Subject", "Berth list")] }, output).ShouldBeEmpty();

        output.WrittenCount.ShouldBe(0);
    }

    [Theory]
    [InlineData("Bad Name", "blanks")]
    [InlineData("Received", "circles")]
    [InlineData("", "name")]
    public void A_field_that_may_not_be_changed_is_refused(string name, string words) =>
        new ContentFix { Headers = [new(name, "x")] }.Fault().ShouldNotBeNull().ShouldContain(words);

    [Fact]
    public void Wherever_the_message_is_cut_a_fix_ends_and_what_it_writes_is_read_again()
    {
        var fix = new ContentFix { Strip = StrippedFiles.All, CodePage = 850, Headers = [new("Subject", "x"), new("X-Odd", null)] };
        var bytes = Encoding.Latin1.GetBytes(Mixed);
        for (var length = 0; length <= bytes.Length; length++)
        {
            var output = new ArrayBufferWriter<byte>();
            MessageFixer.Apply(MimeMessage.Read(bytes.AsMemory(0, length)), fix, output);
            MimeMessage.Read(output.WrittenMemory).Root.Header("Subject").ShouldBe("x");
        }
    }

    private static (string Text, IReadOnlyList<FixNote> Notes) Fix(string mail, ContentFix fix)
    {
        var output = new ArrayBufferWriter<byte>();
        fix.Fault().ShouldBeNull();
        var notes = MessageFixer.Apply(MimeMessage.Read(Encoding.Latin1.GetBytes(mail)), fix, output);
        return (Encoding.Latin1.GetString(output.WrittenSpan), notes);
    }
}
