using System.Buffers;
using Postern.Domain.Mime;

namespace Postern.Domain.Tests.Mime;

public sealed class DeliveryReportTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 9, 55, 6, TimeSpan.Zero);

    private static readonly DeliveryReport Report = new()
    {
        ReportingMta = TypedText.Dns("postern.site1.example"),
        OriginalEnvelopeId = "QQ314159",
        ArrivalDate = At,
        Recipients =
        [
            new RecipientReport
            {
                OriginalRecipient = TypedText.Rfc822("bob@site2.example"),
                FinalRecipient = TypedText.Rfc822("robert@site2.example"),
                Action = ReportAction.Failed,
                Status = "5.1.1",
                DiagnosticCode = TypedText.Smtp("550 5.1.1 no such user: " + new string('x', 200) + " Größe"),
                RemoteMta = TypedText.Dns("mx.site2.example"),
                LastAttempt = At.AddMinutes(5),
            },
            new RecipientReport
            {
                FinalRecipient = new TypedText("utf-8", "jürgen@müller.example"),
                Action = ReportAction.Delayed,
                Status = "4.4.1",
                WillRetryUntil = At.AddDays(5),
            },
        ],
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_report_comes_back_as_it_went(bool isFull)
    {
        var bytes = Write(isFull, Letters.Sequence(Letters.Mixed.Replace("From:", "Message-ID: <7@x>\nFrom:", StringComparison.Ordinal)));

        var message = MimeMessage.Read(bytes);
        var read = DeliveryReportReader.Read(message).ShouldNotBeNull();

        message.Faults.ShouldBe(MimeFaults.None);
        read.Faults.ShouldBe(MimeFaults.None);
        read.OriginalMessageId.ShouldBe("<7@x>");
        ShouldBeTheSame(read.Report);
        message.Root.Header("Auto-Submitted").ShouldBe("auto-replied");
        message.Root.ContentType.Parameters["report-type"].ShouldBe("delivery-status");
        message.Root.Children[2].ContentType.MediaType.ShouldBe(isFull ? "message/rfc822" : "text/rfc822-headers");
        HeaderSummary.Read(bytes).IsReport.ShouldBeTrue();
    }

    [Fact]
    public void The_original_comes_back_byte_for_byte()
    {
        var original = Letters.Sequence(Letters.Mixed);

        var message = MimeMessage.Read(Write(true, original));

        message.Root.Children[2].Body.ToArray().ShouldBe(original.ToArray());
    }

    [Fact]
    public void An_8bit_original_makes_an_8bit_report_that_can_be_downgraded()
    {
        var message = MimeMessage.Read(Write(true, Letters.Sequence("Subject: a\n\nä\n")));
        var outcome = DowngradeOutcome.Impossible;

        var bytes = Letters.Written(o => outcome = Downgrade.Write(message, o));

        message.Root.Encoding.ShouldBe(TransferEncoding.EightBit);
        outcome.ShouldBe(DowngradeOutcome.Rewritten);
        bytes.ShouldAllBe(b => b < 128);
        ShouldBeTheSame(DeliveryReportReader.Read(MimeMessage.Read(bytes)).ShouldNotBeNull().Report);
    }

    [Fact]
    public void A_report_without_its_original_has_two_parts() =>
        MimeMessage.Read(Write(true, default)).Root.Children.Count.ShouldBe(2);

    [Fact]
    public void Reports_are_read_when_they_leave_things_out()
    {
        var read = DeliveryReportReader.Read(Letters.Read(Letters.Report)).ShouldNotBeNull();

        read.OriginalMessageId.ShouldBe("<1@site1.example>");
        read.Faults.ShouldBe(MimeFaults.BadReport);
        read.Report.Recipients.Count.ShouldBe(2);
        var first = read.Report.Recipients[0];
        first.Action.ShouldBe(ReportAction.Failed);
        first.Status.ShouldBe("5.1.1");
        first.OriginalRecipient.ShouldBe(TypedText.Rfc822("bob@site2.example"));
        first.DiagnosticCode.ShouldBe(TypedText.Smtp("550 5.1.1  no such user"));
        read.Report.Recipients[1].Action.ShouldBe(ReportAction.Delayed);
        read.Report.Recipients[1].FinalRecipient.ShouldBe(TypedText.Rfc822("carl@site2.example"));
    }

    [Fact]
    public void A_recipient_without_an_address_is_still_told_of()
    {
        var text = Letters.Report.Replace(" rfc822; robert@site2.example", "", StringComparison.Ordinal).Replace(" rfc822;bob@site2.example", "", StringComparison.Ordinal);

        var read = DeliveryReportReader.Read(Letters.Read(text)).ShouldNotBeNull();

        read.Report.Recipients[0].FinalRecipient.ShouldBe(TypedText.Rfc822(""));
        read.Report.Recipients[0].Status.ShouldBe("5.1.1");
        read.Faults.HasFlag(MimeFaults.BadReport).ShouldBeTrue();
    }

    [Fact]
    public void Other_mail_is_no_report()
    {
        DeliveryReportReader.Read(Letters.Read(Letters.Mixed)).ShouldBeNull();
        DeliveryReportReader.Read(Letters.Read(Letters.Plain)).ShouldBeNull();
    }

    [Fact]
    public void A_hostile_reply_stays_in_its_field()
    {
        var hostile = Report with
        {
            Recipients =
            [
                Report.Recipients[0] with
                {
                    DiagnosticCode = TypedText.Smtp("550 no\r\n\r\nFinal-Recipient: rfc822; x@y\r\nAction: delivered"),
                    RemoteMta = TypedText.Dns("a\r\nStatus: 2.0.0"),
                    Status = "5.0.0\r\nX: y",
                },
            ],
        };

        var bytes = Letters.Written(o => DeliveryReportWriter.Write(Draft(hostile), o));

        var read = DeliveryReportReader.Read(MimeMessage.Read(bytes)).ShouldNotBeNull();
        read.Report.Recipients.Single().Action.ShouldBe(ReportAction.Failed);
        read.Report.Recipients.Single().Status.ShouldBe("5.0.0");
    }

    private static void ShouldBeTheSame(DeliveryReport read)
    {
        read.Recipients.ShouldBe(Report.Recipients);
        (read with { Recipients = Report.Recipients }).ShouldBe(Report);
    }

    private static byte[] Write(bool isFull, ReadOnlySequence<byte> original) =>
        Letters.Written(o => DeliveryReportWriter.Write(Draft(Report) with { Original = original, ReturnsFull = isFull }, o));

    private static ReportDraft Draft(DeliveryReport report) => new()
    {
        From = new Mailbox("Postmaster", "postmaster@site1.example"),
        To = new Mailbox("", "jane@site1.example"),
        Subject = "Undeliverable: Grüße",
        Date = At,
        MessageId = "<report.1@site1.example>",
        Text = "Your message could not be delivered.",
        Report = report,
    };
}
