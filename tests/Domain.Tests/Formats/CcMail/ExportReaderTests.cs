using System.Buffers;
using Postern.Domain.Formats.CcMail;
using static Postern.Domain.Tests.Formats.CcMail.CcMailFiles;

namespace Postern.Domain.Tests.Formats.CcMail;

public sealed class ExportReaderTests
{
    [Theory]
    [InlineData("msg-itemsize-modelA.ccm", SizeModel.A)]
    [InlineData("msg-itemsize-modelB.ccm", SizeModel.B)]
    public void Reads_both_size_models_and_learns_which_it_was(string fixture, SizeModel model)
    {
        var messages = Read(Fixture(fixture));

        messages.Count.ShouldBe(2);
        messages.ShouldAllBe(m => m.Faults == ReadFault.None && m.IsReadable && m.Dialect == Dialect.Sized);
        var first = messages[0];
        first.From!.Name.ShouldBe("Okafor, Ngozi");
        first.From.PostOffice.ShouldBe("EXSITE1");
        first.Date.ShouldBe(new DateTime(1998, 3, 14, 14, 5, 0));
        first.To.Select(r => r.Address.Raw).ShouldBe(["Lindqvist, Per at HARBOUR", "Delgado, Rosa"]);
        first.Cc.Single().Address.IsBoard.ShouldBeTrue();
        first.Items.Select(i => (i.Kind, i.Title, i.Data.Length)).ShouldBe(
            [(ItemKind.Text, "", 46), (ItemKind.File, "CRANES.BIN 3/13/98 4:50PM", 286), (ItemKind.Text, "Note", 19)]);
        Text(first.Items[2].Data).ShouldBe("Second text item.\r\n");
        messages[1].Items.Single().Data.Length.ShouldBe(0);
        LearnedModel.From(messages).ShouldBe(model);
    }

    [Fact]
    [Trait("source", "Q233054")]
    public void Keywords_inside_an_attachment_do_not_split_it()
    {
        var data = "MZ\r\nMessage:\r\n12        \r\nFrom: x\r\nContents:\r\n4         \r\nText item:\r\n4         \r\nabc\n";
        var file = Sized(Header, ("Text item:", "Hello\r\n"), ("File item: A.EXE 1/2/98 1:02PM", data), ("Text item:", "Bye\r\n"));

        var message = Read(file + file).ShouldHaveCount(2)[0];

        message.Faults.ShouldBe(ReadFault.None);
        Text(message.Items[1].Data).ShouldBe(data);
    }

    [Fact]
    [Trait("source", "Q184391")]
    public void Blocks_may_touch()
    {
        var messages = Read(Fixture("msg-itemsize-modelB.ccm").Concat(Fixture("msg-itemsize-modelB.ccm")).ToArray());

        messages.Count.ShouldBe(4);
        messages.ShouldAllBe(m => m.Faults == ReadFault.None);
    }

    [Fact]
    [Trait("source", "Q234745")]
    public void A_message_without_contents_is_set_aside_and_the_next_one_read()
    {
        var broken = Sized(Header, ("Text item:", "Hello\r\n")).Replace("Contents:\r\n", "", StringComparison.Ordinal);

        var messages = Read(broken + Sized(Header, ("Text item:", "Next\r\n")));

        messages[0].IsReadable.ShouldBeFalse();
        messages[0].Faults.HasFlag(ReadFault.MissingContents).ShouldBeTrue();
        messages[^1].Faults.ShouldBe(ReadFault.None);
        Text(messages[^1].Items.Single().Data).ShouldBe("Next\r\n");
    }

    [Theory]
    [Trait("source", "Q287056")]
    [InlineData("          ")]
    [InlineData(" ")]
    public void Blank_sizes_are_found_by_the_next_keyword(string blank)
    {
        var file = $"Message:\r\n{blank}\r\n{Header}Contents:\r\n{blank}\r\nText item:\r\n{blank}\r\nHello\r\n\r\n"
            + $"File item: A.DAT 1/2/98 1:02PM\r\n{blank}\r\nraw\r\n\r\n\r\n" + Sized(Header, ("Text item:", "Next\r\n"));

        var messages = Read(file);

        messages.Count.ShouldBe(2);
        messages[0].Faults.ShouldBe(ReadFault.BlankSize);
        Text(messages[0].Items[0].Data).ShouldBe("Hello\r\n");
        messages[0].Items.Count.ShouldBe(2);
        messages[1].Faults.ShouldBe(ReadFault.None);
    }

    [Theory]
    [Trait("source", "Q287056")]
    [InlineData("0         ", "Text item:\r\n0         ")]
    [InlineData("7         ", "Text item:\r\n3         ")]
    [InlineData("7         ", "Text item:\r\n9999      ")]
    [InlineData("7         ", "Text item:\r\n          ")]
    public void An_item_size_that_leads_nowhere_is_put_right(string _, string wrong)
    {
        var good = Sized(Header, ("Text item:", "Hello\r\n"), ("File item: A.DAT", "xyz"));
        var file = good.Replace("Text item:\r\n7         ", wrong, StringComparison.Ordinal) + good;

        var messages = Read(file);

        messages.Count.ShouldBe(2);
        messages[0].IsReadable.ShouldBeTrue();
        (messages[0].Faults & (ReadFault.WrongSize | ReadFault.BlankSize)).ShouldNotBe(ReadFault.None);
        messages[0].Items.Select(i => Text(i.Data)).ShouldBe(["Hello\r\n", "xyz"]);
        messages[1].Faults.ShouldBe(ReadFault.None);
    }

    [Theory]
    [InlineData("1         ")]
    [InlineData("20        ")]
    [InlineData("99999     ")]
    [InlineData("9999999999")]
    public void A_wrong_size_of_the_message_or_its_contents_costs_nothing(string size)
    {
        var good = Sized(Header, ("Text item:", "Hello\r\n"), ("File item: A.DAT", "xyz"));
        var lines = good.Split("\r\n");
        var inMessage = string.Join("\r\n", lines.Select((l, i) => i == 1 ? size : l));
        var inContents = string.Join("\r\n", lines.Select((l, i) => i == 7 ? size : l));

        var messages = Read(inMessage + inContents + good);

        messages.Count.ShouldBe(3);
        messages[0].Faults.ShouldBe(ReadFault.WrongSize);
        messages[1].Faults.ShouldBe(ReadFault.WrongSize);
        messages.ShouldAllBe(m => m.Items.Count == 2 && m.Items[1].Data.Length == 3 && m.Items[0].Data.Length == 7);
    }

    [Fact]
    [Trait("source", "Q178122")]
    public void A_text_of_no_bytes_is_a_text()
    {
        var message = Read(Sized(Header, ("Text item:", ""), ("Text item: t", "x"))).Single();

        message.Faults.ShouldBe(ReadFault.None);
        message.Items.Select(i => i.Data.Length).ShouldBe([0, 1]);
    }

    [Fact]
    [Trait("source", "Q176375")]
    public void An_unknown_section_is_kept_and_the_rest_read()
    {
        var message = Read(Sized(Header, ("Sound item: bell", "ding"), ("Odd section:", "what"), ("Text item:", "Hello\r\n"))).Single();

        message.IsReadable.ShouldBeTrue();
        message.Faults.ShouldBe(ReadFault.UnknownSection);
        message.Items.Select(i => (i.Kind, i.Label, Text(i.Data))).ShouldBe(
            [(ItemKind.Other, "Sound item", "ding"), (ItemKind.Other, "Odd section", "what"), (ItemKind.Text, "Text item", "Hello\r\n")]);
    }

    [Fact]
    [Trait("source", "Q202240")]
    public void A_file_that_stops_inside_an_item_says_so()
    {
        var file = Sized(Header, ("Text item:", "Hello\r\n"), ("File item: FAX.PCX", new string('x', 500)));

        var message = Read(file[..^300]).Single();

        message.Faults.HasFlag(ReadFault.Truncated).ShouldBeTrue();
        message.IsReadable.ShouldBeFalse();
        message.Items[1].DeclaredSize.ShouldBe(500);
    }

    [Fact]
    [Trait("source", "Q262989")]
    public void Unknown_header_lines_are_kept()
    {
        var message = Read(Sized("RRT: 1 2 3\r\n" + Header + "Priority: Urgent\r\n", ("Text item:", "x"))).Single();

        message.Faults.ShouldBe(ReadFault.None);
        message.ExtraHeaders.ShouldBe([new ExtraHeader("RRT", "1 2 3"), new ExtraHeader("Priority", "Urgent")]);
    }

    [Fact]
    [Trait("source", "Q249133")]
    public void A_recipient_without_a_name_is_told_and_the_others_read()
    {
        var message = Read(Sized(Header + "To:  at HARBOUR\r\nTo: Doe, Jane at HARBOUR\r\n", ("Text item:", "x"))).Single();

        message.Faults.ShouldBe(ReadFault.EmptyRecipient);
        message.To.Select(r => r.Address.IsEmpty).ShouldBe([false, true, false]);
        message.To.Select(r => r.Address.PostOffice).ShouldBe(["HARBOUR", "HARBOUR", "HARBOUR"]);
    }

    [Fact]
    [Trait("source", "Q233325")]
    public void An_impossible_date_is_kept_as_text()
    {
        var message = Read(Sized(Header.Replace("3/14/98", "2/31/99", StringComparison.Ordinal), ("Text item:", "x"))).Single();

        message.Faults.ShouldBe(ReadFault.InvalidDate);
        message.Date.ShouldBeNull();
        message.DateText.ShouldBe("2/31/99 14:05");
        message.IsReadable.ShouldBeTrue();
    }

    [Fact]
    public void Recipients_on_one_line_are_split_only_where_every_part_names_a_post_office()
    {
        var header = Header + "cc: Ann at A, Bob at B\r\nBcc: Doe, Jane at C\r\nBCC: Doe, Jane, Roe at D\r\n";

        var message = Read(Sized(header, ("Text item:", "x"))).Single();

        message.Cc.Select(r => r.Address.Name).ShouldBe(["Ann", "Bob"]);
        message.Bcc.Select(r => r.Address.Name).ShouldBe(["Doe, Jane", "Doe, Jane, Roe"]);
    }

    [Fact]
    [Trait("source", "Q198861")]
    public void Trail_bytes_of_double_byte_text_are_no_brackets()
    {
        var profile = Profile with { CodePage = 932 };
        var subject = profile.TextEncoding.GetBytes("ー表示ソ"); // trail bytes 5B and 5C
        var file = Bytes("Message:\r\n          \r\nFrom: a at B\r\nDate: 1/2/98 3:04\r\nTo: c at D\r\nSubject: ")
            .Concat(subject).Concat(Bytes("\r\nContents:\r\n          \r\nText item:\r\n1         \r\nx\r\n")).ToArray();

        Read(file, profile).Single().Subject.ShouldBe("ー表示ソ");
    }

    [Theory]
    [InlineData(437, "Größe ≤ π")]
    [InlineData(850, "Ångström × ¾")]
    [InlineData(866, "Привет")]
    [Trait("source", "Q174725")]
    public void Text_is_read_with_the_post_office_code_page(int codePage, string subject)
    {
        var profile = Profile with { CodePage = codePage };
        var file = Bytes("Message:\r\n          \r\nFrom: a at B\r\nDate: 1/2/98 3:04\r\nTo: c at D\r\nSubject: ")
            .Concat(profile.TextEncoding.GetBytes(subject)).Concat(Bytes("\r\nContents:\r\n          \r\nText item:\r\n1         \r\nx\r\n")).ToArray();

        Read(file, profile).Single().Subject.ShouldBe(subject);
    }

    [Fact]
    public void Line_feeds_alone_and_end_of_file_marks_are_taken()
    {
        var file = Sized(Header, ("Text item:", "Hello\r\n")).Replace("\r\n", "\n", StringComparison.Ordinal)
            .Replace("\n128       \n", "\n          \n", StringComparison.Ordinal) + "\u001a";

        var message = Read(file).Single();

        Text(message.Items.Single().Data).TrimEnd().ShouldBe("Hello");
        message.Subject.ShouldBe("Crane timetable");
    }

    [Fact]
    public void Reads_the_plain_dialect()
    {
        var message = Read(Fixture("msg-plain.txt")).Single();

        message.Dialect.ShouldBe(Dialect.Plain);
        message.Faults.ShouldBe(ReadFault.None);
        Text(message.Items.Single().Data).ShouldBe("Per, Rosa,\r\n\r\nplain format, no sizes.\r\n");
    }

    [Fact]
    public void The_plain_dialect_may_leave_the_text_keyword_out()
    {
        var messages = Read($"Message:\r\n{Header}Contents:\r\nHello\r\nMessage:\r\nis a word\r\nFile item: A.TXT\r\nabc\r\nMessage:\r\n{Header}Contents:\r\n");

        messages.Count.ShouldBe(2);
        messages[0].Items.Select(i => (i.Kind, Text(i.Data))).ShouldBe(
            [(ItemKind.Text, "Hello\r\nMessage:\r\nis a word\r\n"), (ItemKind.File, "abc\r\n")]);
        messages[1].Items.ShouldBeEmpty();
    }

    [Fact]
    public void Bytes_between_messages_come_out_as_a_block_of_their_own()
    {
        var good = Sized(Header, ("Text item:", "Hello\r\n"));

        var messages = Read("garbage\r\n" + good + "more garbage\r\n" + good + "tail");

        messages.Select(m => m.IsReadable).ShouldBe([false, true, false, true, false]);
        Text(messages[2].Raw).ShouldBe("more garbage\r\n");
        Text(messages[4].Raw).ShouldBe("tail");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public void Segments_of_any_size_read_alike(int size)
    {
        foreach (var fixture in Fixtures)
        {
            var file = Fixture(fixture);
            var whole = Read(file);
            var parts = ExportReader.ReadAll(Segmented(file, size), Profile).ToList();

            parts.Select(Summary).ShouldBe(whole.Select(Summary));
        }
    }

    [Fact]
    [Trait("source", "Q216473")]
    public void A_rich_text_item_is_recognised()
    {
        var message = Read(Sized(Header, ("Text item:", @"{\rtf1 hello}"), ("File item: A.RTF", @"{\rtf1 hello}"))).Single();

        message.Items.Select(i => i.IsRichText).ShouldBe([true, false]);
    }

    [Fact]
    [Trait("source", "Q181130")]
    public void Highlight_codes_are_dropped_with_the_byte_after_them()
    {
        var file = Sized(Header, ("Text item:", "a \u001epred\u001fp b\r\n"));

        var data = Read(file).Single().Items.Single().Data;

        Profile.Decode(data).ShouldBe("a red b\r\n");
        (Profile with { StripsHighlight = false }).Decode(data).ShouldContain("\u001e");
    }

    internal static string Summary(CcMailMessage m) =>
        $"{m.Offset} {m.Raw.Length} {m.From} {m.DateText} {m.Subject} {m.Faults} {string.Join(';', m.Recipients.Select(r => r.Address.Raw))} "
        + string.Join(';', m.Items.Select(i => $"{i.Label}|{i.Title}|{i.Offset}|{Convert.ToHexString(i.Data.ToArray())}"));
}
