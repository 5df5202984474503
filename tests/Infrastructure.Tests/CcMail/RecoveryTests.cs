using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Tests.CcMail;

/// <summary>What is known of a run after the process that started it is gone.</summary>
public sealed class RecoveryTests : IAsyncLifetime
{
    private CcMailLab lab = null!;

    public async ValueTask InitializeAsync() => lab = await CcMailLab.CreateAsync();

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    [Trait("source", "Q149387")]
    public async Task A_program_that_outlives_a_stop_is_waited_for_and_what_it_took_is_not_sent_again()
    {
        lab.PostOffice.Faults("import slow ms=1500 subject=slow");
        Transfer[] all = [CcMailLab.Mail(11, "slow"), CcMailLab.Mail(21, "second", "Keane, Orla", "Nobody, Nils")];
        await StopDuringAsync(all);

        var results = await lab.Connector.RecoverAsync(CancellationToken.None);

        results.Single(result => result.DeliveryId == 11).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        results.Single(result => result.DeliveryId == 21).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        results.Single(result => result.DeliveryId == 22).Outcome.ShouldBeOfType<AttemptOutcome.Bounced>().Reason.ShouldContain("Recipient unknown");
        lab.Mailbox().ShouldBe(["slow", "second"]);
        lab.FilesIn("Import").ShouldBeEmpty();
        File.Exists(lab.PostOffice.At("violations.log")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_program_that_hangs_beyond_its_limit_is_ended_at_the_next_start()
    {
        lab.Settings = lab.Settings with { ImportTimeLimit = 2 };
        lab.PostOffice.Faults("import hang subject=poison");
        Transfer[] all = [CcMailLab.Mail(11, "good"), CcMailLab.Mail(21, "poison"), CcMailLab.Mail(31, "behind")];
        await StopDuringAsync(all);

        var results = await lab.Connector.RecoverAsync(CancellationToken.None);

        results.Single(result => result.DeliveryId == 11).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        var interrupted = results.Single(result => result.DeliveryId == 21);
        interrupted.Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();
        interrupted.MayRepeat.ShouldBeTrue();
        results.Single(result => result.DeliveryId == 31).Outcome.ShouldBeOfType<AttemptOutcome.NotTried>();
        ExternalProgram.IsLocked(lab.Link.LockFile).ShouldBeFalse();
        lab.FilesIn("Import").ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q149387")]
    public async Task A_run_that_ended_but_was_never_recorded_in_the_queue_is_known_after_a_crash()
    {
        var transfer = CcMailLab.Mail(11, "once", "Keane, Orla", "Nobody, Nils");
        await lab.QueueAsync(transfer, "once");
        await lab.DeliverAsync(transfer);
        lab.Restart();

        var results = await lab.Connector.RecoverAsync(CancellationToken.None);
        var again = await lab.DeliverAsync(transfer with { RunsAlone = true });

        foreach (var answers in (IReadOnlyList<DeliveryResult>[])[results, again])
        {
            answers.Single(result => result.DeliveryId == 11).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
            answers.Single(result => result.DeliveryId == 12).Outcome.ShouldBeOfType<AttemptOutcome.Bounced>();
        }

        lab.Mailbox().ShouldBe(["once"]);
    }

    [Fact]
    public async Task A_run_whose_deliveries_are_recorded_is_forgotten_with_its_files()
    {
        var transfer = CcMailLab.Mail(11, "once", "Keane, Orla", "Nobody, Nils");
        await lab.QueueAsync(transfer, "once");
        await lab.DeliverAsync(transfer);
        lab.FilesIn("Work").Length.ShouldBe(1);
        await lab.ScalarAsync<long>("with gone as (delete from delivery returning 1) select count(*) from gone");

        await lab.DeliverAsync(CcMailLab.Mail(21, "next"));

        lab.FilesIn("Work").ShouldBeEmpty();
        (await lab.ScalarAsync<long>("select count(*) from program_run_file where file_name = '0000000B.ccm'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_refusal_that_passes_is_not_taken_for_a_delivery_later()
    {
        lab.PostOffice.Faults("import reject to=\"Keane, Orla\" reason=\"Disk error in creating message item\" nth=1");
        var transfer = CcMailLab.Mail(11, "later");
        await lab.QueueAsync(transfer, "later");
        var first = await lab.DeliverAsync(transfer);

        var second = await lab.DeliverAsync(transfer);

        first.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();
        second.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        lab.Mailbox().ShouldBe(["later"]);
    }

    [Fact]
    [Trait("source", "Q149387")]
    public async Task A_fault_after_the_program_has_ended_sends_nothing_twice()
    {
        var transfer = CcMailLab.Mail(11, "once", "Keane, Orla", "Nobody, Nils");
        await lab.QueueAsync(transfer, "once");
        await lab.Connector.RecoverAsync(CancellationToken.None);
        Directory.CreateDirectory(Path.Combine(lab.Folder("Work"), "00000001-0000000B.und"));

        var first = await lab.DeliverAsync(transfer);
        Directory.Delete(Path.Combine(lab.Folder("Work"), "00000001-0000000B.und"));
        var second = await lab.DeliverAsync(transfer);

        first.ShouldAllBe(result => result.Outcome is AttemptOutcome.Deferred);
        second.Single(result => result.DeliveryId == 11).Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        second.Single(result => result.DeliveryId == 12).Outcome.ShouldBeOfType<AttemptOutcome.Bounced>();
        lab.Mailbox().ShouldBe(["once"]);
    }

    [Fact]
    [Trait("source", "Q111558")]
    public async Task A_run_that_was_committed_and_never_started_took_nothing()
    {
        var transfer = CcMailLab.Mail(11, "once");
        await lab.QueueAsync(transfer);
        await lab.Connector.RecoverAsync(CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(lab.Folder("Import"), "0000000B.ccm"), "Message:\r\n");
        await lab.Link.Runs.BeginAsync(CcMailLab.ConnectorId, "import", [new RunFile("0000000B.ccm", [11])], CancellationToken.None);
        lab.Restart();

        var results = await lab.Connector.RecoverAsync(CancellationToken.None);

        results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();
        lab.FilesIn("Import").ShouldBeEmpty();
        (await lab.DeliverAsync(transfer)).ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        lab.Mailbox().ShouldBe(["once"]);
    }

    [Fact]
    public async Task What_export_wrote_before_the_process_died_is_read_at_the_next_start()
    {
        lab.Wait(1, "In", "To: someone@partner.example at SITE1");
        lab.PostOffice.Faults("export slow ms=1000 at=start");
        lab.Restart(TimeSpan.Zero);
        using var stop = new CancellationTokenSource();
        var round = lab.Pickup.PickUpAsync(stop.Token);
        await UntilRunningAsync();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => round);
        lab.PostOffice.Faults();
        lab.Restart();

        await lab.Connector.RecoverAsync(CancellationToken.None);
        await PickUpOnceItIsFreeAsync();

        lab.Accepted.ShouldHaveSingleItem().Subject.ShouldBe("In");
        lab.FilesIn("Work").ShouldBeEmpty();
        lab.FilesIn("Export").ShouldBeEmpty();
    }

    // The program that was left running may have the post office a moment longer; pickup comes again then.
    private async Task PickUpOnceItIsFreeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            try
            {
                await lab.Pickup.PickUpAsync(limit.Token);
                return;
            }
            catch (PostOfficeUnreachableException)
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
    }

    [Fact]
    [Trait("source", "Q179072")]
    public async Task Connector_and_pickup_never_use_the_post_office_at_once()
    {
        for (var i = 1; i <= 40; i++)
        {
            lab.Wait(i, $"In {i}", "To: someone@partner.example at SITE1");
        }

        var outward = Task.Run(async () =>
        {
            for (var i = 1; i <= 6; i++)
            {
                (await lab.DeliverAsync(CcMailLab.Mail(i * 10, $"Out {i}"))).ShouldAllBe(result => result.Outcome is AttemptOutcome.Delivered);
            }
        });
        while ((await lab.Pickup.PickUpAsync(CancellationToken.None)).Messages > 0)
        {
        }

        await outward;

        lab.Accepted.Count.ShouldBe(40);
        lab.Mailbox().Length.ShouldBe(6);
        File.Exists(lab.PostOffice.At("violations.log")).ShouldBeFalse();
    }

    private async Task StopDuringAsync(Transfer[] transfers)
    {
        lab.Restart(TimeSpan.Zero);
        foreach (var transfer in transfers)
        {
            await lab.QueueAsync(transfer);
        }

        using var stop = new CancellationTokenSource();
        var call = lab.Connector.DeliverAsync(transfers, stop.Token);
        await UntilRunningAsync();
        await stop.CancelAsync();
        (await call).ShouldBeEmpty();
        lab.Restart();
    }

    private async Task UntilRunningAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!File.Exists(lab.PostOffice.At("runs.log")))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }
}
