using System.Buffers;
using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Mime;
using Postern.Domain.Tests.Formats.MsMail;
using static Postern.Domain.Tests.Conversion.MimeTexts;

namespace Postern.Domain.Tests.Conversion;

public sealed class ToMsMailTests
{
    private const string Plain = Header + "Content-Type: text/plain; charset=utf-8\r\n\r\nAnna, Rosa — 5 € ≥ 4\r\n";

    [Fact]
    public void Carries_only_its_own_deliveries_and_names_the_others()
    {
        var message = Put(ToMsMail.Convert(Request(Plain))).Single();

        message.From!.Raw.ShouldBe("CSI:BRIDGENET/HUB1/ERIKF");
        message.Recipients.Select(r => r.Address.Raw).ShouldBe(["CSI:HARBOR/PIER1/ANNAB"]);
        message.Date.ShouldBe(new DateTime(1998, 3, 14, 14, 5, 0));
        (message.Subject, message.Priority).ShouldBe(("Crane timetable", null));
        BodyOf(message).ShouldBe("Also to: Rosa <rosa@else.example>\r\nAlso cc: Nils <nils@else.example>\r\n\r\nAnna, Rosa - 5 EUR >= 4\r\n");
    }

    [Fact]
    [Trait("source", "Q156962")]
    public void A_hidden_recipient_goes_alone_and_is_named_to_nobody()
    {
        var deliveries = new[]
        {
            Delivery("HARBOR/PIER1/SECRET", RecipientClass.Bcc, "sam@site.example"),
            Delivery("HARBOR/PIER1/ROSAD", RecipientClass.Cc, "nils@else.example"),
            Delivery("HARBOR/PIER1/ANNAB"),
        };

        var messages = Put(ToMsMail.Convert(Request(Plain, deliveries)));

        messages.Select(m => string.Join(' ', m.Recipients.Select(r => r.Address.Text))).ShouldBe(["HARBOR/PIER1/ANNAB HARBOR/PIER1/ROSAD", "HARBOR/PIER1/SECRET"]);
        messages.ShouldAllBe(m => !BodyOf(m).Contains("sam", StringComparison.OrdinalIgnoreCase));
        BodyOf(messages[0]).ShouldStartWith("Also to: Rosa <rosa@else.example>\r\nAlso cc: Nils <nils@else.example>\r\n");
        BodyOf(Put(ToMsMail.Convert(Request(Plain, deliveries) with { Profile = MsMailFiles.Profile with { NamesCopies = false } }))[0])
            .ShouldStartWith("Also to: Rosa <rosa@else.example>\r\n\r\n");
        BodyOf(messages[1]).ShouldStartWith("Also to: per@site.example; Rosa <rosa@else.example>\r\n");
    }

    [Fact]
    [Trait("source", "Q98811")]
    public void Many_recipients_are_split_so_that_each_gets_one_copy()
    {
        var deliveries = Enumerable.Range(0, 250).Select(i => Delivery($"HARBOR/PIER1/P{i}", (RecipientClass)(i % 2))).ToList();
        deliveries.AddRange(deliveries[..10].Select(d => d with { Class = RecipientClass.Bcc }));

        var output = ToMsMail.Convert(Request(Plain, [.. deliveries]));

        var messages = Put(output);
        messages.Select(m => m.Recipients.Count).ShouldBe([100, 100, 50]);
        messages.SelectMany(m => m.Recipients).Select(r => r.Address.Text).Distinct().Count().ShouldBe(250);
        output.Messages.SelectMany(m => m.Deliveries).ShouldBeUnique();
    }

    [Theory]
    [Trait("source", "Q227142")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300_000)]
    public void Attachments_arrive_byte_for_byte(int length)
    {
        var data = new byte[length];
        new Random(4711).NextBytes(data);
        byte[] control = "\r\n\u001a\0\r"u8.ToArray();

        var message = Put(ToMsMail.Convert(Request(Mixed("mixed", Part("text/plain", "see file"), FilePart("DATA.BIN", data), FilePart("C.BIN", control))))).Single();

        message.Attachments.Select(a => a.Name).ShouldBe(["DATA.BIN", "C.BIN"]);
        message.Attachments[0].Data.ToArray().ShouldBe(data);
        message.Attachments[1].Data.ToArray().ShouldBe(control);
    }

    [Fact]
    [Trait("source", "Q156844")]
    public void A_long_subject_arrives_whole()
    {
        var subject = string.Join(' ', Enumerable.Range(0, 40).Select(i => $"word{i}"));
        var output = ToMsMail.Convert(Request(Plain.Replace("Crane timetable", subject, StringComparison.Ordinal)));

        var message = Put(output).Single();

        message.Subject.Length.ShouldBeLessThanOrEqualTo(40);
        BodyOf(message).Replace("\r\n", "", StringComparison.Ordinal).ShouldStartWith($"Subject: {subject}");
    }

    [Theory]
    [Trait("source", "Q161936")]
    [Trait("source", "Q113824")]
    [InlineData("Importance: high\r\n", '4')]
    [InlineData("X-Priority: 5 (Lowest)\r\n", '1')]
    [InlineData("Importance: normal\r\n", null)]
    [InlineData("Disposition-Notification-To: <a@b.example>\r\n", 'R')]
    [InlineData("Return-Receipt-To: a@b.example\r\nImportance: high\r\n", 'R')]
    [InlineData("Disposition-Notification-To: <a@b.example>\r\nAuto-Submitted: auto-replied\r\n", null)]
    public void Priorities_and_requests_for_receipts_are_carried(string fields, char? priority) =>
        Put(ToMsMail.Convert(Request(fields + Plain))).Single().Priority.ShouldBe(priority);

    [Fact]
    public void What_a_registered_message_cannot_say_is_said()
    {
        var request = Request("Disposition-Notification-To: <a@b.example>\r\nImportance: high\r\n" + Plain);

        ToMsMail.Convert(request).Losses.ShouldContain(l => l.Kind == LossKind.Dropped && l.What == "importance");
        Put(ToMsMail.Convert(request with { Profile = MsMailFiles.Profile with { AsksForReceipts = false } })).Single().Priority.ShouldBe('4');
    }

    [Fact]
    [Trait("source", "Q112879")]
    [Trait("source", "Q115319")]
    public void Mail_to_the_mailbox_of_address_lists_is_refused()
    {
        var output = ToMsMail.Convert(Request(Plain, Delivery("HARBOR/PIER1/*special"), Delivery("HARBOR/PIER1/ANNAB"), Delivery("HARBOR/PIER1/$SYSTEM")));

        output.Refused.Single().Delivery.Recipient.Mailbox.ShouldBe("*special");
        output.Messages.Single().Deliveries.Count.ShouldBe(2);
    }

    [Theory]
    [Trait("source", "Q175447")]
    [Trait("source", "Q128432")]
    [InlineData("HARBOR/PIER1/POSTMASTER", "Auto-Submitted: auto-replied\r\n", true)]
    [InlineData("HARBOR/PIER1/$SYSTEM", "Auto-Submitted: auto-generated\r\n", true)]
    [InlineData("HARBOR/PIER1/POSTMASTER", "Auto-Submitted: no\r\n", false)]
    [InlineData("HARBOR/PIER1/POSTMASTER", "", false)]
    [InlineData("HARBOR/PIER1/ANNAB", "Auto-Submitted: auto-replied\r\n", false)]
    public void No_answer_of_a_program_goes_to_a_mailbox_that_no_person_reads(string to, string fields, bool isRefused)
    {
        var output = ToMsMail.Convert(Request(fields + Plain, Delivery(to)));

        (output.Refused.Count, output.Messages.Count).ShouldBe(isRefused ? (1, 0) : (0, 1));
    }

    [Fact]
    [Trait("source", "Q128432")]
    public void The_postmaster_writes_to_no_postmaster() =>
        ToMsMail.Convert(Request(Plain, Delivery("HARBOR/PIER1/POSTMASTER")) with { Originator = MsMailOriginator.OfNobody(MsMailFiles.Profile) })
            .Refused.Single().Reason.ShouldContain("HARBOR/PIER1/POSTMASTER");

    [Fact]
    [Trait("source", "Q119685")]
    public void A_group_is_written_to_by_its_address_and_never_by_what_it_is_called()
    {
        var mail = Plain.Replace("To: ", "To: \"All of Pier 1\" <all@site1.example>, ", StringComparison.Ordinal);

        Put(ToMsMail.Convert(Request(mail, Delivery("HARBOR/PIER1/ALLPIER", header: "all@site1.example")))).Single()
            .Recipients.Select(recipient => recipient.Address.Raw).ShouldBe(["CSI:HARBOR/PIER1/ALLPIER"]);
    }

    [Fact]
    [Trait("source", "Q141135")]
    public void A_report_is_carried_although_what_it_returns_cannot_be_read()
    {
        var report = Report(Failed("per@site.example", "5.1.1", "550 no such user")).Replace("Content-Type: message/rfc822", "Content-Type: application/x-1984; name=raw\r\nContent-Transfer-Encoding: base64\r\n\r\n\u0001\u0002!!", StringComparison.Ordinal);
        report.ShouldContain("x-1984");

        var message = Put(ToMsMail.Convert(Request(report))).Single();

        message.Subject.ShouldBe("Mail failure");
        BodyOf(message).ShouldContain("per@site.example");
    }

    [Fact]
    [Trait("source", "Q156728")]
    public void A_report_of_success_is_never_told_as_a_failure()
    {
        var message = Put(ToMsMail.Convert(Request(Report(Failed("per@site.example", "2.0.0", "250 taken") with { Action = ReportAction.Delivered })))).Single();

        message.Subject.ShouldNotBe("Mail failure");
        BodyOf(message).ShouldNotContain("[0");
        MailFailureText.TryRead(message, MsMailFiles.Profile, out _).ShouldBeFalse();
    }

    [Fact]
    public void A_strangers_name_stands_in_the_text()
    {
        SmtpAddress.TryParse("test@host.example", out var sender, out _).ShouldBeTrue();
        var originator = MsMailOriginator.OfStranger(sender, MsMailFiles.Profile, _ => null);

        var message = Put(ToMsMail.Convert(Request(Plain) with { Originator = originator })).Single();

        message.From!.Mailbox.ShouldBe(originator.Alias);
        BodyOf(message).ShouldStartWith("From: Test User <test@host.example>\r\nAlso to:");
    }

    [Fact]
    [Trait("source", "Q127919")]
    public void A_delivery_report_becomes_a_failure_in_the_words_of_the_original()
    {
        var report = Report(
            Failed("gusth@site1.example", "5.1.1", "550 5.1.1 no such user"), Failed("big@site1.example", "5.3.4", "552 too big"),
            Failed("ida@site1.example", "5.1.1", "550 no"), Failed("late@site1.example", "4.4.1", "timed out") with { Action = ReportAction.Delayed });

        var output = ToMsMail.Convert(Request(report, Delivery("HARBOR/PIER1/ANNAB")) with { Originator = MsMailOriginator.OfNobody(MsMailFiles.Profile), NativeOf = Native });

        var message = Put(output).Single();
        (message.From!.Raw, message.Subject).ShouldBe(("CSI:BRIDGENET/HUB1/POSTMASTER", "Mail failure"));
        MailFailureText.TryRead(message, MsMailFiles.Profile, out var failure).ShouldBeTrue();
        failure.Reasons.Select(r => (r.Code, string.Join(' ', r.Failed))).ShouldBe([(2, "BRIDGENET/HUB1/GUSTH ida@site1.example"), (9, "big@site1.example")]);
        (failure.OriginalFrom, failure.OriginalSubject, failure.OriginalDate).ShouldBe(("Test User <test@host.example>", "Crane timetable", new DateTime(1998, 3, 14, 14, 5, 0)));
        var text = BodyOf(message);
        text.ShouldContain("BRIDGENET/HUB1/GUSTH: 5.1.1 550 5.1.1 no such user\r\n");
        text.ShouldContain("Not delivered yet, still being tried:\r\n    late@site1.example");
        text.ShouldContain("Anna, Rosa - 5 EUR >= 4");
        output.Losses.ShouldContain(l => l.What == "report");
    }

    [Fact]
    public void A_failure_comes_back_as_the_report_it_was_made_of()
    {
        var file = MmffWriter.Prepare(
            ToMsMail.Convert(Request(Report(Failed("gusth@site1.example", "5.1.1", "550 no"))) with
            {
                Originator = MsMailOriginator.OfNobody(MsMailFiles.Profile),
                NativeOf = Native,
            }).Messages.Single().Message,
            MsMailFiles.Profile);
        var output = new ArrayBufferWriter<byte>();
        MsMailAddress.TryParse("HARBOR/PIER1/POSTMASTER", out var postmaster, out _).ShouldBeTrue();

        FromMsMail.Convert(
            new FromMsMailRequest
            {
                Message = MsMailFiles.Read(MsMailFiles.Written(file)).Single(),
                Profile = MsMailFiles.Profile,
                Postmaster = postmaster,
                Resolve = a => new Mailbox("", $"{a.Mailbox}@site1.example".ToLowerInvariant()),
                ReceivedAt = Accepted,
                MessageId = "<2@site1.example>",
            },
            output).Kind.ShouldBe(IncomingKind.Bounce);

        var recipient = DeliveryReportReader.Read(MimeMessage.Read(output.WrittenMemory))!.Report.Recipients.Single();
        (recipient.FinalRecipient.Text, recipient.Status).ShouldBe(("gusth@site1.example", "5.1.1"));
    }

    [Fact]
    public void A_report_without_failures_is_a_text_under_its_own_subject()
    {
        var report = Report(Failed("late@site1.example", "4.4.1", "timed out") with { Action = ReportAction.Delayed });

        var message = Put(ToMsMail.Convert(Request(report))).Single();

        message.Subject.ShouldBe("Undeliverable: Crane timetable");
        BodyOf(message).ShouldContain("Not delivered yet, still being tried:");
    }

    [Theory]
    [Trait("source", "Q164136")]
    [InlineData("displayed", false, "Return Receipt: Test User", null)]
    [InlineData("displayed", true, "Return Receipt: Test User", 'C')]
    [InlineData("deleted", false, "Crane timetable", null)]
    public void A_disposition_becomes_a_receipt_of_what_was_read(string disposition, bool writesPriority, string subject, char? priority)
    {
        var mail = Header.Replace("To: per", "X: per", StringComparison.Ordinal)
            + "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n" + Part("text/plain", "Your message was read.")
            + Part("message/disposition-notification", $"Final-Recipient: rfc822; test@host.example\r\nDisposition: manual-action/MDN-sent-manually; {disposition}")
            + Part("text/rfc822-headers", "From: Anna <anna@site1.example>\r\nTo: Test User <test@host.example>\r\nDate: Fri, 13 Mar 1998 09:26:00 +0100\r\nSubject: Crane plan\r\n")
            + "--b--\r\n";

        var message = Put(ToMsMail.Convert(Request(mail) with { Profile = MsMailFiles.Profile with { WritesReceiptPriority = writesPriority } })).Single();

        (message.Subject, message.Priority).ShouldBe((subject[..Math.Min(40, subject.Length)], priority));
        if (disposition == "displayed")
        {
            ReceiptText.TryRead(message, MsMailFiles.Profile, out var receipt).ShouldBeTrue();
            (receipt.OriginalSubject, receipt.OriginalTo, receipt.ReadAt).ShouldBe(("Crane plan", "Test User <test@host.example>", new DateTime(1998, 3, 14, 14, 5, 0)));
        }
    }

    private static MsMailAddress? Native(SmtpAddress address) =>
        address.LocalPart == "gusth" && MsMailAddress.TryParse("BRIDGENET/HUB1/GUSTH", out var native, out _) ? native : null;

    private static RecipientReport Failed(string address, string status, string reason) => new()
    {
        FinalRecipient = TypedText.Rfc822(address),
        Action = ReportAction.Failed,
        Status = status,
        DiagnosticCode = TypedText.Smtp(reason),
    };

    private static string Report(params RecipientReport[] recipients)
    {
        var output = new ArrayBufferWriter<byte>();
        DeliveryReportWriter.Write(
            new ReportDraft
            {
                From = new Mailbox("Postmaster", "postmaster@site1.example"),
                To = new Mailbox("", "anna@site1.example"),
                Subject = "Undeliverable: Crane timetable",
                Date = Accepted,
                MessageId = "<3@site1.example>",
                Text = "Not delivered.\r\n",
                Report = new DeliveryReport { ReportingMta = TypedText.Dns("site1.example"), Recipients = recipients },
                Original = new(Bytes(Plain)),
                ReturnsFull = true,
            },
            output);
        return System.Text.Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static MsMailDelivery Delivery(string address, RecipientClass kind = RecipientClass.To, string header = "per@site.example") =>
        new(MsMailAddress.TryParse(address, out var parsed, out var fault) ? parsed : throw new FormatException(fault), kind, header);

    private static MsMailRequest Request(string mime, params MsMailDelivery[] deliveries) => new()
    {
        Message = Parsed(mime),
        Deliveries = deliveries.Length > 0 ? deliveries : [Delivery("HARBOR/PIER1/ANNAB")],
        Originator = new OriginatorText("CSI:BRIDGENET/HUB1/ERIKF", "", []),
        Profile = MsMailFiles.Profile,
        HtmlToText = html => html,
        AcceptedAt = Accepted,
        Zone = TimeZoneInfo.CreateCustomTimeZone("CET", TimeSpan.FromHours(1), "CET", "CET"),
    };

    // As the put program would read them
    private static List<MsMailMessage> Put(MsMailOutput output) =>
        [.. output.Messages.Select(m => MsMailFiles.Read(MsMailFiles.Written(m.Message)).Single()).Select(m => m.Faults == MmffFault.None ? m : throw new FormatException(m.Faults.ToString()))];

    private static string BodyOf(MsMailMessage message) => MsMailFiles.Text(message.Body);
}
