using System.Text;
using Postern.Infrastructure.Tests.Support;
using Postern.Lab.CcMail;

namespace Postern.Infrastructure.Tests.Lab;

public sealed class ImportProgramTests : IDisposable
{
    private readonly LabPostOffice office = new();

    public void Dispose() => office.Dispose();

    [Fact]
    public void Delivers_one_copy_to_each_recipient_and_removes_the_file()
    {
        var file = office.Put("a.ccm", LabPostOffice.Mail("Hi", "To: Novak, Petra at SALES", "cc: Uwe Brandt", "cc: Novak, Petra"));

        office.Import().ExitCode.ShouldBe(0);

        office.Mailbox("Novak, Petra").Count.ShouldBe(1);
        office.Mailbox("Brandt, Uwe").Single().Values("cc").ShouldBe(["Brandt, Uwe at SALES", "Novak, Petra at SALES"]);
        File.Exists(file).ShouldBeFalse();
        File.Exists(office.At("mail/Novak, Petra/001.ccm")).ShouldBeTrue();
    }

    [Fact]
    public void Shows_no_Bcc_in_any_mailbox()
    {
        office.Put("a.ccm", LabPostOffice.Mail("Hi", "To: Novak, Petra at SALES", "Bcc: Keane, Orla at SALES", "Bcc: Lowe, Patrick at SALES"));

        office.Import().ExitCode.ShouldBe(0);

        foreach (var name in new[] { "Novak, Petra", "Keane, Orla", "Lowe, Patrick" })
        {
            office.Mailbox(name).Single().Recipients.Select(line => line.ToString()).ShouldBe(["To: Novak, Petra at SALES"]);
        }
    }

    [Fact]
    public void Sends_recipients_of_other_post_offices_through_the_queue_of_the_direct_one()
    {
        office.AddEntry("FARAWAY", 'p', "SITE2");
        office.Put("a.ccm", LabPostOffice.Mail("Hi", "To: Doe, Jane at SITE1", "Bcc: Roe, Rick at FARAWAY", "To: Novak, Petra", "Bcc: Keane, Orla"));

        office.Import().ExitCode.ShouldBe(0);

        office.Queued().Single().Recipients.Select(line => line.ToString())
            .ShouldBe(["To: Doe, Jane at SITE1", "Bcc: Roe, Rick at FARAWAY", "To: Novak, Petra at SALES"]);
        office.Mailbox("Novak, Petra").Count.ShouldBe(1);
    }

    [Fact]
    public void Resolves_aliases_and_people_elsewhere_by_their_entry()
    {
        office.AddEntry("Front Desk", 'A', "Keane, Orla");
        office.Put("a.ccm", LabPostOffice.Mail("Hi", "To: Front Desk", "To: okafor, ngozi"));

        office.Import().ExitCode.ShouldBe(0);

        office.Mailbox("Keane, Orla").Count.ShouldBe(1);
        office.Queued().Single().Values("To").ShouldBe(["Keane, Orla at SALES", "Okafor, Ngozi at SITE2"]);
    }

    [Fact]
    public void With_partial_delivers_the_good_and_names_the_bad()
    {
        var file = office.Put(
            "a.ccm", LabPostOffice.Mail("Hi", "To: Novak, Petra at SALES", "To: Nobody, Nils at SALES", "cc: Moe, Mia at NOWHERE"));

        office.Import().ExitCode.ShouldBe(5);

        office.Mailbox("Novak, Petra").Count.ShouldBe(1);
        File.Exists(file).ShouldBeFalse();
        var failed = LabPostOffice.Read(office.InWork("a.und")).Single();
        failed.Header.Select(line => line.ToString()).ShouldBe(
        [
            "From: Doe, Jane at SITE1", "Date: 3/14/98 14:05",
            "To: Nobody, Nils at SALES", "***  Recipient unknown  ***",
            "cc: Moe, Mia at NOWHERE", "***  Post office unknown  ***",
            "Subject: Hi",
        ]);
        failed.Items.Single().Data.ToArray().ShouldBe("Hello\r\n"u8.ToArray());
    }

    [Fact]
    public void Without_partial_refuses_the_whole_message()
    {
        office.Put("a.ccm", LabPostOffice.Mail("Hi", "To: Novak, Petra at SALES", "To: Nobody, Nils at SALES"));

        var run = LabProgram.Run(office.ImportArguments().Where(argument => argument != "/PARTIAL"));

        run.ExitCode.ShouldBe(5);
        office.Mailbox("Novak, Petra").ShouldBeEmpty();
        LabPostOffice.Read(office.InWork("a.und")).Single().Values("To").Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("before", "***  Recipient unknown  ***\r\nMessage:")]
    [InlineData("text", "listed below:\r\n***  Recipient unknown  ***\r\n")]
    public void Puts_reasons_where_the_settings_say(string layout, string expected)
    {
        using var other = new LabPostOffice($"und layout = {layout}\n");
        other.Put("a.ccm", LabPostOffice.Mail("Hi", "To: Nobody, Nils at SALES"));

        other.Import().ExitCode.ShouldBe(5);

        other.TextOf("a.und").ShouldContain(expected);
    }

    [Fact]
    public void Goes_on_after_an_undeliverable_message()
    {
        office.Put("a.ccm", LabPostOffice.Mail("Bad", "To: Nobody, Nils at SALES"));
        office.Put("b.ccm", LabPostOffice.Mail("Good", "To: Novak, Petra at SALES"));

        office.Import().ExitCode.ShouldBe(5);

        office.Mailbox("Novak, Petra").Single().Subject.ShouldBe("Good");
    }

    [Theory]
    [InlineData("/NOTHER", "/PLAB", true)]
    [InlineData("/NSITE1", "/PWRONG", true)]
    [InlineData("/NSITE1", "/PLAB", false)]
    [InlineData("/NSITE1", "/PLAB", true, "/NONSENSE/X", "/Q")]
    [InlineData("/NSITE1", "/PLAB", true, "word")]
    public void Refuses_a_wrong_configuration_with_3(string name, string password, bool isPostOffice, params string[] more)
    {
        var file = office.Put("a.ccm", LabPostOffice.Mail("Hi", "To: Novak, Petra at SALES"));

        var run = LabProgram.Run(
            ["import", name, password, $"/D{(isPostOffice ? office.Folder : office.Work)}", "/BATCH", "/ITEMSIZE", .. more, $"/@{file}"]);

        run.ExitCode.ShouldBe(3);
        File.Exists(file).ShouldBeTrue();
    }

    [Fact]
    public void Takes_quoted_values_and_names_without_case()
    {
        office.Put("a.ccm", LabPostOffice.Mail("Hi", "To: Novak, Petra at SALES"));

        var run = LabProgram.Run("import", "/N\"site1\"", "/p\"lab\"", $"/d\"{office.Folder}\"", "/batch", "/itemsize", $"/@\"{office.InWork("a.ccm")}\"");

        run.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Reads_both_size_models()
    {
        const string header = "From: Doe, Jane at SITE1\r\nDate: 6/2/98 8:39\r\nTo: Novak, Petra at SALES\r\nSubject: A\r\n";
        const string modelA = "Message:\r\n142       \r\n" + header
            + "Contents:\r\n33        \r\nText item:\r\n7         \r\nHello\r\n\r\n\r\n\r\n";
        const string modelB = "Message:\r\n142         \r\n" + header
            + "Contents:\r\n33          \r\nText item:\r\n7           \r\nHello\r\n";
        File.WriteAllText(office.InWork("a.ccm"), modelA);
        File.WriteAllText(office.InWork("b.ccm"), modelB + modelB);

        office.Import().ExitCode.ShouldBe(0);

        office.Mailbox("Novak, Petra").Select(message => message.Items.Single().Data.Length).ShouldBe([7, 7, 7]);
    }

    [Fact]
    public void Reads_the_plain_dialect_without_itemsize()
    {
        File.WriteAllText(
            office.InWork("a.ccm"),
            "Message:\r\nFrom: Doe, Jane at SITE1\r\nDate: 6/2/98 8:39\r\nTo: Novak, Petra at SALES\r\nSubject: Plain\r\nContents:\r\nText item:\r\nHello\r\n");

        LabProgram.Run(office.ImportArguments().Where(argument => argument != "/ITEMSIZE")).ExitCode.ShouldBe(0);

        var message = office.Mailbox("Novak, Petra").Single();
        Encoding.ASCII.GetString(message.Items.Single().Data.Span).ShouldBe("Hello\r\n");
    }

    [Fact]
    public void Keeps_attachments_byte_for_byte_and_only_with_files()
    {
        var data = "\r\nMessage:\r\n12\r\nText item:\r\n3\r\n\u001a\0"u8.ToArray();
        var big = new byte[1 << 20];
        new Random(7).NextBytes(big);
        var mail = LabPostOffice.Mail("Hi", "To: Novak, Petra at SALES") with
        {
            Items = [Item.Text([]), new Item(Item.FileKind, "A.BIN 3/13/98 4:50PM", data), new Item(Item.FileKind, "E.BIN", ReadOnlyMemory<byte>.Empty), new Item(Item.FileKind, "B.BIN", big)],
        };
        office.Put("a.ccm", mail);
        office.Import().ExitCode.ShouldBe(0);
        office.Put("a.ccm", mail);
        LabProgram.Run(office.ImportArguments().Where(argument => argument != "/FILES/MACBIN2")).ExitCode.ShouldBe(0);

        var kept = office.Mailbox("Novak, Petra");

        kept[0].Items.Select(item => item.Data.ToArray()).ShouldBe([[], data, [], big]);
        kept[1].Items.Count.ShouldBe(1);
    }

    [Fact]
    public void Waits_for_an_answer_without_batch()
    {
        office.Put("a.ccm", LabPostOffice.Mail("Hi", "To: Novak, Petra at SALES"));
        var arguments = office.ImportArguments().Where(argument => argument != "/BATCH").ToList();
        using var silent = LabProgram.Start(arguments);
        silent.CloseInput();
        silent.WaitForLine("Waiting for ever.");
        silent.HasExited.ShouldBeFalse();

        using var answered = LabProgram.Start(arguments);
        answered.WriteLine("");

        answered.WaitForEnd().ExitCode.ShouldBe(0);
    }
}
