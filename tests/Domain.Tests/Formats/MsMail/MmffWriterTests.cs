using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Postern.Domain.Conversion;
using Postern.Domain.Formats;
using Postern.Domain.Formats.MsMail;
using static Postern.Domain.Tests.Formats.MsMail.MsMailFiles;

namespace Postern.Domain.Tests.Formats.MsMail;

public sealed class MmffWriterTests
{
    private static readonly PutMessage Sample = new()
    {
        From = "CSI:BRIDGENET/HUB1/ERIKF",
        Recipients = ["CSI:HARBOR/PIER1/ANNAB"],
        Date = new DateTime(1998, 3, 14, 9, 26, 0),
        Subject = "Crane timetable",
        Text = "Hello\r\n",
    };

    [Theory]
    [InlineData("timetable.in")]
    [InlineData("failure.in")]
    [InlineData("receipt.in")]
    public void Writes_a_fixture_again_byte_for_byte(string fixture)
    {
        var file = Fixture(fixture);

        Written(Again(Read(file).Single())).ShouldBe(file);
    }

    [Fact]
    public void Every_fixture_keeps_its_text_and_its_files_both_ways()
    {
        foreach (var fixture in Fixtures)
        {
            foreach (var message in Read(Fixture(fixture)))
            {
                var profile = Profile with { LineEnd = message.LineEnd };
                var again = Read(Written(Again(message), profile), profile).Single();

                again.Faults.ShouldBe(MmffFault.None, fixture);
                (again.Body.Length, again.LineEnd).ShouldBe((again.DeclaredBodySize ?? -1, message.LineEnd));
                Text(again.Body).ReplaceLineEndings("\n").ShouldStartWith(Text(message.Body).ReplaceLineEndings("\n"));
                again.Attachments.Select(a => Convert.ToHexString(a.Data.ToArray())).ShouldBe(message.Attachments.Select(a => Convert.ToHexString(a.Data.ToArray())));
                (again.Subject, again.Date, again.Priority).ShouldBe((message.Subject, message.Date, message.Priority));
                again.Recipients.Select(r => r.Address.Text).ShouldBe(message.Recipients.Select(r => r.Address.Text));
            }
        }
    }

    [Fact]
    public void What_was_written_reads_back()
    {
        var bytes = ArbMap.Default.ArbFor<byte[]>();
        var texts = ArbMap.Default.ArbFor<NonNull<string>>();
        Prop.ForAll(bytes, texts, texts, (data, body, subject) =>
        {
            data ??= [];
            foreach (var end in (ReadOnlySpan<LineEnd>)[LineEnd.CarriageReturn, LineEnd.LineFeed, LineEnd.CarriageReturnLineFeed])
            {
                var profile = Profile with { LineEnd = end, MessagesPerFile = 2 };
                var message = Sample with
                {
                    Subject = subject.Get,
                    Text = body.Get,
                    Attachments = [new("A.BIN", ItemContent.Of(data)), new("B.BIN", ItemContent.Of([])), new("C.BIN", ItemContent.Of([.. data, .. data]))],
                };

                var read = Read(Written(MmffWriter.Prepare([message, Sample], profile).Single()), profile);

                read.Select(m => m.Faults).ShouldBe([MmffFault.None, MmffFault.None]);
                read[0].Attachments.Select(a => a.Data.ToArray()).ShouldBe([data, [], [.. data, .. data]]);
                read[0].Body.Length.ShouldBeGreaterThan(0);
                read[0].Subject.Length.ShouldBeLessThanOrEqualTo(40);
                Text(read[1].Body).ReplaceLineEndings("\r\n").ShouldBe("Hello\r\n");
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    [Trait("source", "Q227142")]
    public void Attachments_arrive_byte_for_byte()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        byte[][] contents = [[], all, "\r\n\u001a"u8.ToArray(), Fixture("nested.in"), [0], "VERSION:3.00\r\nTEXT:0\r\n"u8.ToArray()];
        var message = Sample with { Attachments = [.. contents.Select((c, i) => new PutAttachment($"FILE{i}.BIN", ItemContent.Of(c)))] };

        Read(Written(message)).Single().Attachments.Select(a => a.Data.ToArray()).ShouldBe(contents);
    }

    [Fact]
    [Trait("source", "Q227142")]
    public void A_large_attachment_is_produced_while_it_is_written()
    {
        const int chunk = 64 * 1024;
        var content = ItemContent.Produced(400L * chunk, output =>
        {
            for (var i = 0; i < 400; i++)
            {
                output.GetSpan(chunk)[..chunk].Fill((byte)i);
                output.Advance(chunk);
            }
        });
        var file = MmffWriter.Prepare(Sample with { Attachments = [new("BIG.BIN", content)] }, Profile);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sink = new Sink();

        file.WriteTo(sink);

        sink.Written.ShouldBe(file.Length);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
    }

    [Theory]
    [Trait("source", "Q156844")]
    [Trait("source", "Q117581")]
    [InlineData(40, false)]
    [InlineData(41, true)]
    [InlineData(200, true)]
    public void A_subject_that_is_cut_stands_whole_in_the_text(int length, bool isCut)
    {
        var subject = new string('s', length);
        var file = MmffWriter.Prepare(Sample with { Subject = subject }, Profile);

        var message = Read(Written(file)).Single();

        message.Subject.ShouldBe(subject[..40]);
        var text = Text(message.Body).Replace("\r\n", "", StringComparison.Ordinal);
        text.ShouldBe(isCut ? $"Subject: {subject}Hello" : "Hello");
        file.Losses.Count(l => l.Kind == LossKind.Shortened).ShouldBe(isCut ? 1 : 0);
        Read(Written(Sample with { Subject = subject }, Profile with { SubjectLimit = 63 })).Single().Subject.Length.ShouldBe(Math.Min(length, 63));
    }

    [Theory]
    [InlineData("", "\r\n")]
    [InlineData("ab", "ab\r\n")]
    [InlineData("\r\nab\r\n", "\r\nab\r\n")]
    [InlineData("a\rb\nc\r\n\r\n", "a\r\nb\r\nc\r\n\r\n")]
    public void A_text_is_never_empty_and_ends_its_line(string text, string expected)
    {
        var message = Read(Written(Sample with { Text = text })).Single();

        Text(message.Body).ShouldBe(expected);
        message.DeclaredBodySize.ShouldBe(expected.Length);
    }

    [Fact]
    [Trait("source", "Q111860")]
    public void Lines_are_broken_on_a_blank_before_the_programs_do_it_anywhere()
    {
        var text = string.Concat(Enumerable.Repeat("word ", 50));

        var lines = Text(Read(Written(Sample with { Text = text })).Single().Body).Split("\r\n");

        lines.ShouldAllBe(line => line.Length <= 78 && (line.Length == 0 || line.EndsWith(' ')));
        string.Concat(lines).ShouldBe(text);
    }

    [Fact]
    [Trait("source", "Q181649")]
    public void What_stands_behind_a_nul_or_an_end_of_file_mark_arrives()
    {
        var file = MmffWriter.Prepare(Sample with { Text = "one\0two\u001athree\tfour" }, Profile);

        Text(Read(Written(file)).Single().Body).ShouldBe("one two three\tfour\r\n");
        file.Losses.ShouldContain(l => l.Kind == LossKind.Replaced && l.What == "text");
    }

    [Fact]
    [Trait("source", "Q175958")]
    public void Names_of_files_are_short_and_distinct_and_the_long_ones_are_told()
    {
        var message = Sample with
        {
            Attachments = [.. new[] { "Crane timetable 1998.xls", "crane timetable 1999.xls", "Übung.txt", "A.TXT", "a.txt" }.Select(n => new PutAttachment(n, ItemContent.Of("x"u8.ToArray())))],
        };

        var read = Read(Written(message)).Single();

        read.Attachments.Select(a => a.Name).ShouldBe(["Cranet~1.xls", "cranet~2.xls", "Übung.txt", "A.TXT", "a~1.txt"]);
        Text(read.Body).ShouldBe("Hello\r\n\r\nCranet~1.xls is Crane timetable 1998.xls\r\ncranet~2.xls is crane timetable 1999.xls\r\na~1.txt is a.txt\r\n");
    }

    [Fact]
    [Trait("source", "Q94410")]
    public void An_address_keeps_its_line_ends_as_codes_and_no_other_caret()
    {
        var read = Read(Written(Sample with { Recipients = ["FAX:Quay\rTurku\r", "FAX:Quay^0DTurku^0D", "SMTP:a^b@host.example"] })).Single();

        read.Recipients.Select(r => r.Address.Raw).ShouldBe(["FAX:Quay^0DTurku", "FAX:Quay^0DTurku^0D", "SMTP:a-b@host.example"]);
        read.Recipients[1].Address.Text.ShouldBe("Quay\rTurku\r");
    }

    [Fact]
    public void No_text_of_a_sender_begins_a_line_of_the_header()
    {
        var read = Read(Written(Sample with
        {
            Subject = "a\r\nTO:CSI:HARBOR/PIER1/EVE",
            From = "CSI:BRIDGENET/HUB1/ERIKF\nTO:CSI:HARBOR/PIER1/EVE",
            Recipients = ["CSI:HARBOR/PIER1/ANNAB\u0085TO:CSI:HARBOR/PIER1/EVE"],
            Attachments = [new("a\r\nTO:b", ItemContent.Of([]))],
        })).Single();

        read.Recipients.Count.ShouldBe(1);
        read.Faults.ShouldBe(MmffFault.None);
    }

    [Fact]
    public void A_message_without_a_sender_is_the_postmasters()
    {
        var file = MmffWriter.Prepare(Sample with { From = " " }, Profile);

        Read(Written(file)).Single().From!.Raw.ShouldBe("CSI:BRIDGENET/HUB1/POSTMASTER");
        file.Losses.Single().Kind.ShouldBe(LossKind.Added);
    }

    [Theory]
    [Trait("source", "Q115490")]
    [InlineData(1, 120)]
    [InlineData(50, 3)]
    [InlineData(1_000, 3)]
    [InlineData(0, 120)]
    public void A_file_holds_no_more_messages_than_a_run_delivers(int perFile, int files)
    {
        var prepared = MmffWriter.Prepare([.. Enumerable.Repeat(Sample, 120)], Profile with { MessagesPerFile = perFile });

        prepared.Count.ShouldBe(files);
        prepared.Sum(f => Read(Written(f)).Count).ShouldBe(120);
    }

    [Fact]
    public void Open_questions_have_their_options()
    {
        var message = Sample with { Attachments = [new("A.TXT", ItemContent.Of("x"u8.ToArray()))], Priority = 'r' };

        var text = Text(new(Written(message, Profile with { UsesPluralAttachmentToken = true, Version = "2.10", ReplacesCarets = false, CodePage = 1252 })));

        text.ShouldStartWith("VERSION:2.10\r\n");
        text.ShouldContain("PRIORITY:R\r\nATTACHMENTS:A.TXT 1\r\nTEXT:7\r\n");
        Read(Written(Sample with { Text = "ü" }, Profile with { CodePage = 1252 })).Single().Body.ToArray()[0].ShouldBe((byte)0xFC);
        Read(Written(Sample with { Text = "ü" })).Single().Body.ToArray()[0].ShouldBe((byte)0x81);
    }

    private sealed class Sink : IBufferWriter<byte>
    {
        private readonly byte[] buffer = new byte[64 * 1024];

        public long Written { get; private set; }

        public void Advance(int count) => Written += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => buffer;

        public Span<byte> GetSpan(int sizeHint = 0) => buffer;
    }
}
