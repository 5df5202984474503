using Postern.Domain.Formats.MsMail;
using static Postern.Domain.Tests.Formats.MsMail.MsMailFiles;

namespace Postern.Domain.Tests.Formats.MsMail;

public sealed class ReceiptTextTests
{
    [Fact]
    [Trait("source", "Q131523")]
    public void A_receipt_of_the_dos_client_is_read()
    {
        ReceiptText.TryRead(Read(Fixture("receipt.in")).Single(), Profile, out var receipt).ShouldBeTrue();

        (receipt.OriginalSubject, receipt.OriginalTo, receipt.Reader).ShouldBe(("Crane timetable", "CARLD HARBOR/PIER2", "CSI:HARBOR/PIER2/CARLD"));
        receipt.ReadAt.ShouldBe(new DateTime(1998, 3, 15, 8, 2, 0));
    }

    [Fact]
    [Trait("source", "Q129707")]
    public void A_receipt_of_the_windows_client_is_read()
    {
        var message = Message(
            "Return Receipt: Carl Dahl",
            "Microsoft Mail v3.0 IPM.Microsoft Mail.Read Receipt\r\n\r\nYour Message To: Dahl, Carl\r\nEntitled: Crane timetable\r\nAnd Sent On: 03-14-98 09:26\r\nWas Read At: 03-15-98 08:02\r\nPriority: C\r\n");

        ReceiptText.TryRead(message, Profile, out var receipt).ShouldBeTrue();

        (receipt.Reader, receipt.OriginalSubject, receipt.OriginalTo, receipt.ReadAt).ShouldBe(("Carl Dahl", "Crane timetable", "Dahl, Carl", new DateTime(1998, 3, 15, 8, 2, 0)));
    }

    [Theory]
    [Trait("source", "Q107356")]
    [Trait("source", "Q214565")]
    [InlineData("Registered: Carl Dahl", "", true)]
    [InlineData("Return Receipt: Carl", "Was Read At: the 3rd of never\r\n", true)]
    [InlineData("Return Receipt: for the crane", "Please find the return receipt attached.\r\n", false)]
    [InlineData("Crane timetable", "It was read by all.\r\n", false)]
    public void Only_what_is_a_receipt_is_taken_for_one(string subject, string text, bool isReceipt)
    {
        ReceiptText.TryRead(Message(subject, text), Profile, out var receipt).ShouldBe(isReceipt);

        receipt.ReadAt.ShouldBeNull();
    }

    [Theory]
    [Trait("source", "Q164136")]
    [Trait("source", "Q168771")]
    [InlineData("Crane timetable")]
    [InlineData("A subject of more than sixty characters, which leaves no room for a time beside it")]
    public void What_is_written_is_read_again(string subject)
    {
        var receipt = new MsMailReceipt
        {
            Reader = "Jane Doe",
            OriginalSubject = subject,
            OriginalTo = "Jane Doe",
            SentAt = new DateTime(1998, 3, 14, 9, 26, 0),
            ReadAt = new DateTime(1998, 3, 15, 8, 2, 0),
        };

        ReceiptText.TryRead(Message(ReceiptText.SubjectOf(receipt), ReceiptText.Write(receipt, Profile with { LineLimit = 120 })), Profile, out var read).ShouldBeTrue();

        (read.Reader, read.OriginalTo, read.ReadAt).ShouldBe(("Jane Doe", "Jane Doe", receipt.ReadAt));
        read.OriginalSubject.ShouldBe(subject);
    }

    [Theory]
    [Trait("source", "Q119356")]
    [InlineData("Microsoft Mail v3.0 IPM.Microsoft Mail.Note\r\nVon: Carl\r\n\r\nBetreff: x\r\n----------------------------------------\r\nText\r\n", "IPM.Microsoft Mail.Note", "Text\r\n")]
    [InlineData("Microsoft Mail v3.0 IPM.Crane.Form\rDe: Carl\r\rText\r", "IPM.Crane.Form", "Text\r")]
    public void The_header_of_a_windows_client_is_taken_off(string text, string messageClass, string rest)
    {
        ClientHeader.TryTake(text, out var found, out var left).ShouldBeTrue();

        (found, left).ShouldBe((messageClass, rest));
    }

    [Theory]
    [InlineData("Microsoft Mail v3.0 is old\r\n\r\nText")]
    [InlineData("Text\r\nMicrosoft Mail v3.0 IPM.Microsoft Mail.Note\r\n\r\n")]
    [InlineData("Microsoft Mail v3.0 IPM.Microsoft Mail.Note")]
    [InlineData("")]
    public void A_text_without_one_stays_as_it_is(string text)
    {
        ClientHeader.TryTake(text, out _, out var rest).ShouldBeFalse();

        rest.ShouldBe(text);
    }

    private static MsMailMessage Message(string subject, string text) => Read(Written(
        new PutMessage { From = "CSI:HARBOR/PIER2/CARLD", Recipients = ["CSI:BRIDGENET/HUB1/ERIKF"], Subject = subject, Text = text },
        Profile with { LineLimit = 120, SubjectLimit = 63 })).Single();
}
