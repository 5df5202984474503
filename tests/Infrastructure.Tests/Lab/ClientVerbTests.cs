using System.Security.Cryptography;
using Postern.Infrastructure.Tests.Support;
using Postern.Lab.Client;

namespace Postern.Infrastructure.Tests.Lab;

public sealed class ClientVerbTests : IDisposable
{
    private readonly LabPostOffice office = new();

    public void Dispose() => office.Dispose();

    [Fact]
    public void Composes_to_people_here_and_elsewhere()
    {
        var file = office.InWork("DATA.BIN");
        File.WriteAllBytes(file, [0, 1, 0x1A, 13, 10, 255]);

        var run = LabProgram.Run(
            "compose", office.Folder, "--from", "Novak, Petra", "--to", "jane@x.example at SITE1", "Brandt, Uwe", "--bcc", "Keane, Orla",
            "--subject", "Grüße", "--text", "Hello\nthere", "--attach", file);

        run.ExitCode.ShouldBe(0);
        run.Lines.Count().ShouldBe(3);
        var queued = office.Queued().Single();
        queued.Header.Where(line => !line.Is("Date")).Select(line => line.ToString()).ShouldBe(
            ["From: Novak, Petra at SALES", "To: jane@x.example at SITE1", "To: Brandt, Uwe at SALES", "Subject: Grüße"]);
        queued.Items[0].Data.ToArray().ShouldBe("Hello\r\nthere\r\n"u8.ToArray());
        queued.Items[1].Data.ToArray().ShouldBe(File.ReadAllBytes(file));
        office.Mailbox("Brandt, Uwe").Count.ShouldBe(1);
        office.Mailbox("Keane, Orla").Single().Values("Bcc").ShouldBeEmpty();
    }

    [Fact]
    public void Sends_nothing_when_a_recipient_has_no_route_unless_it_is_forced()
    {
        string[] arguments = ["compose", office.Folder, "--from", "Novak, Petra", "--to", "Moe, Mia at NOWHERE", "--to", "Keane, Orla"];

        LabProgram.Run(arguments).ExitCode.ShouldBe(5);
        office.Mailbox("Keane, Orla").ShouldBeEmpty();
        LabProgram.Run([.. arguments, "--via", "SITE1"]).ExitCode.ShouldBe(0);

        office.Queued().Single().Values("To").ShouldBe(["Moe, Mia at NOWHERE", "Keane, Orla at SALES"]);
        office.Mailbox("Keane, Orla").Count.ShouldBe(1);
    }

    [Fact]
    public void Replies_to_the_sender_only()
    {
        Receive("To: Novak, Petra at SALES", "cc: Keane, Orla at SALES");

        LabProgram.Run("reply", office.Folder, "--mailbox", "Novak, Petra", "--message", "001.ccm", "--text", "Yes").ExitCode.ShouldBe(0);

        var reply = office.Queued().Single();
        reply.Subject.ShouldBe("Re: Hi");
        reply.Recipients.Select(line => line.ToString()).ShouldBe(["To: Doe, Jane at SITE1"]);
    }

    [Fact]
    public void Replies_to_all_but_oneself()
    {
        Receive("To: Novak, Petra at SALES", "To: roe@x.example at SITE1", "cc: Keane, Orla at SALES", "cc: Doe, Jane at SITE1");

        LabProgram.Run("reply", office.Folder, "--mailbox", "Novak, Petra", "--message", "001.ccm", "--all").ExitCode.ShouldBe(0);

        string[] expected = ["To: Doe, Jane at SITE1", "To: roe@x.example at SITE1", "cc: Keane, Orla at SALES"];
        office.Queued().Single().Recipients.Select(line => line.ToString()).ShouldBe(expected);
        office.Mailbox("Keane, Orla").Last().Recipients.Select(line => line.ToString()).ShouldBe(expected);
        office.Mailbox("Novak, Petra").Count.ShouldBe(1);
    }

    [Theory]
    [Trait("source", "Q237189")]
    [InlineData("x", "Re: x")]
    [InlineData("Re: x", "Re[2]: x")]
    [InlineData("Re[2]: x", "Re[3]: x")]
    [InlineData("Regarding x", "Re: Regarding x")]
    [InlineData("Re[x]: y", "Re: Re[x]: y")]
    public void Counts_replies_in_the_subject(string subject, string expected) =>
        ReplyVerb.SubjectOfReply(subject).ShouldBe(expected);

    [Fact]
    public void Reads_a_file_and_extracts_what_is_attached()
    {
        var data = new byte[5000];
        new Random(3).NextBytes(data);
        File.WriteAllBytes(office.InWork("Plan 2.wk4"), data);
        LabProgram.Run(
            "compose", office.Folder, "--from", "Novak, Petra", "--to", "Keane, Orla", "--text", "Größe", "--attach", office.InWork("Plan 2.wk4"));

        var run = LabProgram.Run("read", office.At("mail/Keane, Orla/001.ccm"), "--extract", office.InWork("out"));

        run.ExitCode.ShouldBe(0);
        run.Output.ShouldContain("Größe");
        run.Output.ShouldContain($"| 5000 bytes | sha256 {Convert.ToHexStringLower(SHA256.HashData(data))}");
        File.ReadAllBytes(office.InWork("out/Plan 2.wk4")).ShouldBe(data);
    }

    [Theory]
    [InlineData("Abc.wk4 5/6/97 3:10PM", "Abc.wk4")]
    [InlineData("Att.txt 9-11-1998", "Att.txt")]
    [InlineData("name 1/1/98", "name")]
    [InlineData("two words.doc", "two words.doc")]
    [InlineData("", "NONAME")]
    public void Takes_the_stamp_off_a_title(string title, string expected) => ReadVerb.FileName(title).ShouldBe(expected);

    [Theory]
    [InlineData("nonsense")]
    [InlineData("compose")]
    [InlineData("compose", "/nowhere", "--from", "x")]
    [InlineData("read", "/nowhere")]
    [InlineData("reply", "/nowhere", "--unknown")]
    public void Says_70_and_why_when_it_is_misused(params string[] arguments)
    {
        var run = LabProgram.Run(arguments);

        run.ExitCode.ShouldBe(70);
        run.Output.ShouldNotBeEmpty();
    }

    private void Receive(params string[] recipients)
    {
        office.Put("a.ccm", LabPostOffice.Mail("Hi", recipients));
        office.Import().ExitCode.ShouldBe(0);
        Directory.CreateDirectory(office.Queue);
        foreach (var file in Directory.GetFiles(office.Queue))
        {
            File.Delete(file);
        }
    }
}
