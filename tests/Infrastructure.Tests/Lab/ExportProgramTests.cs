using Postern.Infrastructure.Tests.Support;
using Postern.Lab.CcMail;

namespace Postern.Infrastructure.Tests.Lab;

public sealed class ExportProgramTests : IDisposable
{
    private readonly LabPostOffice office = new();

    public void Dispose() => office.Dispose();

    [Fact]
    public void Empties_the_queue_in_name_order_into_one_file()
    {
        WaitMails("b", "a", "c");

        office.Export().ExitCode.ShouldBe(0);

        office.Exported().Select(message => message.Subject).ShouldBe(["a", "b", "c"]);
        office.Queued().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", 16)]
    [InlineData("/MSGS/5", 5)]
    [InlineData("/MSGS/ALL", 20)]
    public void Takes_as_many_messages_as_it_may(string limit, int expected)
    {
        WaitMails([.. Enumerable.Range(10, 20).Select(i => $"{i}")]);

        office.Export(limit.Length == 0 ? [] : [limit]).ExitCode.ShouldBe(0);

        office.Exported().Count.ShouldBe(expected);
        office.Queued().Count.ShouldBe(20 - expected);
    }

    [Fact]
    public void Leaves_no_file_when_nothing_waits_unless_the_settings_say_so()
    {
        using var other = new LabPostOffice("empty export = file\n");

        office.Export().ExitCode.ShouldBe(0);
        other.Export().ExitCode.ShouldBe(0);

        File.Exists(office.ExportFile).ShouldBeFalse();
        new FileInfo(other.ExportFile).Length.ShouldBe(0);
    }

    [Fact]
    public void Writes_foreign_addresses_only_on_request()
    {
        office.Wait("a.ccm", LabPostOffice.Mail("a", "To: Farrow, Pia at SITE1"));
        office.Export().ExitCode.ShouldBe(0);
        office.Exported().Single().Values("To").ShouldBe(["Farrow, Pia at SITE1"]);
        office.Wait("a.ccm", LabPostOffice.Mail("a", "To: Farrow, Pia at SITE1", "To: x at SITE1"));

        office.Export("/FORMAT/FAN").ExitCode.ShouldBe(0);

        office.Exported().Single().Values("To").ShouldBe(["pia.farrow@partner.example at SITE1", "x at SITE1"]);
    }

    [Fact]
    public void Writes_the_size_model_of_the_post_office_and_plain_without_itemsize()
    {
        using var other = new LabPostOffice("size model = B\n");
        other.Wait("a.ccm", LabPostOffice.Mail("a", "To: x at SITE1"));
        other.Export().ExitCode.ShouldBe(0);
        File.ReadAllText(other.ExportFile).ShouldEndWith("Contents:\r\n33          \r\nText item:\r\n7           \r\nHello\r\n");
        other.Wait("a.ccm", LabPostOffice.Mail("a", "To: x at SITE1"));

        LabProgram.Run(other.ExportArguments().Where(argument => argument != "/ITEMSIZE")).ExitCode.ShouldBe(0);

        File.ReadAllText(other.ExportFile).ShouldBe(
            "Message:\r\nFrom: Doe, Jane at SITE1\r\nDate: 3/14/98 14:05\r\nTo: x at SITE1\r\nSubject: a\r\nContents:\r\nText item:\r\nHello\r\n");
    }

    [Fact]
    public void Exports_damaged_and_raw_files_as_they_are()
    {
        Directory.CreateDirectory(office.Queue);
        File.WriteAllText(Path.Combine(office.Queue, "1.ccm"), "Message:\r\n5\r\ngarbage");
        File.WriteAllText(Path.Combine(office.Queue, "2.raw"), "anything");

        office.Export().ExitCode.ShouldBe(0);

        File.ReadAllText(office.ExportFile).ShouldBe("Message:\r\n5\r\ngarbageanything");
        Directory.GetFiles(office.Queue).ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q212759")]
    public void Lists_what_waits_and_deletes_by_number()
    {
        office.Wait("00000123.ccm", LabPostOffice.Mail("first", "To: x at SITE1"));
        office.Wait("odd name.ccm", LabPostOffice.Mail("second", "To: x at SITE1"));
        string[] common = ["export", "/NSITE1", "/PLAB", $"/D{office.Folder}", "/BATCH"];

        var list = LabProgram.Run([.. common, "/MSG#"]);
        var number = list.Lines.Single(line => line.Contains("second", StringComparison.Ordinal)).Split(' ')[1];

        list.Output.ShouldContain("Message 123  Date: 3/14/98 14:05  From: Doe, Jane at SITE1  Subject: first");
        LabProgram.Run([.. common, "/DELETE/123"]).ExitCode.ShouldBe(0);
        LabProgram.Run([.. common, "/DELETE/123"]).ExitCode.ShouldBe(1);
        LabProgram.Run([.. common, $"/DELETE/{number}"]).ExitCode.ShouldBe(0);
        office.Queued().ShouldBeEmpty();
    }

    [Fact]
    public void Writes_the_directory_in_propagation_order()
    {
        File.WriteAllText(office.At("directory.txt"), "");
        office.AddEntry("Zoe", 'A', "Abel");
        office.AddEntry("Abel", 'r', "SITE1 abel@x.example");
        office.AddEntry("SITE2", 'p', "SITE1");
        office.AddEntry("SITE1", 'P', "");
        office.AddEntry("Aaron", 'L', "");
        office.AddEntry("AARON", 'L', "");

        office.Export("/DIRECTORY/PROPADD").ExitCode.ShouldBe(0);

        File.ReadAllText(office.ExportFile).ShouldBe(
            "Name: SITE1\r\nLocn: P\r\nAddr:\r\nCmts:\r\n\r\nName: SITE2\r\nLocn: p\r\nAddr: SITE1\r\nCmts:\r\n\r\n"
            + "Name: Aaron\r\nLocn: L\r\nAddr:\r\nCmts:\r\n\r\nName: Abel\r\nLocn: r\r\nAddr: SITE1 abel@x.example\r\nCmts:\r\n\r\n"
            + "Name: Zoe\r\nLocn: A\r\nAddr: Abel\r\nCmts:\r\n\r\n");
    }

    [Theory]
    [InlineData("export exit=1", 1, false)]
    [InlineData("export exit=1 after-write", 1, true)]
    [InlineData("export crash", 137, false)]
    [InlineData("export crash at=after-write", 137, true)]
    [InlineData("export lock for=1", 4, false)]
    public void Keeps_the_queue_when_it_does_not_end_with_0(string fault, int code, bool isWritten)
    {
        office.Faults(fault);
        WaitMails("a", "b");

        office.Export().ExitCode.ShouldBe(code);

        office.Queued().Count.ShouldBe(2);
        File.Exists(office.ExportFile).ShouldBe(isWritten);
        if (isWritten)
        {
            office.Exported().Count.ShouldBe(2);
        }
    }

    [Theory]
    [InlineData("export truncate", 1, 2)]
    [InlineData("export truncate exit=0", 0, 0)]
    [InlineData("export crash at=half", 137, 2)]
    public void Leaves_a_torn_file_behind(string fault, int code, int waiting)
    {
        office.Faults(fault);
        WaitMails("a", "b");

        office.Export().ExitCode.ShouldBe(code);

        office.Queued().Count.ShouldBe(waiting);
        MessageReader.ReadAll(File.ReadAllBytes(office.ExportFile), true, OemText.Western, out var reason).Count.ShouldBe(1);
        reason.ShouldNotBeNull();
    }

    [Fact]
    public void Hangs_when_a_message_concerns_it()
    {
        office.Faults("export hang subject=poison");
        WaitMails("a", "poison");
        using var program = LabProgram.Start(office.ExportArguments());

        program.WaitForLine("Waiting for ever.");

        office.Queued().Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("export corrupt nth=2", "Text item:\r\n99999999  \r\n")]
    [InlineData("export blank-size subject=b", "Text item:\r\n          \r\n")]
    [InlineData("export 8.3-drops-names nth=2", "\r\nTo:  at SITE1\r\n")]
    public void Damages_one_message_and_no_other(string fault, string expected)
    {
        office.Faults(fault);
        WaitMails("a", "b", "c");

        office.Export().ExitCode.ShouldBe(0);

        var parts = File.ReadAllText(office.ExportFile).Split("Message:");
        parts.Select(part => part.Contains(expected, StringComparison.Ordinal)).ShouldBe([false, false, true, false]);
    }

    [Fact]
    [Trait("source", "Q234745")]
    public void Leaves_the_contents_out_on_request()
    {
        office.Faults("export no-contents subject=b");
        WaitMails("a", "b");

        office.Export().ExitCode.ShouldBe(0);

        office.Exported().Select(message => message.HasContents).ShouldBe([true, false]);
    }

    private void WaitMails(params string[] names)
    {
        foreach (var name in names)
        {
            office.Wait($"{name}.ccm", LabPostOffice.Mail(name, "To: x at SITE1"));
        }
    }
}
