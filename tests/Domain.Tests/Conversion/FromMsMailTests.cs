using System.Buffers;
using System.Text;
using Postern.Domain.Addresses;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Mime;
using Postern.Domain.Tests.Formats.MsMail;
using static Postern.Domain.Tests.Formats.MsMail.MsMailFiles;

namespace Postern.Domain.Tests.Conversion;

public sealed class FromMsMailTests
{
    private static readonly DateTimeOffset Received = new(1998, 3, 16, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Writes_a_message_with_text_files_and_everybody_on_its_lines()
    {
        var (mail, result) = Converted(Fixture("timetable.in"));

        result.Kind.ShouldBe(IncomingKind.Message);
        result.Losses.ShouldBeEmpty();
        mail.Root.Addresses("From").Mailboxes.Single().ToString().ShouldBe("ERIKF <erikf.hub1@test.example>");
        mail.Root.Addresses("To").Mailboxes.Select(m => m.Address).ShouldBe(["annab.pier1@test.example", "carld.pier2@test.example"]);
        mail.Root.Header("Subject").ShouldBe("Crane timetable");
        mail.Root.Header("Date").ShouldBe("Sat, 14 Mar 1998 09:26:00 +0100");
        mail.Root.Header("Message-ID").ShouldBe("<1@test.example>");
        mail.Root.Header("Disposition-Notification-To").ShouldBe("<erikf.hub1@test.example>");
        mail.Root.Header("Importance").ShouldBeNull();
        var body = MessageBody.Of(mail.Root);
        TextOf(mail).ShouldBe("Hello Anna,\r\nthe timetable is attached.\r\n\r\nRegards, Erik\r\n");
        (body.Files.Single().FileName, Encoding.Latin1.GetString(Decoded(body.Files.Single()))).ShouldBe(("CRANE.TXT", "06:00 north\r\n14:00 south"));
    }

    [Fact]
    [Trait("source", "Q119052")]
    public void What_went_out_and_comes_in_again_has_its_text_and_no_header_within()
    {
        MsMailAddress.TryParse("HARBOR/PIER1/ANNAB", out var anna, out _).ShouldBeTrue();
        var sent = ToMsMail.Convert(new MsMailRequest
        {
            Message = MimeMessage.Read(new(Encoding.Latin1.GetBytes("From: <erik@test.example>\r\nTo: <anna@test.example>\r\nSubject: Round\r\nContent-Type: text/plain\r\n\r\nHello Anna,\r\n\r\nErik\r\n"))),
            Deliveries = [new MsMailDelivery(anna, Domain.Formats.RecipientClass.To, "anna@test.example")],
            Originator = new OriginatorText("CSI:BRIDGENET/HUB1/ERIKF", "", []),
            Profile = Profile,
            HtmlToText = html => html,
            AcceptedAt = Received,
            Zone = TimeZoneInfo.Utc,
        }).Messages.Single();

        var (mail, _) = Converted(MsMailFiles.Read(MsMailFiles.Written(sent.Message)).Single());

        TextOf(mail).ShouldBe("Hello Anna,\r\n\r\nErik\r\n");
        mail.Root.Addresses("To").Mailboxes.Select(mailbox => mailbox.Address).ShouldBe(["annab.pier1@test.example"]);
    }

    [Fact]
    public void Attachments_arrive_byte_for_byte()
    {
        var message = Read(Fixture("nested.in"))[0];

        var (mail, _) = Converted(message);

        var files = MimeParts(mail).Where(p => p.FileName is not null).ToList();
        files.Select(f => f.FileName).ShouldBe(["INNER.MMF", "EMPTY.BIN", "ALL.BIN", "öL.TXT"]);
        files.Select(Decoded).ShouldBe(message.Attachments.Select(a => a.Data.ToArray()));
    }

    [Fact]
    [Trait("source", "Q175579")]
    public void Copies_gateways_and_internet_addresses_keep_their_place()
    {
        var messages = Read(Fixture("several-cr.in"));

        Converted(messages[2]).Mail.Root.Addresses("Cc").Mailboxes.Single().Address.ShouldBe("gustavah.hub1@test.example");
        Converted(messages[1]).Mail.Root.Addresses("To").Mailboxes.Single().Address.ShouldBe("jane@site1.example");
        var (fax, result) = Converted(messages[0]);
        fax.Root.Addresses("To").Mailboxes.Select(m => m.Address).ShouldContain("annab.pier1@test.example");
        fax.Root.Header("To")!.ShouldContain("FAX:Quay Office");
        result.Losses.Single().ShouldBe(new ConversionLoss(LossKind.Replaced, "recipient", "FAX:Quay Office^0DTurku^0DQuay Ltd^0D555 0101^0D", "a name without an address"));
    }

    [Fact]
    [Trait("source", "Q156962")]
    public void A_hidden_recipient_leaves_no_trace()
    {
        var (mail, _) = Converted(Bytes(Header + "BCC:CSI:HARBOR/PIER1/SECRET\r\nTEXT:2\r\nok"));

        Encoding.UTF8.GetString(mail.Content).ShouldNotContain("secret", Case.Insensitive);
    }

    [Theory]
    [Trait("source", "Q98209")]
    [InlineData("\r\nab\r\n", true, "ab\r\n")]
    [InlineData("\r\n\r\nab\r\n", true, "\r\nab\r\n")]
    [InlineData("\r\nab\r\n", false, "\r\nab\r\n")]
    [InlineData("ab\r\n", true, "ab\r\n")]
    [InlineData("\tab = 3D\r\n.\r\nFrom me\r\n", true, "\tab = 3D\r\n.\r\nFrom me\r\n")]
    public void One_empty_first_line_is_left_out_of_what_people_see(string text, bool isStripped, string expected)
    {
        var (mail, _) = Converted(Bytes(Header + $"TEXT:{text.Length}\r\n{text}"), Profile with { StripsFirstEmptyLine = isStripped });

        TextOf(mail).ShouldBe(expected);
    }

    [Fact]
    [Trait("source", "Q119356")]
    public void The_header_of_a_windows_client_is_not_shown_and_that_is_said()
    {
        var text = "\r\nMicrosoft Mail v3.0 IPM.Microsoft Mail.Note\r\nVon: Carl\r\n\r\n" + new string('-', 78) + "\r\nText\r\n";
        var file = Bytes(Header + $"TEXT:{text.Length}\r\n{text}");

        var (mail, result) = Converted(file);

        TextOf(mail).ShouldBe("Text\r\n");
        result.Losses.Single().ShouldBe(new ConversionLoss(LossKind.Dropped, "header in the text", "IPM.Microsoft Mail.Note", ""));
        TextOf(Converted(file, Profile with { StripsClientHeader = false }).Mail).ShouldBe(text[2..]);
    }

    [Fact]
    [Trait("source", "Q94180")]
    public void A_placement_file_is_not_shown_and_another_of_that_name_is()
    {
        var (mail, result) = Converted([
            .. Bytes(Header + "ATTACHMENT:WINMAIL.DAT 6\r\nATTACHMENT:WINMAIL.DAT 6\r\nTEXT:2\r\nok"), 0x78, 0x9F, 0x3E, 0x22, 1, 2, .. "no TNE"u8]);

        MessageBody.Of(mail.Root).Files.Select(f => Encoding.ASCII.GetString(Decoded(f))).ShouldBe(["no TNE"]);
        result.Losses.Single().Kind.ShouldBe(LossKind.Dropped);
    }

    [Theory]
    [Trait("source", "Q161936")]
    [InlineData("1", "low", null)]
    [InlineData("2", null, null)]
    [InlineData("3", null, null)]
    [InlineData("4", "high", null)]
    [InlineData("5", "high", null)]
    [InlineData("R", null, null)]
    [InlineData("F", null, "F")]
    [InlineData("", null, null)]
    public void Priorities_have_three_levels(string priority, string? importance, string? other)
    {
        var (mail, _) = Converted(Bytes(Header + $"PRIORITY:{priority}\r\nTEXT:2\r\nok"));

        mail.Root.Header("Importance").ShouldBe(importance);
        mail.Root.Header("X-MsMail-Priority").ShouldBe(other);
        (mail.Root.Header("Disposition-Notification-To") is not null).ShouldBe(priority == "R");
    }

    [Fact]
    [Trait("source", "Q170137")]
    [Trait("source", "Q214565")]
    public void A_date_that_cannot_be_read_becomes_the_time_of_the_pickup()
    {
        var (mail, result) = Converted(Bytes("VERSION:3.00\r\nTO:A/B/C\r\nFROM:A/B/D\r\nDATE:1900-01-01\r\nTEXT:2\r\nok"));

        mail.Root.Header("Date").ShouldBe("Mon, 16 Mar 1998 12:00:00 +0000");
        mail.Root.Header("X-MsMail-Date").ShouldBe("1900-01-01");
        result.Losses.ShouldContain(l => l.What == "date");
    }

    [Fact]
    [Trait("source", "Q127919")]
    public void A_failure_becomes_a_delivery_report()
    {
        var (mail, result) = Converted(Fixture("failure.in"));

        result.Kind.ShouldBe(IncomingKind.Bounce);
        var report = DeliveryReportReader.Read(mail)!;
        report.Faults.ShouldBe(MimeFaults.None);
        report.Report.Recipients.Select(r => (r.FinalRecipient.Text, r.Action, r.Status)).ShouldBe(
            [("gusth.pier2@test.example", ReportAction.Failed, "5.1.1"), ("helgam.pier2@test.example", ReportAction.Failed, "5.1.1")]);
        report.Report.Recipients[0].DiagnosticCode!.Text.ShouldBe("[002] Mail was received that was addressed to unknown addresses.");
        mail.Root.Header("Subject").ShouldBe("Undeliverable: Lunch");
        mail.Root.Header("Auto-Submitted").ShouldBe("auto-replied");
        var original = mail.Root.Children[2].Children[0];
        (original.Header("Subject"), original.Header("Date")).ShouldBe(("Lunch", "Sat, 14 Mar 1998 09:41:00 +0100"));
        original.Addresses("From").Mailboxes.Single().Address.ShouldBe("erikf.hub1@test.example");
    }

    [Fact]
    public void A_failure_that_names_people_only_names_them_in_the_report()
    {
        var text = "[001] unable to deliver\r\nMail item was not delivered to:\r\nHolm, Gustava\r\n";
        var file = Bytes($"VERSION:3.00\r\nTO:A/B/C\r\nFROM:A/B/POSTMASTER\r\nSUBJECT:Mail failure\r\nTEXT:{text.Length}\r\n{text}");

        var recipient = DeliveryReportReader.Read(Converted(file).Mail)!.Report.Recipients.Single();

        (recipient.FinalRecipient, recipient.Status).ShouldBe((new TypedText("x-ms", "Holm, Gustava"), "5.2.0"));
    }

    [Fact]
    [Trait("source", "Q131523")]
    public void A_receipt_says_what_was_read_and_when()
    {
        var (mail, result) = Converted(Fixture("receipt.in"));

        result.Kind.ShouldBe(IncomingKind.Receipt);
        mail.Root.Header("Auto-Submitted").ShouldBe("auto-replied");
        TextOf(mail).ShouldStartWith(
            "Your message was read.\r\n\r\n    Subject: Crane timetable\r\n    Read by: CSI:HARBOR/PIER2/CARLD\r\n    Read at: Sun, 15 Mar 1998 08:02:00 +0100\r\n");
    }

    [Theory]
    [Trait("source", "Q175447")]
    [Trait("source", "Q128432")]
    [InlineData("FROM:CSI:HARBOR/PIER1/POSTMASTER\r\nPRIORITY:R\r\n", IncomingKind.Automatic)]
    [InlineData("FROM:CSI:HARBOR/PIER1/$SYSTEM\r\n", IncomingKind.Automatic)]
    [InlineData("FROM:CSI:HARBOR/PIER1/*SPECIAL\r\n", IncomingKind.Automatic)]
    [InlineData("FROM:CSI:HARBOR/PIER1/POSTMASTER\r\nSUBJECT:Mail failure\r\n", IncomingKind.Bounce)]
    [InlineData("FROM:CSI:HARBOR/PIER1/ANNAB\r\nPRIORITY:C\r\n", IncomingKind.Receipt)]
    [InlineData("FROM:CSI:HARBOR/PIER1/ANNAB\r\n", IncomingKind.Message)]
    public void Nothing_answers_a_machine(string lines, IncomingKind kind)
    {
        var (mail, result) = Converted(Bytes($"VERSION:3.00\r\nTO:A/B/C\r\n{lines}TEXT:2\r\nok"));

        result.Kind.ShouldBe(kind);
        mail.Root.Header("Disposition-Notification-To").ShouldBeNull();
        (mail.Root.Header("Auto-Submitted") is not null).ShouldBe(kind != IncomingKind.Message);
    }

    [Fact]
    public void A_message_without_a_sender_is_the_postmasters_and_answered_by_nobody()
    {
        var (mail, result) = Converted(Bytes("VERSION:3.00\r\nTO:A/B/C\r\nTEXT:2\r\nok"));

        mail.Root.Addresses("From").Mailboxes.Single().Address.ShouldBe("postmaster.pier1@test.example");
        result.Kind.ShouldBe(IncomingKind.Automatic);
        result.Losses.ShouldContain(l => l.Kind == LossKind.Added && l.What == "sender");
    }

    [Fact]
    [Trait("source", "Q164850")]
    public void Only_recipients_at_our_sites_are_ours_to_deliver()
    {
        var message = Read(Header + "TO:CSI:bridgenet/hub1/erikf\r\nTO:CSI:BRIDGENET/HUB12/X\r\nTO:CSI:HARBOR/PIER1/ANNAB\r\nTO:SMTP:jane@else.example\r\n"
            + "TO:CSI:BRIDGENET/HUB1/*SPECIAL\r\nTO:CSI:BRIDGENET/HUB1/$SYSTEM\r\nTO:CSI:broken\r\nTO:FAX:1^0D\r\nTEXT:2\r\nok").Single();

        var ours = OwnRecipients.Of(message, Profile, a => a is { Network: "BRIDGENET" or "bridgenet", PostOffice: "HUB1" or "hub1" });

        ours.Native.Select(a => a.Text).ShouldBe(["BRIDGENET/HUB1/ERIKF", "BRIDGENET/HUB1/$SYSTEM"]);
        ours.Internet.ShouldBeEmpty();
        ours.Unreadable.Select(r => (r.Address.Raw, r.Line)).ShouldBe([("CSI:broken", 13)]);
        OwnRecipients.Of(message, Profile with { UsesInternetSenders = true }, _ => false).Internet.Single().Text.ShouldBe("jane@else.example");
    }

    private static (MimeMessage Mail, IncomingMail Result) Converted(byte[] file, MsMailProfile? profile = null) =>
        Converted(Read(file, profile).Single(), profile);

    private static (MimeMessage Mail, IncomingMail Result) Converted(MsMailMessage message, MsMailProfile? profile = null)
    {
        MsMailAddress.TryParse("HARBOR/PIER1/POSTMASTER", out var postmaster, out _).ShouldBeTrue();
        var output = new ArrayBufferWriter<byte>();
        var result = FromMsMail.Convert(
            new FromMsMailRequest
            {
                Message = message,
                Profile = profile ?? Profile,
                Postmaster = postmaster,
                Resolve = a => new Mailbox(a.Mailbox, $"{a.Mailbox}.{a.PostOffice}@test.example".ToLowerInvariant()),
                ReceivedAt = Received,
                MessageId = "<1@test.example>",
                Zone = TimeZoneInfo.CreateCustomTimeZone("CET", TimeSpan.FromHours(1), "CET", "CET"),
            },
            output);
        var mail = MimeMessage.Read(output.WrittenMemory);
        mail.Faults.ShouldBe(MimeFaults.None);
        return (mail, result);
    }

    private static IEnumerable<MimePart> MimeParts(MimeMessage mail) => mail.Root.Walk().Where(p => !p.IsContainer);

    private static string TextOf(MimeMessage mail) => MessageBody.Of(mail.Root).Texts[0].ReadText(10_000).Text;

    private static byte[] Decoded(MimePart part)
    {
        var output = new ArrayBufferWriter<byte>();
        part.Decode(output);
        return output.WrittenSpan.ToArray();
    }
}
