using Postern.Infrastructure.Tests.Support;
using Postern.Lab.CcMail;

namespace Postern.Infrastructure.Tests.Lab;

/// <summary>What the versions of IMPORT cannot take, each as its article tells it.</summary>
public sealed class ImportLimitTests
{
    [Theory]
    [Trait("source", "Q232687")]
    [InlineData("8.0", "To: Novak [x] at SALES")]
    [InlineData("8.3", "cc: Novak ] at SALES")]
    public void A_bracket_in_an_address_hangs_version_8(string version, string recipient)
    {
        using var office = new LabPostOffice($"import version = {version}\n");
        office.Put("1.ccm", LabPostOffice.Mail("First", "To: Novak, Petra at SALES"));
        office.Put("2.ccm", LabPostOffice.Mail("Second", "To: Novak, Petra at SALES", recipient));
        office.Put("3.ccm", LabPostOffice.Mail("Third", "To: Novak, Petra at SALES"));

        using var program = LabProgram.Start(office.ImportArguments());
        program.WaitForLine("Waiting for ever.");

        office.Mailbox("Novak, Petra").Single().Subject.ShouldBe("First");
        Directory.GetFiles(office.Work).Select(Path.GetFileName).Order().ShouldBe(["2.ccm", "3.ccm"]);
    }

    [Fact]
    [Trait("source", "Q234350")]
    public void A_bracket_pair_in_the_subject_hangs_version_8_3()
    {
        using var office = new LabPostOffice("import version = 8.3\n");
        office.Put("1.ccm", LabPostOffice.Mail("Re[2]: x", "To: Novak, Petra at SALES"));

        using var program = LabProgram.Start(office.ImportArguments());

        program.WaitForLine("Waiting for ever.").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("5.15", "[a] b", "To: Novak, Petra at SALES", 0)]
    [InlineData("8.2", "Re[2]: x", "To: Novak, Petra at SALES", 0)]
    [InlineData("8.3", "one [ only", "To: Novak, Petra at SALES", 0)]
    [InlineData("8.3", "one ] only", "To: Novak, Petra at SALES", 0)]
    [InlineData("5.15", "x", "To: Novak [x] at SALES", 5)]
    public void Other_versions_take_brackets(string version, string subject, string recipient, int expected)
    {
        using var office = new LabPostOffice($"import version = {version}\n");
        office.Put("1.ccm", LabPostOffice.Mail(subject, recipient));

        office.Import().ExitCode.ShouldBe(expected);
    }

    [Fact]
    [Trait("source", "Q166499")]
    public void A_header_over_4096_bytes_is_full_once_for_each_recipient_past_it()
    {
        using var office = new LabPostOffice();
        var recipients = Enumerable.Range(100, 160).Select(i => $"To: Somebody, Nr{i} at SITE1").ToArray();
        office.Put("1.ccm", LabPostOffice.Mail("Many", recipients));
        var before = "From: Doe, Jane at SITE1\r\nDate: 3/14/98 14:05\r\n".Length;
        var fitting = (4096 - before) / "To: Somebody, Nr100 at SITE1\r\n".Length;

        office.Import().ExitCode.ShouldBe(5);

        Occurrences(office.TextOf("1.und"), "***  Header Buffer Full  ***").ShouldBe(160 - fitting);
        LabPostOffice.Read(office.InWork("1.und")).Single().Values("To").Count.ShouldBe(160 - fitting);
    }

    [Theory]
    [Trait("source", "Q266711")]
    [InlineData(200, 0)]
    [InlineData(201, 5)]
    public void Takes_200_recipients(int count, int expected)
    {
        using var office = new LabPostOffice("header limit = 163840\n");
        office.Put("1.ccm", LabPostOffice.Mail("Many", [.. Enumerable.Range(0, count).Select(i => $"To: Somebody, Nr{i} at SITE1")]));

        office.Import().ExitCode.ShouldBe(expected);
    }

    [Theory]
    [Trait("source", "Q180641")]
    [InlineData("us", "6/2/98 8:39", 0)]
    [InlineData("us", "12/31/2026 11:59PM", 0)]
    [InlineData("us", "31/12/98 8:39", 5)]
    [InlineData("us", "2/31/99 8:39", 5)]
    [InlineData("us", "6/2/98", 5)]
    [InlineData("us", "6/2/98 25:00", 5)]
    [InlineData("european", "31/12/98 8:39", 0)]
    [InlineData("european", "12/31/98 8:39", 5)]
    [InlineData("japanese", "98/12/31 8:39", 0)]
    [InlineData("japanese", "12/31/98 8:39", 5)]
    public void Reads_dates_in_one_order_only(string order, string date, int expected)
    {
        using var office = new LabPostOffice($"date order = {order}\n");
        var mail = LabPostOffice.Mail("Hi", "To: Novak, Petra at SALES");
        office.Put("1.ccm", mail with { Header = [.. mail.Header.Select(line => line.Is("Date") ? line with { Value = date } : line)] });

        office.Import().ExitCode.ShouldBe(expected);

        office.Mailbox("Novak, Petra").Count.ShouldBe(expected == 0 ? 1 : 0);
        if (expected == 5)
        {
            office.TextOf("1.und").ShouldContain($"Date: {date}\r\n***  Unknown Date Format  ***");
        }
    }

    [Fact]
    public void Refuses_a_message_without_contents_or_with_too_many_items()
    {
        using var office = new LabPostOffice();
        var mail = LabPostOffice.Mail("Hi", "To: Novak, Petra at SALES");
        office.Put("1.ccm", mail with { HasContents = false });
        office.Put("2.ccm", mail with { Items = [.. Enumerable.Repeat(mail.Items[0], 21)] });

        office.Import().ExitCode.ShouldBe(5);

        office.TextOf("1.und").ShouldContain("***  Disk error in creating message item  ***");
        office.TextOf("2.und").ShouldContain("***  Disk error in creating message item  ***");
        office.Mailbox("Novak, Petra").ShouldBeEmpty();
    }

    [Theory]
    [Trait("source", "Q190555")]
    [InlineData(20 * 1024, "Text item")]
    [InlineData((20 * 1024) + 1, "File item")]
    public void Text_over_20_KB_becomes_a_file(int length, string kind)
    {
        using var office = new LabPostOffice();
        office.Put("1.ccm", LabPostOffice.Mail("Hi", "To: Novak, Petra at SALES") with { Items = [Item.Text(new byte[length])] });

        office.Import().ExitCode.ShouldBe(0);

        office.Mailbox("Novak, Petra").Single().Items.Single().Kind.ShouldBe(kind);
    }

    [Fact]
    [Trait("source", "Q184991")]
    public void Cuts_titles_at_30_and_subjects_at_60()
    {
        using var office = new LabPostOffice();
        var mail = LabPostOffice.Mail(new string('s', 61), "To: Novak, Petra at SALES");
        office.Put("1.ccm", mail with { Items = [new Item(Item.FileKind, new string('t', 31), new byte[1])] });

        office.Import().ExitCode.ShouldBe(0);

        var kept = office.Mailbox("Novak, Petra").Single();
        kept.Subject.Length.ShouldBe(60);
        kept.Items.Single().Title.Length.ShouldBe(30);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no message here\r\n")]
    [InlineData("Message:\r\nten\r\nFrom: x\r\n")]
    [InlineData("Message:\r\n9999      \r\nFrom: x\r\n")]
    [InlineData("Message:\r\n38        \r\nFrom: Doe, Jane at SITE1\r\nSubject: Hi\r\n")]
    public void Stops_with_1_at_what_is_no_message_and_lets_it_lie(string content)
    {
        using var office = new LabPostOffice();
        office.Put("1.ccm", LabPostOffice.Mail("First", "To: Novak, Petra at SALES"));
        File.WriteAllText(office.InWork("2.ccm"), content);
        office.Put("3.ccm", LabPostOffice.Mail("Third", "To: Novak, Petra at SALES"));

        office.Import().ExitCode.ShouldBe(1);

        office.Mailbox("Novak, Petra").Single().Subject.ShouldBe("First");
        Directory.GetFiles(office.Work).Select(Path.GetFileName).Order().ShouldBe(["2.ccm", "2.und", "3.ccm"]);
    }

    private static int Occurrences(string text, string word) => text.Split(word).Length - 1;
}
