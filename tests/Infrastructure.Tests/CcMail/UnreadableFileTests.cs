using System.Diagnostics;
using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Tests.CcMail;

/// <summary>Things in a work folder that fail to be read, or never end being read: each is named and set aside, and mail goes on.</summary>
[TakesLong]
public sealed class UnreadableFileTests : IAsyncLifetime
{
    // Rights do not stop root, so these fail for anybody: a read of process memory at 0 is an input/output error.
    private static readonly Dictionary<string, Action<string>> Makers = new(StringComparer.Ordinal)
    {
        ["a folder"] = path => Directory.CreateDirectory(path),
        ["a link"] = path => File.CreateSymbolicLink(path, "/nowhere/at/all"),
        ["a link to itself"] = path => File.CreateSymbolicLink(path, path),
        ["a pipe"] = MakePipe,
        ["a link to what fails to be read"] = path => File.CreateSymbolicLink(path, "/proc/self/mem"),
    };

    private CcMailLab lab = null!;

    public async ValueTask InitializeAsync()
    {
        lab = await CcMailLab.CreateAsync();
        await lab.Connector.RecoverAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    public static TheoryData<string, string, string> Cases()
    {
        var cases = new TheoryData<string, string, string>();
        foreach (var kind in Makers.Keys)
        {
            // Names of the operator's, of EXPORT's, of an undeliverable file, and of a file that Postern itself takes from EXPORT.
            cases.Add(kind, "Submit", "STRANGE.CCM");
            cases.Add(kind, "Import", "CCMAIL.UND");
            cases.Add(kind, "Export", "MSG1234.CCM");
            cases.Add(kind, "Work", "00000ZZZ.ccm");
            cases.Add(kind, "Work", "00000ZZZ-CCMAIL.UND");
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("source", "Q227142")]
    [Trait("source", "Q212788")]
    public async Task What_cannot_be_read_is_named_and_set_aside_and_mail_goes_on(string kind, string folder, string name)
    {
        Makers[kind](Path.Combine(lab.Folder(folder), name));
        lab.Wait(1, "In", "To: someone@partner.example at SITE1");

        var results = await lab.DeliverAsync(CcMailLab.Mail(11, "Out")).WaitAsync(TimeSpan.FromSeconds(20));
        var round = await lab.Pickup.PickUpAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20));
        await lab.DeliverAsync(CcMailLab.Mail(21, "Out again"));

        results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        lab.Mailbox().ShouldBe(["Out", "Out again"]);
        round.Messages.ShouldBe(1);
        lab.FilesIn("Bad").ShouldBe([name]);
        lab.FilesIn(folder).ShouldBeEmpty();
        var told = (await lab.EventsAsync()).ShouldHaveSingleItem();
        told.Code.ShouldBe(EventCodes.CcMailFileSetAside);
        told.Text.ShouldContain($"{folder}/{name}, {(kind == "a pipe" ? "a pipe or device" : kind.Split(" to ")[0])}");
    }

    [Theory]
    [InlineData("a folder")]
    [InlineData("a link to itself")]
    [InlineData("a pipe")]
    [InlineData("a link to what fails to be read")]
    [Trait("source", "Q227142")]
    public async Task An_undeliverable_file_that_cannot_be_read_is_named_and_stops_nothing(string kind)
    {
        lab.PostOffice.Faults("import slow ms=700 subject=Out");
        var call = lab.DeliverAsync(CcMailLab.Mail(11, "Out"));
        while (!File.Exists(Path.Combine(lab.Folder("Import"), "0000000B.ccm")))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        Makers[kind](Path.Combine(lab.Folder("Import"), "CCMAIL.UND"));
        var results = await call.WaitAsync(TimeSpan.FromSeconds(20));
        await lab.DeliverAsync(CcMailLab.Mail(21, "Next")).WaitAsync(TimeSpan.FromSeconds(20));

        results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        lab.Mailbox().ShouldBe(["Out", "Next"]);
        lab.FilesIn("Import").ShouldBeEmpty();
        lab.FilesIn("Bad").ShouldHaveSingleItem();
        (await lab.EventsAsync()).ShouldHaveSingleItem().Text.ShouldContain("CCMAIL.UND");
    }

    [Fact]
    [Trait("source", "Q227142")]
    public async Task Mail_in_a_file_that_cannot_be_opened_is_named_once_waits_alone_and_comes_when_it_can()
    {
        lab.Intake = _ => new IntakeResult.TryLater("the database is away");
        lab.Wait(1, "First", "To: someone@partner.example at SITE1");
        await Should.ThrowAsync<IntakeUnavailableException>(() => lab.Pickup.PickUpAsync(CancellationToken.None));
        lab.Intake = _ => null;
        lab.Wait(2, "Second", "To: someone@partner.example at SITE1");

        await using (new FileStream(Path.Combine(lab.Folder("Work"), lab.FilesIn("Work").ShouldHaveSingleItem()), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            await lab.Pickup.PickUpAsync(CancellationToken.None);
            await lab.Pickup.PickUpAsync(CancellationToken.None);
            lab.Accepted.Select(message => message.Subject).ShouldBe(["Second"]);
        }

        await lab.Pickup.PickUpAsync(CancellationToken.None);

        lab.Accepted.Select(message => message.Subject).ShouldBe(["Second", "First"]);
        lab.FilesIn("Work").ShouldBeEmpty();
        (await lab.EventsAsync()).ShouldHaveSingleItem().Text.ShouldContain("cannot be read: The process cannot access the file");
    }

    private static void MakePipe(string path)
    {
        using var program = Process.Start("mkfifo", [path]);
        program.WaitForExit();
    }
}
