using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Postern.Domain.Conversion;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Mime;
using Postern.Domain.Tests.Formats.CcMail;
using static Postern.Domain.Tests.Conversion.MimeTexts;

namespace Postern.Domain.Tests.Conversion;

public sealed class FromCcMailTests
{
    [Fact]
    public void Writes_a_message_with_text_files_and_everybody_who_is_not_hidden()
    {
        var header = CcMailFiles.Header + "To: Delgado, Rosa\r\ncc: Far at QUAY2\r\nBcc: Secret at HARBOUR\r\n";

        var (mail, result) = Converted(header, ("Text item:", "Grüße\r\n"), ("File item: CRANES.DOC 3/13/98 4:50PM", "raw\0\u00ff"));

        result.Kind.ShouldBe(IncomingKind.Message);
        result.Losses.ShouldBeEmpty();
        mail.Root.Addresses("From").Mailboxes.Single().ToString().ShouldBe("Okafor, Ngozi at EXSITE1 <okafor.ngozi.exsite1@test.example>");
        mail.Root.Addresses("To").Mailboxes.Select(m => m.DisplayName).ShouldBe(["Lindqvist, Per at HARBOUR", "Delgado, Rosa at EXSITE1"]);
        mail.Root.Addresses("Cc").Mailboxes.Select(m => m.DisplayName).ShouldBe(["Far at QUAY2"]);
        mail.Root.Header("Bcc").ShouldBeNull();
        mail.Root.Header("Subject").ShouldBe("Crane timetable");
        mail.Root.Header("Date").ShouldBe("Sat, 14 Mar 1998 14:05:00 +0100");
        mail.Root.Header("Message-ID").ShouldBe("<1@test.example>");
        var body = MessageBody.Of(mail.Root);
        body.Texts.Single().ReadText(100).Text.TrimEnd().ShouldBe("Grüße");
        var file = body.Files.Single();
        file.FileName.ShouldBe("CRANES.DOC");
        file.ContentType.MediaType.ShouldBe("application/msword");
        Decoded(file).ShouldBe([(byte)'r', (byte)'a', (byte)'w', 0, 0xFF]);
        mail.Root.Walk().ShouldAllBe(p => p.ContentType.MediaType != "application/ms-tnef");
    }

    [Fact]
    [Trait("source", "Q181125")]
    public void A_hidden_recipient_leaves_no_trace()
    {
        var (mail, _) = Converted(CcMailFiles.Header + "Bcc: Secret, Sam at HARBOUR\r\n", ("Text item:", "x\r\n"));

        Encoding.UTF8.GetString(mail.Content).ShouldNotContain("secret", Case.Insensitive);
    }

    [Theory]
    [Trait("source", "Q188638")]
    [Trait("source", "Q186796")]
    [InlineData("44+55=099\r\n")]
    [InlineData("  leading and trailing  \r\n\r\n\r\n")]
    [InlineData("=3D =\r\n.\r\nFrom me\r\n")]
    public void Text_is_delivered_unchanged(string text)
    {
        var (mail, _) = Converted(CcMailFiles.Header, ("Text item:", text));

        MessageBody.Of(mail.Root).Texts.Single().ReadText(1_000).Text.ShouldBe(text);
    }

    [Fact]
    public void Several_texts_are_joined_in_order_with_their_titles()
    {
        var (mail, _) = Converted(
            CcMailFiles.Header, ("Text item: Body", "one\r\n"), ("Text item: Body", "two\r\n"), ("Text item: Forwarded", "three"), ("Text item:", "four"));

        MessageBody.Of(mail.Root).Texts.Single().ReadText(1_000).Text.TrimEnd()
            .ShouldBe("Body\r\n\r\none\r\ntwo\r\n\r\nForwarded\r\n\r\nthree\r\nfour");
    }

    [Theory]
    [InlineData("File item: Abc.wk4 5/6/97 3:10PM", "Abc.wk4", "application/vnd.lotus-1-2-3")]
    [InlineData("File item: PICTURE.PCX", "PICTURE.PCX", "image/x-pcx")]
    [InlineData("File item: winmail.dat", "winmail.dat", "application/octet-stream")]
    [InlineData("File item:", "NONAME1.TXT", "text/plain")]
    [InlineData("Fax item: page 1", "page 1.pcx", "image/x-pcx")]
    [InlineData("Fax item:", "Fax.pcx", "image/x-pcx")]
    [InlineData("Fax item: A.DCX", "A.DCX", "image/x-dcx")]
    [InlineData("Sound item: bell", "bell.bin", "application/x-macbinary")]
    [Trait("source", "Q184053")]
    [Trait("source", "Q197363")]
    [Trait("source", "Q237886")]
    public void Files_get_name_and_type(string heading, string name, string type)
    {
        var (mail, _) = Converted(CcMailFiles.Header, ("Text item:", "x"), (heading, "data"));

        var file = mail.Root.Children[1];
        file.FileName.ShouldBe(name);
        file.ContentType.MediaType.ShouldBe(type);
        Encoding.ASCII.GetString(Decoded(file)).ShouldBe("data");
    }

    [Fact]
    [Trait("source", "Q178122")]
    public void Items_of_no_bytes_are_carried()
    {
        var (mail, _) = Converted(CcMailFiles.Header, ("Text item:", ""), ("File item: EMPTY.DAT", ""));

        mail.Root.Walk().Select(p => p.FileName).ShouldContain("EMPTY.DAT");
    }

    [Fact]
    [Trait("source", "Q184457")]
    [Trait("source", "Q216473")]
    public void Rich_text_is_a_file_not_garbage_in_the_text()
    {
        var (mail, result) = Converted(CcMailFiles.Header, ("Text item:", @"{\rtf1 hello}"), ("Text item:", "plain\r\n"));

        MessageBody.Of(mail.Root).Texts.Single().ReadText(100).Text.ShouldNotContain("rtf");
        MessageBody.Of(mail.Root).Files.Single().ContentType.MediaType.ShouldBe("application/rtf");
        result.Losses.Single().What.ShouldBe("rich text");
    }

    [Fact]
    [Trait("source", "Q233325")]
    [Trait("source", "Q170137")]
    public void An_impossible_date_becomes_the_time_of_receipt_and_its_text_is_kept()
    {
        var (mail, result) = Converted(CcMailFiles.Header.Replace("3/14/98", "2/31/99", StringComparison.Ordinal), ("Text item:", "x"));

        mail.Root.Header("Date").ShouldBe("Sat, 14 Mar 1998 13:05:00 +0000");
        mail.Root.Header("X-CcMail-Date").ShouldBe("2/31/99 14:05");
        result.Losses.Single().Before.ShouldBe("2/31/99 14:05");
    }

    [Theory]
    [InlineData("3/14/00", "Tue, 14 Mar 2000 14:05:00 +0100")]
    [InlineData("0/0/00", "Sat, 14 Mar 1998 13:05:00 +0000")]
    [InlineData("1/1/1900", "Mon, 01 Jan 1900 14:05:00 +0100")]
    [InlineData("1/1/0000", "Sat, 14 Mar 1998 13:05:00 +0000")]
    [Trait("source", "Q170137")]
    public void A_date_of_any_year_is_carried_or_replaced_and_stops_nothing(string date, string expected)
    {
        var (mail, _) = Converted(CcMailFiles.Header.Replace("3/14/98", date, StringComparison.Ordinal), ("Text item:", "x"));

        mail.Root.Header("Date").ShouldBe(expected);
    }

    [Theory]
    [Trait("source", "Q237189")]
    [InlineData("Re: x")]
    [InlineData("Re[2]: x")]
    [InlineData("AW: x")]
    public void Subjects_stay_as_the_sender_wrote_them(string subject)
    {
        var (mail, _) = Converted(CcMailFiles.Header.Replace("Crane timetable", subject, StringComparison.Ordinal), ("Text item:", "x"));

        mail.Root.Header("Subject").ShouldBe(subject);
    }

    [Fact]
    [Trait("source", "Q249133")]
    [Trait("source", "Q192594")]
    public void Missing_names_are_left_out_and_said()
    {
        var (mail, result) = Converted("Date: 3/14/98 14:05\r\nTo:  at HARBOUR\r\nTo: Ann at HARBOUR\r\nSubject: s\r\n", ("Text item:", "x"));

        mail.Root.Addresses("From").Mailboxes.Single().DisplayName.ShouldBe("Postmaster at HARBOUR");
        mail.Root.Addresses("To").Mailboxes.Select(m => m.DisplayName).ShouldBe(["Ann at HARBOUR"]);
        result.Losses.Select(l => l.What).ShouldBe(["sender", "recipient"], ignoreOrder: true);
    }

    [Fact]
    [Trait("source", "Q228743")]
    [Trait("source", "Q184993")]
    public void A_router_bounce_becomes_a_report_that_names_who_failed()
    {
        var header = CcMailFiles.Header.Replace("Crane timetable", "Message not deliverable", StringComparison.Ordinal);

        var (mail, result) = Converted(header, ("Text item:", "Not deliverable to: Gone, Gerd at QUAY2\r\n\r\nSubject: Cranes\r\nmy words\r\n"), ("File item: A.TXT", "abc"));

        result.Kind.ShouldBe(IncomingKind.Bounce);
        mail.Root.ContentType.MediaType.ShouldBe("multipart/report");
        mail.Root.Header("Subject").ShouldBe("Undeliverable: Cranes");
        var report = DeliveryReportReader.Read(mail)!.Report;
        report.Recipients.Single().FinalRecipient.Text.ShouldBe("gone.gerd.quay2@test.example");
        report.Recipients.Single().Action.ShouldBe(ReportAction.Failed);
        mail.Root.Walk().Select(p => p.FileName).ShouldContain("A.TXT");
    }

    [Fact]
    [Trait("source", "Q228743")]
    public void A_bounce_that_names_nobody_stays_a_message()
    {
        var header = CcMailFiles.Header.Replace("Crane timetable", "Message not deliverable", StringComparison.Ordinal);

        var (mail, result) = Converted(header, ("Text item:", "sorry\r\n"));

        result.Kind.ShouldBe(IncomingKind.Bounce);
        mail.Root.ContentType.MediaType.ShouldBe("text/plain");
        mail.Root.Header("Auto-Submitted").ShouldBe("auto-replied");
    }

    [Theory]
    [Trait("source", "Q252819")]
    [InlineData("was read on 3/15/1998 9:12\r\n", "Sun, 15 Mar 1998 09:12:00 +0100")]
    [InlineData("", "Sat, 14 Mar 1998 14:05:00 +0100")]
    public void A_receipt_always_says_what_was_read_by_whom_and_when(string body, string time)
    {
        var header = "RRT: 1\r\n" + CcMailFiles.Header.Replace("Crane timetable", "Read: Cranes", StringComparison.Ordinal);

        var (mail, result) = Converted(header, ("Text item:", body));

        result.Kind.ShouldBe(IncomingKind.Receipt);
        var text = MessageBody.Of(mail.Root).Texts.Single().ReadText(1_000).Text;
        text.ShouldContain("Subject: Cranes\r\n");
        text.ShouldContain("Read by: Okafor, Ngozi");
        text.ShouldContain($"Read at: {time}\r\n");
        text.ShouldContain(body);
        mail.Root.Header("Subject").ShouldBe("Read: Cranes");
    }

    [Theory]
    [Trait("source", "Q168300")]
    [InlineData(0, 1)]
    [InlineData(20, 2)]
    public void A_Macintosh_file_gives_up_its_data_and_loses_nothing(int resourceLength, int files)
    {
        var data = Encoding.ASCII.GetBytes("the data fork");
        var wrapped = Wrapped("Mac name", data, resourceLength);

        var (mail, _) = Converted(CcMailFiles.Header, ("Text item:", "x"), ("File item: DOC", Encoding.Latin1.GetString(wrapped)));

        var parts = MessageBody.Of(mail.Root).Files;
        parts.Count.ShouldBe(files);
        Decoded(parts[0]).ShouldBe(data);
        if (files > 1)
        {
            Decoded(parts[1]).ShouldBe(wrapped);
            parts[1].FileName.ShouldBe("DOC.bin");
        }
    }

    [Fact]
    public void A_file_that_only_looks_like_MacBinary_is_carried_as_it_is()
    {
        var wrapped = Wrapped("Mac name", [1, 2, 3], 0);
        wrapped[30] ^= 1;

        var (mail, _) = Converted(CcMailFiles.Header, ("Text item:", "x"), ("File item: A.BIN", Encoding.Latin1.GetString(wrapped)));

        Decoded(mail.Root.Children[1]).ShouldBe(wrapped);
    }

    [Fact]
    public void Attachments_go_to_cc_Mail_and_back_unchanged()
    {
        var data = Enumerable.Range(0, 3).Select(i => Enumerable.Range(0, i * 700).Select(b => (byte)(b * 7)).ToArray()).ToList();
        var mime = Mixed("mixed", [Part("text/plain", "x"), .. data.Select((d, i) => FilePart($"F{i}.DAT", d))]);
        var there = Imported(ToCcMail.Convert(Request(mime))).Single();

        var back = Converted(there).Mail;

        back.Root.Children.Where(p => p.FileName is not null).Select(Decoded).ShouldBe(data);
    }

    [Fact]
    public void Damaged_files_convert_or_are_set_aside_but_never_fail()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var fixtures = CcMailFiles.Fixtures.Select(CcMailFiles.Fixture).ToList();
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = fixtures[random.Next(fixtures.Count)].ToArray();
            for (var n = random.Next(1, 6); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                foreach (var message in CcMailFiles.Read(bytes))
                {
                    Converted(message).Mail.Root.Header("Message-ID").ShouldNotBeNull();
                }
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {System.Convert.ToHexString(bytes)}", e);
            }
        }
    }

    private static byte[] Decoded(MimePart part)
    {
        var output = new ArrayBufferWriter<byte>();
        part.Decode(output);
        return output.WrittenSpan.ToArray();
    }

    private static (MimeMessage Mail, IncomingMail Result) Converted(string header, params (string Heading, string Data)[] items)
    {
        var encoded = items.Select(i => (i.Heading, i.Data.Contains('ü', StringComparison.Ordinal)
            ? Encoding.Latin1.GetString(CcMailFiles.Profile.TextEncoding.GetBytes(i.Data))
            : i.Data));
        return Converted(CcMailFiles.Read(CcMailFiles.Sized(header, [.. encoded])).Single());
    }

    private static (MimeMessage Mail, IncomingMail Result) Converted(CcMailMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        var result = FromCcMail.Convert(
            new FromCcMailRequest
            {
                Message = message,
                Profile = CcMailFiles.Profile,
                PostOffice = "HARBOUR",
                Resolve = a => new Mailbox(a.Text, string.Join('.', a.Text.ToLowerInvariant().Replace(" at ", " ", StringComparison.Ordinal)
                    .Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)) + "@test.example"),
                ReceivedAt = Accepted,
                MessageId = "<1@test.example>",
                Zone = TimeZoneInfo.CreateCustomTimeZone("CET", TimeSpan.FromHours(1), "CET", "CET"),
            },
            output);
        return (MimeMessage.Read(output.WrittenMemory), result);
    }

    private static byte[] Wrapped(string name, byte[] data, int resourceLength)
    {
        var padded = (data.Length + 127) / 128 * 128;
        var file = new byte[128 + padded + ((resourceLength + 127) / 128 * 128)];
        file[1] = (byte)name.Length;
        Encoding.ASCII.GetBytes(name).CopyTo(file, 2);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(83), data.Length);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(87), resourceLength);
        file[122] = file[123] = 129;
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(124), MacBinary.Checksum(file.AsSpan(0, 124)));
        data.CopyTo(file, 128);
        return file;
    }
}
