using Postern.Domain.Queue;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.Tests.CcMail;

/// <summary>Files that lie in a work folder without belonging there (Q212788).</summary>
public sealed class LeftoverFileTests : IAsyncLifetime
{
    private CcMailLab lab = null!;

    public async ValueTask InitializeAsync()
    {
        lab = await CcMailLab.CreateAsync();
        await lab.Connector.RecoverAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Theory]
    [InlineData("Import", "CCMAIL.UND", "Message:\r\n")]
    [InlineData("Import", "OLD.UND", "")]
    [InlineData("Import", "STRANGE.DAT", "x")]
    [InlineData("Import", "OLD.CCM", "Message:\r\n")]
    [InlineData("Export", "CCMAIL.UND", "Message:\r\n")]
    [InlineData("Export", "MSG1234.CCM", "Message:\r\n")]
    [InlineData("Export", "EMPTY.CCM", "")]
    [InlineData("Submit", "MSG3DFF.CCM", "Message:\r\n")]
    [InlineData("Work", "NOTES.TXT", "x")]
    [Trait("source", "Q212788")]
    public async Task A_leftover_is_set_aside_with_one_event_and_mail_goes_on(string folder, string name, string content)
    {
        await File.WriteAllTextAsync(Path.Combine(lab.Folder(folder), name), content);
        lab.Wait(1, "In", "To: someone@partner.example at SITE1");

        var results = await lab.DeliverAsync(CcMailLab.Mail(11, "Out"));
        var round = await lab.Pickup.PickUpAsync(CancellationToken.None);
        await lab.DeliverAsync(CcMailLab.Mail(21, "Out again"));

        results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        lab.Mailbox().ShouldBe(["Out", "Out again"]);
        round.Messages.ShouldBe(1);
        lab.FilesIn("Bad").ShouldBe([name]);
        lab.FilesIn(folder).ShouldBeEmpty();
        var told = (await lab.EventsAsync()).ShouldHaveSingleItem();
        told.Code.ShouldBe(EventCodes.CcMailFileSetAside);
        told.Text.ShouldContain($"{folder}/{name}");
    }

    [Fact]
    [Trait("source", "Q212788")]
    public async Task Leftovers_before_the_start_are_set_aside_at_the_start()
    {
        await File.WriteAllTextAsync(Path.Combine(lab.Folder("Import"), "OLD.UND"), "");
        Directory.CreateDirectory(Path.Combine(lab.Folder("Import"), "folder"));
        File.CreateSymbolicLink(Path.Combine(lab.Folder("Submit"), "LINK.CCM"), "/etc/passwd");
        lab.Restart();

        (await lab.Connector.RecoverAsync(CancellationToken.None)).ShouldBeEmpty();

        lab.FilesIn("Bad").ShouldBe(["LINK.CCM", "OLD.UND", "folder"], ignoreOrder: true);
        File.Exists("/etc/passwd").ShouldBeTrue();
        (await lab.EventsAsync()).Count.ShouldBe(3);
    }

    [Fact]
    [Trait("source", "Q212788")]
    public async Task A_locked_leftover_stays_where_it_is_and_is_told_once()
    {
        var path = Path.Combine(lab.Folder("Export"), "LOCKED.UND");
        await using (var held = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            lab.Wait(1, "In", "To: someone@partner.example at SITE1");
            await lab.DeliverAsync(CcMailLab.Mail(11, "Out"));
            await lab.Pickup.PickUpAsync(CancellationToken.None);
            await lab.Pickup.PickUpAsync(CancellationToken.None);
        }

        lab.Mailbox().ShouldBe(["Out"]);
        lab.Accepted.Count.ShouldBe(1);
        (await lab.EventsAsync()).ShouldHaveSingleItem().Text.ShouldContain("LOCKED.UND");
    }

    [Fact]
    [Trait("source", "Q212788")]
    public async Task Files_that_appear_during_a_run_change_no_outcome()
    {
        lab.PostOffice.Faults("import slow ms=700 subject=Out");
        var call = lab.DeliverAsync(CcMailLab.Mail(11, "Out"));
        while (!File.Exists(Path.Combine(lab.Folder("Import"), "0000000B.ccm")))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        await File.WriteAllTextAsync(Path.Combine(lab.Folder("Import"), "FOREIGN.UND"), "Message:\r\nFrom: A at B\r\nTo: C at D\r\nSubject: E\r\nContents:\r\n");
        await File.WriteAllTextAsync(Path.Combine(lab.Folder("Import"), "EMPTY.UND"), "");
        var results = await call;
        await lab.DeliverAsync(CcMailLab.Mail(21, "Next"));

        results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        lab.Mailbox().ShouldBe(["Out", "Next"]);
        lab.FilesIn("Import").ShouldBeEmpty();
        lab.FilesIn("Bad").Length.ShouldBe(2);
        (await lab.EventsAsync()).Count(e => e.Code == EventCodes.CcMailUndeliverableUnmatched).ShouldBe(2);
    }

    [Fact]
    [Trait("source", "Q212788")]
    public async Task A_file_that_appears_during_a_run_and_stays_locked_is_read_all_the_same_and_stops_nothing()
    {
        lab.PostOffice.Faults("import slow ms=700 subject=Out");
        var call = lab.DeliverAsync(CcMailLab.Mail(11, "Out"));
        while (!File.Exists(Path.Combine(lab.Folder("Import"), "0000000B.ccm")))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        await using var held = new FileStream(Path.Combine(lab.Folder("Import"), "LOCKED.UND"), FileMode.Create, FileAccess.Write, FileShare.None);
        await held.WriteAsync("Message:\r\nFrom: A at B\r\nTo: C at D\r\nSubject: E\r\nContents:\r\n"u8.ToArray());
        await held.FlushAsync();
        var results = await call.WaitAsync(TimeSpan.FromSeconds(20));
        await lab.DeliverAsync(CcMailLab.Mail(21, "Next")).WaitAsync(TimeSpan.FromSeconds(20));

        results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        lab.Mailbox().ShouldBe(["Out", "Next"]);
        lab.FilesIn("Import").ShouldBeEmpty();
        (await lab.EventsAsync()).ShouldHaveSingleItem().Text.ShouldContain("LOCKED.UND");
    }

    [Fact]
    [Trait("source", "Q202178")]
    public async Task A_missing_folder_is_made_again_and_told()
    {
        Directory.Delete(lab.Folder("Import"));
        Directory.Delete(lab.Folder("Submit"));

        (await lab.DeliverAsync(CcMailLab.Mail(11, "Out"))).ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();

        (await lab.EventsAsync()).ShouldHaveSingleItem().Text.ShouldContain("Submit, Import");
    }

    [Fact]
    public async Task A_file_of_ours_that_no_run_knows_is_removed_because_the_queue_has_the_message()
    {
        var transfer = CcMailLab.Mail(11, "Out");
        await lab.QueueAsync(transfer);
        await File.WriteAllTextAsync(Path.Combine(lab.Folder("Import"), "0000000B.ccm"), "Message:\r\n");
        await File.WriteAllTextAsync(Path.Combine(lab.Folder("Submit"), "0000000B.tmp"), "Mess");

        await lab.DeliverAsync(transfer);

        lab.Mailbox().ShouldBe(["Out"]);
        lab.FilesIn("Bad").ShouldBeEmpty();
        (await lab.EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q152477")]
    public async Task What_the_connector_keeps_for_itself_is_never_taken_for_bad_mail()
    {
        var transfer = CcMailLab.Mail(11, "Refused", "Nobody, Nils");
        await lab.QueueAsync(transfer, "Refused");
        await lab.DeliverAsync(transfer);
        var kept = lab.FilesIn("Work").Concat(lab.FilesIn(".").Where(name => name.Contains('.', StringComparison.Ordinal))).ToList();
        lab.Wait(1, "In", "To: someone@partner.example at SITE1");

        await lab.Pickup.PickUpAsync(CancellationToken.None);
        lab.Restart();
        await lab.Connector.RecoverAsync(CancellationToken.None);
        await lab.Pickup.PickUpAsync(CancellationToken.None);

        lab.FilesIn("Work").ShouldNotBeEmpty("the list of refusals waits for its outcome");
        kept.ShouldBeSubsetOf(lab.FilesIn("Work").Concat(lab.FilesIn(".")));
        lab.FilesIn("Bad").ShouldBeEmpty();
        lab.Accepted.ShouldHaveSingleItem();
        (await lab.EventsAsync()).ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q100703")]
    public async Task A_file_bears_the_name_that_import_looks_for_only_when_it_is_whole()
    {
        var names = new System.Collections.Concurrent.ConcurrentQueue<string>();
        using var watch = new FileSystemWatcher(lab.Folder("Submit")) { EnableRaisingEvents = true };
        watch.Created += (_, e) => names.Enqueue($"made {e.Name}");
        watch.Renamed += (_, e) => names.Enqueue($"{e.OldName} became {e.Name}");

        await lab.DeliverAsync(CcMailLab.Letter(11, "", "jane@customer.example", $"From: jane@customer.example\r\nSubject: Long\r\n\r\n{new string('x', 40_000)}\r\n"));

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (names.Count < 2)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }

        names.Take(2).ShouldBe(["made 0000000B.tmp", "0000000B.tmp became 0000000B.ccm"]);
    }

    [Fact]
    [Trait("source", "Q152903")]
    public async Task A_file_of_an_open_run_is_known_in_whatever_letters_a_program_of_dos_wrote_its_name()
    {
        var transfer = CcMailLab.Mail(11, "Out");
        await lab.QueueAsync(transfer);
        await File.WriteAllTextAsync(Path.Combine(lab.Folder("Import"), "0000000b.CCM"), "Message:\r\n");
        await lab.Link.Runs.BeginAsync(CcMailLab.ConnectorId, "import", [new RunFile("0000000B.ccm", [11])], CancellationToken.None);
        lab.Restart();

        var results = await lab.Connector.RecoverAsync(CancellationToken.None);

        results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Deferred>("the file is there, so nobody has taken it");
        lab.FilesIn("Import").ShouldBeEmpty();
        (await lab.DeliverAsync(transfer)).ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
    }

    [Theory]
    [InlineData("msg0001.ccm")]
    [InlineData("Msg0001.CCM")]
    [Trait("source", "Q152903")]
    public void What_export_wrote_is_found_in_whatever_letters_it_wrote_the_name(string name)
    {
        File.WriteAllText(Path.Combine(lab.Folder("Export"), name), "Message:\r\n");

        var taken = new CcMailFolders(lab.Link.Settings.WorkFolder).TakeExport(1);

        File.Exists(taken).ShouldBeTrue();
        lab.FilesIn("Export").ShouldBeEmpty();
    }
}
