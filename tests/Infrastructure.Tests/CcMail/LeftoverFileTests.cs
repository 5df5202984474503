using Postern.Domain.Queue;
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
}
