using System.Buffers;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Postern.Domain.Conversion;
using Postern.Domain.Formats;
using Postern.Domain.Formats.CcMail;
using static Postern.Domain.Tests.Conversion.MimeTexts;

namespace Postern.Domain.Tests.Conversion;

public sealed class ToCcMailTests
{
    private const string Plain = Header + "Content-Type: text/plain; charset=utf-8\r\n\r\nPer, Rosa — 5 € ≥ 4\r\n";

    [Fact]
    public void Carries_only_the_deliveries_of_the_file_and_names_the_others()
    {
        var message = Imported(ToCcMail.Convert(Request(Plain))).Single();

        message.From!.Raw.ShouldBe("\"Test User\" test@host.example at SITE1");
        message.Recipients.Select(r => r.Address.Raw).ShouldBe(["Lindqvist, Per at HARBOUR"]);
        message.Date.ShouldBe(new DateTime(1998, 3, 14, 14, 5, 0));
        message.Subject.ShouldBe("Crane timetable");
        Texts(message).ShouldBe(
            ["Also to: Rosa <rosa@else.example>\r\nAlso cc: Nils <nils@else.example>\r\n", "Per, Rosa - 5 EUR >= 4\r\n"]);
        message.Items[0].Title.ShouldBe("Also to");
    }

    [Fact]
    [Trait("source", "Q231803")]
    public void A_hidden_recipient_goes_alone_and_is_named_to_nobody()
    {
        var open = Delivery("Lindqvist, Per at HARBOUR");
        var copy = Delivery("Delgado, Rosa at HARBOUR", RecipientClass.Cc, "rosa@else.example");
        var hidden = Delivery("Secret, Sam at HARBOUR", RecipientClass.Bcc, "sam@site.example");

        var messages = Imported(ToCcMail.Convert(Request(Plain, open, copy, hidden)));

        messages.Count.ShouldBe(2);
        messages[0].Recipients.Select(r => (r.Class, r.Address.Name)).ShouldBe(
            [(RecipientClass.To, "Lindqvist, Per"), (RecipientClass.Cc, "Delgado, Rosa")]);
        messages[1].Recipients.Select(r => (r.Class, r.Address.Name)).ShouldBe([(RecipientClass.Bcc, "Secret, Sam")]);
        Texts(messages[0]).Concat(Texts(messages[1])).ShouldAllBe(t => !t.Contains("sam", StringComparison.OrdinalIgnoreCase));
        Texts(messages[1])[0].ShouldStartWith("Also to: per@site.example; Rosa <rosa@else.example>\r\n");
    }

    [Fact]
    public void The_line_of_a_recipient_follows_the_header()
    {
        var header = new HeaderRecipients(Parsed(Plain));

        header.Delivery(Address("a at B"), "PER@site.example").Class.ShouldBe(RecipientClass.To);
        header.Delivery(Address("a at B"), "nils@else.example").Class.ShouldBe(RecipientClass.Cc);
        header.Delivery(Address("a at B"), "who@else.example").Class.ShouldBe(RecipientClass.Bcc);
    }

    [Fact]
    [Trait("source", "Q181797")]
    public void One_copy_per_recipient_however_often_it_is_named()
    {
        var output = ToCcMail.Convert(Request(
            Plain,
            Delivery("Per Lindqvist at harbour", RecipientClass.Bcc),
            Delivery("Lindqvist, Per at HARBOUR", RecipientClass.Cc),
            Delivery("LINDQVIST, PER at HARBOUR")));

        output.Files.Single().Deliveries.Single().Class.ShouldBe(RecipientClass.To);
    }

    [Fact]
    [Trait("source", "Q166499")]
    public void Many_recipients_are_split_so_that_each_gets_one_copy()
    {
        var deliveries = Enumerable.Range(0, 500).Select(i => Delivery($"Person {i} at HARBOUR", (RecipientClass)(i % 2))).ToArray();

        var output = ToCcMail.Convert(Request(Plain, deliveries));

        var messages = Imported(output);
        messages.Count.ShouldBeGreaterThan(2);
        messages.SelectMany(m => m.Recipients).Select(r => r.Address.Raw).Distinct().Count().ShouldBe(500);
        messages.Sum(m => m.Recipients.Count).ShouldBe(500);
        output.Files.ShouldAllBe(f => f.Message.Recipients.Count == f.Deliveries.Count && RecipientGroups.HeaderBytes(f.Message, Profile) < 3_500);
    }

    [Theory]
    [Trait("source", "Q227142")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void Attachments_arrive_byte_for_byte(int length)
    {
        var data = new byte[length];
        new Random(4711).NextBytes(data);

        var message = Imported(ToCcMail.Convert(Request(Mixed("mixed", Part("text/plain", "see file"), FilePart("DATA.BIN", data))))).Single();

        var item = message.Items.Single(i => i.Kind == ItemKind.File);
        item.Title.ShouldBe("DATA.BIN 3/14/98 2:05PM");
        item.Data.ToArray().ShouldBe(data);
    }

    [Fact]
    [Trait("source", "Q227142")]
    public void A_large_attachment_is_never_in_memory_whole()
    {
        var data = new byte[20_000_000];
        new Random(4711).NextBytes(data);
        var request = Request(Mixed("mixed", Part("text/plain", "see file"), FilePart("DATA.BIN", data)));
        var sink = new PassingSink();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var file = ToCcMail.Convert(request).Files.Single().File;
        file.WriteTo(sink);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2_000_000);
        sink.Written.ShouldBe(file.Length);
    }

    [Fact]
    [Trait("source", "Q227142")]
    public void Any_attachments_of_any_names_arrive_whole()
    {
        var files = ArbMap.Default.ArbFor<byte[][]>();
        Prop.ForAll(files, data =>
        {
            data = [.. (data ?? []).Select(d => d ?? [])];
            var parts = data.Select((d, i) => FilePart($"long file name {i}.tx{i % 3}", d)).Prepend(Part("text/plain", "x")).ToArray();

            var messages = Imported(ToCcMail.Convert(Request(Mixed("mixed", parts))));

            var items = messages.SelectMany(m => m.Items).Where(i => i.Kind == ItemKind.File).ToList();
            items.Select(i => System.Convert.ToHexString(i.Data.ToArray())).ShouldBe(data.Select(System.Convert.ToHexString));
            messages.ShouldAllBe(m => m.Items.Count <= 20);
            messages.SelectMany(m => m.Items).ShouldAllBe(i => i.Title.Length <= 30);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(16, 1)]
    [InlineData(17, 2)]
    [InlineData(50, 3)]
    public void More_files_than_a_message_takes_travel_in_numbered_messages(int count, int messages)
    {
        var parts = Enumerable.Range(0, count).Select(i => FilePart($"F{i}.BIN", [(byte)i])).Prepend(Part("text/plain", "x")).ToArray();

        var output = ToCcMail.Convert(Request(Mixed("mixed", parts)));

        var read = Imported(output);
        read.Count.ShouldBe(messages);
        read.SelectMany(m => m.Items).Where(i => i.Kind == ItemKind.File).Select(i => i.Data.FirstSpan[0]).ShouldBe(Enumerable.Range(0, count).Select(i => (byte)i));
        read.Select(m => m.Subject).ShouldBe(messages == 1
            ? ["Crane timetable"]
            : Enumerable.Range(1, messages).Select(i => $"({i} of {messages}) Crane timetable"));
        output.Losses.Any(l => l.What == "files").ShouldBe(messages > 1);
    }

    [Fact]
    public void Html_alone_becomes_text_and_beside_text_is_left_out()
    {
        var alone = ToCcMail.Convert(Request(Header + "Content-Type: text/html\r\n\r\n<p>Hello</p>"));
        var beside = ToCcMail.Convert(Request(Mixed("alternative", Part("text/plain", "plain"), Part("text/html", "<p>rich</p>"))));
        var footer = ToCcMail.Convert(Request(Mixed("mixed", Part("text/html", "<p>main</p>"), Part("text/plain", "-- list footer"))));

        Texts(Imported(alone).Single())[^1].ShouldBe("Hello\r\n");
        Texts(Imported(beside).Single())[^1].ShouldBe("plain\r\n");
        Texts(Imported(footer).Single())[^1].ShouldBe("main\r\n\r\n-- list footer\r\n");
        beside.Losses.ShouldContain(new ConversionLoss(LossKind.Dropped, "formatting", "text/html", "text/plain"));
    }

    [Fact]
    public void Inline_pictures_and_forwarded_messages_are_files()
    {
        var inner = "From: a@b.example\r\nSubject: The old/new plan.txt\r\n\r\ninner text\r\n";
        var png = new byte[] { 0x89, 0x50, 0x4E, 0x47, 0, 1, 2 };
        var picture = Part("image/png", Base64(png), "Content-Transfer-Encoding: base64\r\nContent-ID: <x>\r\nContent-Disposition: inline\r\n");

        var message = Imported(ToCcMail.Convert(Request(Mixed("mixed", Part("text/plain", "x"), picture, Part("message/rfc822", inner))))).Single();

        var files = message.Items.Where(i => i.Kind == ItemKind.File).ToList();
        files.Select(f => FileTitle.Parse(f.Title).Name).ShouldBe(["Unnamed.png", "Theold~1.eml"]);
        files[0].Data.ToArray().ShouldBe(png);
        Encoding.UTF8.GetString(files[1].Data).ShouldBe(inner);
    }

    [Fact]
    public void Uuencoded_files_in_the_text_come_out_as_files()
    {
        var body = "Hello\r\n\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nBye\r\n";

        var message = Imported(ToCcMail.Convert(Request(Header + "\r\n" + body))).Single();

        var file = message.Items.Single(i => i.Kind == ItemKind.File);
        FileTitle.Parse(file.Title).Name.ShouldBe("cat.txt");
        Encoding.ASCII.GetString(file.Data).ShouldBe("Cat");
        Texts(message)[^1].ShouldBe("Hello\r\n\r\n\r\nBye\r\n");
    }

    [Fact]
    [Trait("source", "Q190555")]
    public void A_long_body_arrives_as_Unnamed_txt_beside_the_note()
    {
        var body = string.Concat(Enumerable.Range(0, 500).Select(i => string.Create(CultureInfo.InvariantCulture, $"line {i:D44}\r\n")));

        var output = ToCcMail.Convert(Request(Header + "\r\n" + body));

        var message = Imported(output).Single();
        message.Items.Select(i => i.Kind).ShouldBe([ItemKind.Text, ItemKind.File]);
        FileTitle.Parse(message.Items[1].Title).Name.ShouldBe("Unnamed.txt");
        Text(message.Items[1]).ShouldBe(body);
        output.Losses.ShouldContain(l => l.Kind == LossKind.Moved && l.What == "text");
    }

    [Fact]
    [Trait("source", "Q184991")]
    public void A_subject_that_is_cut_stands_whole_in_the_text()
    {
        var subject = "A subject that is a good deal longer than the sixty bytes which cc:Mail takes";

        var message = Imported(ToCcMail.Convert(Request(Plain.Replace("Crane timetable", subject, StringComparison.Ordinal)))).Single();

        message.Subject.ShouldBe(subject[..60].TrimEnd());
        Texts(message)[0].ShouldEndWith($"Subject: {subject}\r\n");
    }

    [Fact]
    public void Another_reply_address_is_said_in_the_text()
    {
        var message = Imported(ToCcMail.Convert(Request("Reply-To: list@else.example\r\n" + Plain))).Single();

        Texts(message)[0].ShouldEndWith("Reply to: list@else.example\r\n");
    }

    [Theory]
    [InlineData("Reply-To: @@@\r\n")]
    [InlineData("Reply-To: <\r\n")]
    [InlineData("Reply-To: \"never closed <a@b.example>\r\n")]
    [InlineData("Reply-To: group: ;\r\n")]
    [InlineData("Reply-To: =?utf-8?B?////?=\r\n")]
    [InlineData("Reply-To:\r\n")]
    [InlineData("Reply-To: \u0001\u0002,,,;;;<<<>>>\r\n")]
    [Trait("source", "Q158379")]
    public void A_reply_address_that_cannot_be_understood_is_left_out_and_from_stands(string line)
    {
        var message = Imported(ToCcMail.Convert(Request(line + Plain))).Single();

        message.From!.Raw.ShouldBe("\"Test User\" test@host.example at SITE1");
        message.Subject.ShouldBe("Crane timetable");
        Texts(message).ShouldAllBe(text => !text.Contains("Reply to", StringComparison.Ordinal));
        Texts(message)[^1].ShouldBe("Per, Rosa - 5 EUR >= 4\r\n");
    }

    [Theory]
    [Trait("source", "Q233325")]
    [InlineData("Date: nonsense\r\n")]
    [InlineData("Date: Mon, 1 Jan 1900 00:00:00 +0000\r\n")]
    [InlineData("")]
    [Trait("source", "Q170137")]
    public void An_absurd_date_becomes_the_time_of_acceptance(string line)
    {
        var text = "From: a@b.example\r\n" + line + "Subject: s\r\n\r\nx\r\n";

        var output = ToCcMail.Convert(Request(text));

        Imported(output).Single().Date.ShouldBe(new DateTime(1998, 3, 14, 14, 5, 0));
        output.Losses.ShouldContain(l => l.What == "date");
    }

    [Fact]
    [Trait("source", "Q281734")]
    public void The_offset_is_that_of_the_message_date()
    {
        var rule = TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            DateTime.MinValue.Date,
            DateTime.MaxValue.Date,
            TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 2, 0, 0), 4, 1),
            TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 1));
        var zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(-5), "test", "test", "test summer", [rule]);
        var summer = Plain.Replace("14 Mar 1998", "14 Jul 1998", StringComparison.Ordinal);

        Imported(ToCcMail.Convert(Request(Plain) with { Zone = zone })).Single().Date!.Value.Hour.ShouldBe(8);
        Imported(ToCcMail.Convert(Request(summer) with { Zone = zone })).Single().Date!.Value.Hour.ShouldBe(9);
    }

    [Fact]
    [Trait("source", "Q184052")]
    public void Name_resolution_leaves_the_post_office_off()
    {
        var request = Request(Plain) with { Profile = Profile with { UsesNameResolution = true } };

        Imported(ToCcMail.Convert(request)).Single().To.Single().Address.Raw.ShouldBe("Lindqvist, Per");
    }

    [Fact]
    [Trait("source", "Q192594")]
    public void No_originator_is_the_postmaster() =>
        Imported(ToCcMail.Convert(Request(Plain) with { Originator = "" })).Single().From!.Raw.ShouldBe("Postmaster at SITE1");

    [Fact]
    [Trait("source", "Q184624")]
    [Trait("source", "Q184992")]
    public void A_report_becomes_text_with_each_reason_and_the_original()
    {
        var status = "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; nobody@else.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
            + "Diagnostic-Code: smtp; 550 no such user\r\n\r\nFinal-Recipient: rfc822; rosa@else.example\r\nAction: relayed\r\nStatus: 2.0.0\r\n";
        var original = "From: Per <per@site.example>\r\nSubject: Cranes\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n"
            + "--i\r\n\r\nthe words I wrote\r\n--i\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nPDF\r\n--i--\r\n";
        var report = Mixed(
            "report; report-type=delivery-status",
            Part("text/plain", "Sorry."),
            Part("message/delivery-status", status),
            Part("message/rfc822", original));

        var message = Imported(ToCcMail.Convert(Request(report) with { Originator = "" })).Single();

        var texts = Texts(message);
        texts[^2].ShouldBe(
            "Not delivered to:\r\n    nobody@else.example\r\n        5.1.1 550 no such user\r\n\r\n"
            + "Delivered to:\r\n    rosa@else.example\r\n        2.0.0\r\n\r\nSorry.\r\n");
        texts[^1].ShouldBe("From: Per <per@site.example>\r\nSubject: Cranes\r\n\r\nthe words I wrote\r\n");
        FileTitle.Parse(message.Items.Single(i => i.Kind == ItemKind.File).Title).Name.ShouldBe("a.pdf");
    }

    [Fact]
    [Trait("source", "Q193761")]
    public void A_report_without_content_is_still_a_report()
    {
        var report = Mixed("report", Part("message/delivery-status", "Reporting-MTA: dns; m\r\n\r\nFinal-Recipient: rfc822; x@y.example\r\nAction: failed\r\nStatus: 5.0.0\r\n"));

        Texts(Imported(ToCcMail.Convert(Request(report))).Single())[^1].ShouldContain("x@y.example");
    }

    [Fact]
    public void An_empty_message_has_an_empty_text() =>
        Imported(ToCcMail.Convert(Request("\r\n"))).Single().Items.Single().Data.Length.ShouldBe(0);

    [Fact]
    public void Damaged_base64_is_said()
    {
        var part = Part("application/octet-stream", "QUJD!!!!RA", "Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.bin\r\n");

        var output = ToCcMail.Convert(Request(Mixed("mixed", Part("text/plain", "x"), part)));

        output.Losses.ShouldContain(l => l.What == "file a.bin");
        Imported(output).Single().Items.Count(i => i.Kind == ItemKind.File).ShouldBe(1);
    }

    [Fact]
    public void Macintosh_names_are_composed()
    {
        var part = Part("application/octet-stream", "x", "Content-Disposition: attachment; filename*=utf-8''A%CC%8Anga.txt\r\n");

        var message = Imported(ToCcMail.Convert(Request(Mixed("mixed", Part("text/plain", "x"), part)))).Single();

        FileTitle.Parse(message.Items[^1].Title).Name.ShouldBe("Ånga.txt");
    }

    [Fact]
    public void A_crowd_in_header_and_envelope_is_converted_in_time()
    {
        var names = string.Join(",\r\n ", Enumerable.Range(0, 9_000).Select(i => $"p{i}@site.example"));
        var text = $"From: a@b.example\r\nTo: {names}\r\nSubject: s\r\n\r\nx\r\n";
        var header = new HeaderRecipients(Parsed(text));
        var deliveries = Enumerable.Range(0, 9_000).Select(i => header.Delivery(Address($"Person {i} at P"), $"p{i}@site.example")).ToArray();
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var output = ToCcMail.Convert(Request(text, deliveries));

        output.Files.Sum(f => f.Deliveries.Count).ShouldBe(9_000);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Mutated_mail_never_fails()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var source = Bytes(Mixed(
            "mixed",
            Part("text/plain; charset=utf-8", "Hé\r\nbegin 644 a\r\n#0V%T\r\nend\r\n", "Content-Transfer-Encoding: quoted-printable\r\n"),
            FilePart("a.bin", [1, 2, 3]),
            Part("message/rfc822", "Subject: s\r\n\r\nx\r\n")));
        for (var i = 0; i < 3_000; i++)
        {
            var bytes = source.ToArray();
            for (var n = random.Next(1, 6); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                var request = Request("") with { Message = Postern.Domain.Mime.MimeMessage.Read(bytes) };
                Imported(ToCcMail.Convert(request)).Count.ShouldBeGreaterThan(0);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {System.Convert.ToHexString(bytes)}", e);
            }
        }
    }

    private sealed class PassingSink : IBufferWriter<byte>
    {
        private readonly byte[] buffer = new byte[128 * 1024];

        public long Written { get; private set; }

        public void Advance(int count) => Written += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => buffer;

        public Span<byte> GetSpan(int sizeHint = 0) => buffer;
    }
}
