using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Tests.MsMail;

/// <summary>What is known of a run of GTWPUT after the process that started it is gone.</summary>
public sealed class MsMailRecoveryTests : IAsyncLifetime
{
    private MsMailLab lab = null!;

    public async ValueTask InitializeAsync() => lab = await MsMailLab.CreateAsync();

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    [Trait("source", "Q149387")]
    public async Task A_program_that_outlives_a_stop_is_waited_for_and_what_it_took_is_not_sent_again()
    {
        lab.Harbor.Faults("gtwput slow ms=1200");
        Transfer[] all = [MsMailLab.Mail(11, "First"), MsMailLab.Mail(21, "Second")];
        lab.Restart(TimeSpan.Zero);
        foreach (var transfer in all)
        {
            await lab.QueueAsync(transfer);
        }

        using var stop = new CancellationTokenSource();
        var call = lab.Connector.DeliverAsync(all, stop.Token);
        while (await lab.ScalarAsync<long>("select count(*) from program_run where pid is not null") == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        await stop.CancelAsync();
        (await call).ShouldBeEmpty();
        lab.Restart();

        var results = await lab.Connector.RecoverAsync(CancellationToken.None);
        var again = await lab.DeliverAsync(all);

        results.Select(result => result.DeliveryId).Order().ShouldBe([11, 21]);
        results.Concat(again).ShouldAllBe(result => result.Outcome is AttemptOutcome.Delivered);
        lab.Harbor.Subjects().ShouldBe(["First", "Second"]);
        lab.FilesIn("Put").ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q120220")]
    [Trait("source", "Q149387")]
    public async Task A_run_that_ended_but_was_never_recorded_in_the_queue_is_known_after_a_crash_and_forgotten_once_it_is()
    {
        var transfer = MsMailLab.Mail(11, "Once", "ANNAB", "CARLD");
        await lab.QueueAsync(transfer);
        await lab.DeliverAsync(transfer);
        lab.Restart();

        var results = await lab.Connector.RecoverAsync(CancellationToken.None);
        var again = await lab.DeliverAsync(transfer with { RunsAlone = true });

        results.Concat(again).ShouldAllBe(result => result.Outcome is AttemptOutcome.Delivered);
        (results.Count, again.Count).ShouldBe((2, 2));
        lab.Harbor.Subjects().ShouldBe(["Once"]);
        await lab.ScalarAsync<long>("with gone as (delete from delivery returning 1) select count(*) from gone");
        await lab.DeliverAsync(MsMailLab.Mail(21, "Next"));
        (await lab.ScalarAsync<long>("select count(*) from program_run_file where file_name = '0000000B.PUT'")).ShouldBe(0);
    }

    [Fact]
    [Trait("source", "Q111558")]
    public async Task A_program_that_was_killed_leaves_its_file_and_the_message_goes_again_marked()
    {
        var transfer = MsMailLab.Mail(11, "Once");
        await lab.QueueAsync(transfer);
        await lab.Connector.RecoverAsync(CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(lab.Link.Settings.WorkFolder, "Put", "0000000B.PUT"), "VERSION:3.00\r\n");
        await lab.Link.House.Runs.BeginAsync(MsMailLab.ConnectorId, "gtwput", [new RunFile("0000000B.PUT", [11])], CancellationToken.None);
        lab.Restart();

        var results = await lab.Connector.RecoverAsync(CancellationToken.None);

        var interrupted = results.ShouldHaveSingleItem();
        (interrupted.Outcome is AttemptOutcome.Deferred, interrupted.MayRepeat).ShouldBe((true, true));
        lab.FilesIn("Put").ShouldBeEmpty();
        (await lab.DeliverAsync(transfer)).ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
        lab.Harbor.Subjects().ShouldBe(["Once"]);
    }

    [Fact]
    [Trait("source", "Q120220")]
    public async Task Of_several_messages_a_crash_leaves_in_doubt_each_goes_alone_and_marked()
    {
        lab.Harbor.Faults("gtwput crash nth=1");

        var results = await lab.DeliverAsync(MsMailLab.Mail(11, "First"), MsMailLab.Mail(21, "Second"));

        results.ShouldAllBe(result => result.Outcome is AttemptOutcome.Delivered && result.MayRepeat);
        lab.Harbor.Subjects().ShouldBe(["First", "Second"]);
        (await lab.ScalarAsync<long>("select count(*) from program_run")).ShouldBe(3);
    }
}
