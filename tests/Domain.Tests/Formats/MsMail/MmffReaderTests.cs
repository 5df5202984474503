using System.Buffers;
using Postern.Domain.Formats;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Tests.Formats.CcMail;
using static Postern.Domain.Tests.Formats.MsMail.MsMailFiles;

namespace Postern.Domain.Tests.Formats.MsMail;

public sealed class MmffReaderTests
{
    [Fact]
    public void Reads_every_line_and_counts_every_byte()
    {
        var message = Read(Fixture("timetable.in")).Single();

        message.Faults.ShouldBe(MmffFault.None);
        (message.Ordinal, message.Version, message.LineEnd).ShouldBe((1, "3.00", LineEnd.CarriageReturnLineFeed));
        message.Recipients.Select(r => (r.Class, r.Address.Text, r.Line))
            .ShouldBe([(RecipientClass.To, "HARBOR/PIER1/ANNAB", 2), (RecipientClass.To, "HARBOR/PIER2/CARLD", 3)]);
        message.From!.Raw.ShouldBe("CSI:BRIDGENET/HUB1/ERIKF");
        message.Date.ShouldBe(new DateTime(1998, 3, 14, 9, 26, 0));
        message.Subject.ShouldBe("Crane timetable");
        message.Priority.ShouldBe('R');
        (message.DeclaredBodySize, message.Body.Length).ShouldBe((58, 58));
        Text(message.Body).ShouldBe("Hello Anna,\r\nthe timetable is attached.\r\n\r\nRegards, Erik\r\n");
        var file = message.Attachments.Single();
        (file.Name, file.DeclaredSize, Text(file.Data)).ShouldBe(("CRANE.TXT", 24, "06:00 north\r\n14:00 south"));
        message.BodyGap.ShouldBe(BodyGap.None);
    }

    [Theory]
    [Trait("source", "Q85055")]
    [Trait("source", "Q118533")]
    [InlineData("several-cr.in", LineEnd.CarriageReturn, "\r")]
    [InlineData("several-lf.in", LineEnd.LineFeed, "\n")]
    public void Lines_end_as_the_first_one_does(string fixture, LineEnd kind, string end)
    {
        var messages = Read(Fixture(fixture));

        messages.Select(m => (m.Ordinal, m.Faults, m.LineEnd)).ShouldBe([(1, MmffFault.None, kind), (2, MmffFault.None, kind), (3, MmffFault.None, kind)]);
        messages[0].Subject.ShouldBe("Kräne");
        Text(messages[0].Body).ShouldBe($"{end}Grüße{end}Carl{end}{end}");
        messages[0].Attachments.Select(a => (a.Name, Text(a.Data))).ShouldBe([("Read me first", $"A{end}B{end}C{end}")]);
        messages[1].Recipients.Single().Address.Raw.ShouldBe("SMTP:jane@site1.example");
        messages[1].Date.ShouldBe(new DateTime(1998, 3, 15, 23, 59, 0));
        messages[2].Recipients.Select(r => r.Class).ShouldBe([RecipientClass.To, RecipientClass.Cc]);
        (messages[2].Date, messages[2].Subject, messages[2].Priority).ShouldBe((null, "", '5'));
    }

    [Fact]
    [Trait("source", "Q180180")]
    public void A_text_without_a_last_line_end_is_whole() =>
        Text(Read(Fixture("several-lf.in"))[2].Body).ShouldBe("no last line end");

    [Fact]
    [Trait("source", "Q180180")]
    public void Behind_a_text_without_a_line_end_the_attachments_are_whole()
    {
        var message = Read(Header + "ATTACHMENT:A.TXT 1\r\nATTACHMENT:B.TXT 2\r\nATTACHMENT:C.TXT 3\r\nTEXT:3\r\nendabbccc").Single();

        message.Faults.ShouldBe(MmffFault.None);
        Text(message.Body).ShouldBe("end");
        message.Attachments.Select(a => Text(a.Data)).ShouldBe(["a", "bb", "ccc"]);
    }

    [Fact]
    [Trait("source", "Q98209")]
    public void An_empty_first_line_belongs_to_the_text()
    {
        var message = Read(Header + "ATTACHMENT:PLAN.TXT 4\r\nTEXT:6\r\n\r\nHi\r\nPLAN").Single();

        (message.Faults, message.BodyGap).ShouldBe((MmffFault.None, BodyGap.None));
        Text(message.Body).ShouldBe("\r\nHi\r\n");
        Text(message.Attachments[0].Data).ShouldBe("PLAN");
    }

    [Fact]
    public void A_line_end_that_no_size_counts_is_found_and_learnt()
    {
        var messages = Read(Fixture("gap.in"));

        messages.Select(m => m.Faults).ShouldBe([MmffFault.None, MmffFault.UncertainGap]);
        messages.Select(m => Text(m.Body)).ShouldBe(["Hello\r\n", "ja\r\n"]);
        Text(messages[0].Attachments[0].Data).ShouldBe("PLAN");
        LearnedGap.From(messages).ShouldBe(BodyGap.LineEnd);
        Read(Fixture("gap.in"), Profile with { BodyGap = BodyGap.LineEnd }).ShouldAllBe(m => m.Faults == MmffFault.None);
        LearnedGap.From(Read(Fixture("timetable.in"))).ShouldBe(BodyGap.None);
        LearnedGap.From([.. messages, .. Read(Fixture("timetable.in"))]).ShouldBe(BodyGap.Unknown);
    }

    [Theory]
    [InlineData(BodyGap.Unknown, "ATTACHMENT:PLAN.TXT 4\r\nTEXT:6\r\n\r\nHi\r\nPLANxy", false)]
    [InlineData(BodyGap.None, "TEXT:4\r\n\r\nHi\r\n", false)]
    [InlineData(BodyGap.Unknown, "TEXT:4\r\n\r\nHi\r\n", true)]
    [InlineData(BodyGap.LineEnd, "ATTACHMENT:PLAN.TXT 4\r\nTEXT:2\r\n\r\nHiPLAN", true)]
    public void A_shift_that_cuts_a_line_in_two_is_believed_of_a_known_peer_only(BodyGap known, string rest, bool isShifted)
    {
        var message = Read(Header + rest, Profile with { BodyGap = known })[0];

        message.IsReadable.ShouldBe(isShifted || known == BodyGap.None);
        Text(message.Body).StartsWith("Hi", StringComparison.Ordinal).ShouldBe(isShifted);
    }

    [Fact]
    public void Attachments_that_look_like_messages_are_attachments()
    {
        var messages = Read(Fixture("nested.in"));

        messages.Select(m => m.Faults).ShouldBe([MmffFault.None, MmffFault.None]);
        messages[0].Attachments.Select(a => (a.Name, a.Data.Length)).ShouldBe([("INNER.MMF", 55), ("EMPTY.BIN", 0), ("ALL.BIN", 256), ("öL.TXT", 5)]);
        Text(messages[0].Attachments[0].Data).ShouldStartWith("VERSION:3.00\r\nTO:CSI:A/B/C\r\n");
        messages[0].Attachments[2].Data.ToArray().ShouldBe([.. Enumerable.Range(0, 256).Select(i => (byte)i)]);
        messages[0].Attachments[3].Data.ToArray().ShouldBe("\r\n\u001a\r\n"u8.ToArray());
        messages[1].Body.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void The_same_is_read_in_whatever_pieces_a_file_lies()
    {
        foreach (var fixture in Fixtures)
        {
            var file = Fixture(fixture);
            var whole = Read(file);
            foreach (var size in (int[])[1, 3, 64])
            {
                var pieces = MmffReader.ReadAll(CcMailFiles.Segmented(file, size), Profile).ToList();

                pieces.Select(m => (m.Offset, m.Raw.Length, m.Faults, m.Subject, Text(m.Body))).ShouldBe(whole.Select(m => (m.Offset, m.Raw.Length, m.Faults, m.Subject, Text(m.Body))));
                pieces.SelectMany(m => m.Attachments).Select(a => Text(a.Data)).ShouldBe(whole.SelectMany(m => m.Attachments).Select(a => Text(a.Data)));
            }
        }
    }

    [Theory]
    [InlineData("TEXT:5\r\nab", MmffFault.Truncated)]
    [InlineData("TEXT:99999999999999999999\r\nab", MmffFault.NoSize)]
    [InlineData("TEXT:-1\r\nab", MmffFault.NoSize)]
    [InlineData("ATTACHMENT:READ ME\r\nTEXT:2\r\nab", MmffFault.NoSize)]
    [InlineData("ATTACHMENT:A 999999999999999999\r\nATTACHMENT:B 999999999999999999\r\nTEXT:2\r\nab", MmffFault.Truncated)]
    [InlineData("TEXT:2\r\nabc", MmffFault.WrongSize)]
    [InlineData("XTEXT:C:\\BODY.TXT\r\n", MmffFault.ExternalContent)]
    [InlineData("XATTACH:C:\\TEMP\\0001.ATT PLAN.TXT\r\nTEXT:2\r\nab", MmffFault.ExternalContent)]
    [InlineData("PRIORITY:3\r\n", MmffFault.MissingText | MmffFault.Truncated)]
    public void What_cannot_be_trusted_to_be_whole_is_set_aside(string rest, MmffFault fault)
    {
        var message = Read(Header + rest)[0];

        (message.Faults & fault).ShouldBe(fault);
        message.IsReadable.ShouldBeFalse();
        message.Notes.ShouldContain(note => (note.Fault & fault) != 0 && note.Text.Length > 0);
    }

    [Fact]
    public void A_message_that_is_set_aside_does_not_stop_the_next()
    {
        var good = Header + "TEXT:4\r\nab\r\n";
        string[] bad = [Header + "TEXT:2\r\nabc\r\n", Header + "TEXT:x\r\n", Header, Header + "TEXT:4\r\nab\r\nrubbish\r\n"];
        foreach (var between in bad)
        {
            var messages = Read(good + between + good);

            messages.Where(m => m.IsReadable).Count(m => Text(m.Body) == "ab\r\n").ShouldBe(2, between);
            messages.Count(m => !m.IsReadable).ShouldBeGreaterThan(0, between);
        }
    }

    [Fact]
    public void What_is_strange_but_whole_is_read_and_noted()
    {
        var message = Read(
            "version: 2.10 \r\nx-new:thing\r\nno token\r\n\r\nto:\r\nSubject:one\r\nSUBJECT:two\r\nDATE:1998-02-31\r\nTIME:09:26\nText: 2\r\nok").Single();

        message.IsReadable.ShouldBeTrue();
        message.Faults.ShouldBe(
            MmffFault.UnknownToken | MmffFault.StrayLine | MmffFault.EmptyRecipient | MmffFault.RepeatedLine | MmffFault.InvalidDate
            | MmffFault.MissingFrom | MmffFault.MixedLineEnds);
        (message.Version, message.Subject, message.DateText, Text(message.Body)).ShouldBe(("2.10", "one", "1998-02-31", "ok"));
        message.ExtraLines.ShouldBe([new ExtraLine("X-NEW", "thing")]);
        message.Notes.First(n => n.Fault == MmffFault.UnknownToken).Line.ShouldBe(2);
    }

    [Theory]
    [Trait("source", "Q170137")]
    [InlineData("1998-03-14", "09:26", "1998-03-14 09:26")]
    [InlineData("1998-3-4", "9:05", "1998-03-04 09:05")]
    [InlineData("98-03-14", "", "1998-03-14 00:00")]
    [InlineData("1998-03-14", "99:99", "1998-03-14 00:00")]
    [InlineData("2004-02-29", "23:59", "2004-02-29 23:59")]
    [InlineData("1900-01-01", "00:00", null)]
    [InlineData("00-00-00", "00:00", null)]
    [InlineData("yesterday", "09:26", null)]
    public void A_date_that_cannot_be_read_is_no_date(string date, string time, string? expected)
    {
        var message = Read($"VERSION:3.00\r\nTO:A/B/C\r\nFROM:A/B/D\r\nDATE:{date}\r\nTIME:{time}\r\nTEXT:0\r\n").Single();

        message.Date?.ToString("yyyy-MM-dd HH:mm", null).ShouldBe(expected);
        message.IsReadable.ShouldBeTrue();
    }

    [Theory]
    [Trait("source", "Q175447")]
    [InlineData("CSI:HARBOR/PIER1/ANNAB", "3", false)]
    [InlineData("CSI:HARBOR/PIER1/POSTMASTER", "3", true)]
    [InlineData("CSI:HARBOR/PIER1/postmaster", "", true)]
    [InlineData("HARBOR/PIER1/$SYSTEM", "3", true)]
    [InlineData("CSI:HARBOR/PIER1/*SPECIAL", "3", true)]
    [InlineData("CSI:HARBOR/PIER1/ANNAB", "C", true)]
    [InlineData("CSI:POSTMASTER/PIER1/ANNAB", "R", false)]
    [InlineData("SMTP:postmaster@host.example", "3", false)]
    public void Nothing_is_ever_sent_back_to_a_machine(string from, string priority, bool isNever) =>
        Read($"VERSION:3.00\r\nTO:A/B/C\r\nFROM:{from}\r\nPRIORITY:{priority}\r\nTEXT:0\r\n").Single().IsNeverAnswered.ShouldBe(isNever);
}
