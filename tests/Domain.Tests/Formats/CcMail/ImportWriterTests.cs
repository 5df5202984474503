using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Postern.Domain.Conversion;
using Postern.Domain.Formats;
using Postern.Domain.Formats.CcMail;
using static Postern.Domain.Tests.Formats.CcMail.CcMailFiles;

namespace Postern.Domain.Tests.Formats.CcMail;

public sealed class ImportWriterTests
{
    private static readonly DateTime Date = new(1998, 3, 14, 14, 5, 0);

    private static readonly ImportMessage Sample = new()
    {
        From = "Okafor, Ngozi at EXSITE1",
        Date = Date,
        Recipients = [new(RecipientClass.To, "Lindqvist, Per at HARBOUR")],
        Subject = "Crane timetable",
        Items = [new ImportItem.Text("", "Per,\r\n")],
    };

    [Fact]
    public void Writes_the_form_of_the_genuine_sample() =>
        Text(new(Written(Sample))).ShouldBe(
            "Message:\r\n167       \r\nFrom: Okafor, Ngozi at EXSITE1\r\nDate: 3/14/98 14:05\r\nTo: Lindqvist, Per at HARBOUR\r\n"
            + "Subject: Crane timetable\r\nContents:\r\n32        \r\nText item:\r\n6         \r\nPer,\r\n\r\n\r\n\r\n");

    [Theory]
    [InlineData("msg-itemsize-modelA.ccm", SizeModel.A)]
    [InlineData("msg-itemsize-modelB.ccm", SizeModel.B)]
    public void Writes_a_read_file_again_byte_for_byte(string fixture, SizeModel model)
    {
        var file = Fixture(fixture);
        var profile = Profile with { SizeModel = model, UsesVersion8AttachmentFormat = true, UsesLongFileNames = true };

        var written = Read(file).SelectMany(m => Written(Again(m), profile)).ToArray();

        var v8 = Text(new(file)).Replace("CRANES.BIN 3/13/98 4:50PM", "CRANES.BIN", StringComparison.Ordinal);
        var expected = v8.Replace("641 ", "626 ", StringComparison.Ordinal).Replace("460 ", "445 ", StringComparison.Ordinal);
        Text(new(written)).ShouldBe(expected);
        LearnedModel.From(Read(written)).ShouldBe(model);
    }

    [Fact]
    public void What_was_written_reads_back()
    {
        var one = ArbMap.Default.ArbFor<byte[]>();
        var text = ArbMap.Default.ArbFor<NonNull<string>>();
        Prop.ForAll(one, text, (data, body) =>
        {
            data ??= [];
            foreach (var model in (ReadOnlySpan<SizeModel>)[SizeModel.A, SizeModel.B])
            {
                var profile = Profile with { SizeModel = model };
                var message = Sample with
                {
                    Subject = body.Get,
                    Items = [new ImportItem.Text("", body.Get), new ImportItem.File("A.BIN", Date, ItemContent.Of(data)), new ImportItem.Text("t", "")],
                };

                var read = Read(Written(message, profile), profile).Single();

                read.Faults.ShouldBe(ReadFault.None);
                read.Items[1].Data.ToArray().ShouldBe(data);
                read.Items.Count.ShouldBe(3);
                read.To.Single().Address.Raw.ShouldBe("Lindqvist, Per at HARBOUR");
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    [Trait("source", "Q233054")]
    public void Attachments_full_of_keywords_come_back_whole()
    {
        var file = Fixture("msg-itemsize-modelA.ccm");
        var message = Sample with { Items = [new ImportItem.File("NEST.CCM", Date, ItemContent.Of(file)), new ImportItem.Text("", "end")] };

        var read = Read(Written(message)).Single();

        read.Faults.ShouldBe(ReadFault.None);
        read.Items[0].Data.ToArray().ShouldBe(file);
    }

    [Fact]
    [Trait("source", "Q227142")]
    public void A_large_attachment_is_produced_while_it_is_written()
    {
        const int chunk = 64 * 1024;
        var content = ItemContent.Produced(800L * chunk, output =>
        {
            for (var i = 0; i < 800; i++)
            {
                output.GetSpan(chunk)[..chunk].Fill((byte)i);
                output.Advance(chunk);
            }
        });
        var file = ImportWriter.Prepare(Sample with { Items = [new ImportItem.File("BIG.BIN", Date, content)] }, Profile);
        var sink = new CountingSink();

        file.WriteTo(sink);

        sink.Written.ShouldBe(file.Length);
        sink.Written.ShouldBeGreaterThan(50_000_000);
    }

    [Fact]
    public void Content_that_breaks_its_word_is_our_fault_and_loud()
    {
        var liar = ItemContent.Produced(5, output => output.Write("four"u8));
        var file = ImportWriter.Prepare(Sample with { Items = [new ImportItem.File("A", Date, liar)] }, Profile);

        Should.Throw<InvalidOperationException>(() => file.WriteTo(new ArrayBufferWriter<byte>()));
    }

    [Theory]
    [Trait("source", "Q190555")]
    [InlineData(19_999, false)]
    [InlineData(20_000, false)]
    [InlineData(20_001, true)]
    public void A_long_body_becomes_a_file(int bytes, bool isFile)
    {
        var line = new string('x', 98) + "\r\n";
        var body = string.Concat(Enumerable.Repeat(line, 199)) + new string('y', bytes - 19_902) + "\r\n";
        var profile = Profile with { LineLimit = 10_000 };
        body.Length.ShouldBe(bytes);

        var file = ImportWriter.Prepare(Sample with { Items = [new ImportItem.Text("", body)] }, profile);

        var item = Read(Written(Sample with { Items = [new ImportItem.Text("", body)] }, profile), profile).Single().Items.Single();
        item.Kind.ShouldBe(isFile ? ItemKind.File : ItemKind.Text);
        item.Data.Length.ShouldBe(bytes);
        item.Title.ShouldBe(isFile ? "Unnamed.txt 3/14/98 2:05PM" : "");
        file.Losses.Select(l => l.Kind).ShouldBe(isFile ? [LossKind.Moved] : []);
    }

    [Theory]
    [Trait("source", "Q184991")]
    [InlineData(59, false)]
    [InlineData(60, false)]
    [InlineData(61, true)]
    public void A_long_subject_is_cut_and_said(int length, bool isCut)
    {
        var subject = new string('s', length);

        var file = ImportWriter.Prepare(Sample with { Subject = subject }, Profile);

        Read(Written(Sample with { Subject = subject })).Single().Subject.Length.ShouldBe(Math.Min(60, length));
        file.Losses.ShouldBe(isCut ? [new ConversionLoss(LossKind.Shortened, "subject", subject, subject[..60])] : []);
    }

    [Theory]
    [Trait("source", "Q184991")]
    [InlineData(29)]
    [InlineData(30)]
    [InlineData(31)]
    public void A_long_title_is_cut(int length)
    {
        var message = Sample with { Items = [new ImportItem.Text(new string('t', length), "x")] };

        Read(Written(message)).Single().Items[0].Title.Length.ShouldBe(Math.Min(30, length));
    }

    [Theory]
    [Trait("source", "Q234350")]
    [InlineData("[list] hello", "(list) hello")]
    [InlineData("a ] and [ b", "a ) and ( b")]
    [InlineData("only [ one", "only [ one")]
    [InlineData("only ] one", "only ] one")]
    public void A_pair_of_brackets_in_a_subject_becomes_parentheses(string subject, string expected)
    {
        Read(Written(Sample with { Subject = subject })).Single().Subject.ShouldBe(expected);
        Read(Written(Sample with { Subject = subject }, Profile with { ReplacesSubjectBrackets = false })).Single().Subject.ShouldBe(subject);
    }

    [Fact]
    [Trait("source", "Q232687")]
    public void No_bracket_reaches_an_address_line()
    {
        var message = Sample with
        {
            From = "User [SMTP:User@Domain.com] at Site",
            Recipients = [new(RecipientClass.To, "x [y] at Z"), new(RecipientClass.Bcc, "] at Z")],
        };

        var file = ImportWriter.Prepare(message, Profile);

        var header = Text(new(Written(message))).Split("Contents:")[0];
        header.ShouldNotContain('[');
        header.ShouldNotContain(']');
        header.ShouldContain("From: User (SMTP:User@Domain.com) at Site\r\n");
        file.Losses.Count(l => l.Kind == LossKind.Replaced).ShouldBe(3);
    }

    [Theory]
    [Trait("source", "Q192594")]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("\r\n")]
    [InlineData(" at SITE1")]
    public void From_is_never_empty(string from) =>
        Read(Written(Sample with { From = from })).Single().From!.Raw.ShouldBe("Postmaster at SITE1");

    [Fact]
    public void Header_values_cannot_smuggle_lines()
    {
        var message = Sample with
        {
            Subject = "a\r\nBcc: evil at X\u2028\u0085b\u0000c\td",
            Recipients = [new(RecipientClass.To, "x\r\nContents:\r\n at Z")],
            Items = [new ImportItem.Text("t\r\n9999", "x"), new ImportItem.File("a\r\nMessage:\r\n.txt", Date, ItemContent.Of([1]))],
        };

        var read = Read(Written(message)).Single();

        read.Faults.ShouldBe(ReadFault.None);
        read.Subject.ShouldBe("a Bcc: evil at X b c d");
        read.Bcc.ShouldBeEmpty();
        read.Items.Select(i => i.Title).ShouldBe(["t 9999", "aMessa~1.txt 3/14/98 2:05PM"]);
    }

    [Theory]
    [InlineData(false, false, "Quarte~1.doc 3/14/98 2:05PM")]
    [InlineData(true, false, "Quarterly.report.doc 3/14/98")]
    [InlineData(true, true, "Quarterly.report.doc")]
    [InlineData(false, true, "Quarte~1.doc")]
    [Trait("source", "Q195203")]
    [Trait("source", "Q192593")]
    public void File_titles_follow_the_settings(bool isLong, bool isVersion8, string expected)
    {
        var profile = Profile with { UsesLongFileNames = isLong, UsesVersion8AttachmentFormat = isVersion8 };
        var message = Sample with { Items = [new ImportItem.File("Quarterly.report.doc", null, ItemContent.Of([]))] };

        Read(Written(message, profile), profile).Single().Items[0].Title.ShouldBe(expected);
    }

    [Fact]
    public void Titles_never_pass_their_limit_and_keep_the_name_readable()
    {
        foreach (var length in Enumerable.Range(1, 60))
        {
            var profile = Profile with { UsesLongFileNames = true };
            var name = new string('n', length) + ".txt";
            var item = new ImportItem.File(name, new DateTime(1999, 12, 31, 23, 59, 0), ItemContent.Of([]));

            var title = Read(Written(Sample with { Items = [item] }, profile), profile).Single().Items[0].Title;

            title.Length.ShouldBeLessThanOrEqualTo(30);
            FileTitle.Parse(title).Name.ShouldEndWith(".txt");
        }
    }

    [Fact]
    [Trait("source", "Q180641")]
    public void Dates_follow_the_order_of_the_post_office()
    {
        Text(new(Written(Sample, Profile with { DateOrder = DateOrder.DayMonthYear }))).ShouldContain("Date: 14/03/98 14:05\r\n");
        Text(new(Written(Sample, Profile with { DateOrder = DateOrder.YearMonthDay }))).ShouldContain("Date: 98/03/14 14:05\r\n");
        Text(new(Written(Sample, Profile with { UsesTwelveHours = true }))).ShouldContain("Date: 3/14/98 2:05PM\r\n");
    }

    [Fact]
    public void Characters_the_code_page_lacks_are_said()
    {
        var message = Sample with { Items = [new ImportItem.Text("", "5 € ≥ 4\u0000\u001e")] };

        var file = ImportWriter.Prepare(message, Profile);

        file.Losses.ShouldBe(
            [new(LossKind.Dropped, "text", "2 control characters", ""), new(LossKind.Characters, "text", "€≥", "EUR>=")]);
        Text(Read(Written(message)).Single().Items[0].Data).ShouldBe("5 EUR >= 4\r\n");
    }

    private static ImportMessage Again(CcMailMessage message) => new()
    {
        From = message.From!.Raw,
        Date = message.Date!.Value,
        Recipients = [.. message.Recipients.Select(r => new ImportRecipient(r.Class, r.Address.Raw))],
        Subject = message.Subject,
        Items =
        [
            .. message.Items.Select(i => i.Kind == ItemKind.Text
                ? (ImportItem)new ImportItem.Text(i.Title, Text(i.Data))
                : new ImportItem.File(FileTitle.Parse(i.Title).Name, null, ItemContent.Of(i.Data))),
        ],
    };

    private sealed class CountingSink : IBufferWriter<byte>
    {
        private byte[] buffer = new byte[64 * 1024];

        public long Written { get; private set; }

        public void Advance(int count) => Written += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => sizeHint > buffer.Length ? buffer = new byte[sizeHint] : buffer;

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
