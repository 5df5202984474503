using Postern.Domain.Queue;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.Tests.CcMail;

/// <summary>Messages at which IMPORT hangs, crashes or stops, and post offices that cannot be used at all.</summary>
[TakesLong]
public sealed class PoisonTests : IAsyncLifetime
{
    private CcMailLab lab = null!;

    public async ValueTask InitializeAsync() => lab = await CcMailLab.CreateAsync();

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Fact]
    [Trait("source", "Q232687")]
    public async Task The_program_hangs_at_the_fourth_of_eleven_and_ten_are_delivered_once_each_within_two_limits()
    {
        var limit = TimeSpan.FromSeconds(4);
        LimitTo(limit);
        lab.PostOffice.Faults("import hang subject=poison");
        var all = Enumerable.Range(1, 11).Select(i => CcMailLab.Mail(i * 10, i == 4 ? "poison 04" : $"good {i:D2}")).ToArray();
        var started = TimeProvider.System.GetTimestamp();

        var results = new List<DeliveryResult>();
        foreach (var call in all.Chunk(lab.Connector.Limits.TransfersPerCall))
        {
            results.AddRange(await lab.DeliverAsync(call));
        }

        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan((limit * 2) + TimeSpan.FromSeconds(10));
        lab.Mailbox().ShouldBe([.. Enumerable.Range(1, 11).Where(i => i != 4).Select(i => $"good {i:D2}")], ignoreOrder: true);
        results.Count(result => result.Outcome is AttemptOutcome.Delivered).ShouldBe(10);
        var poison = results.Single(result => result.DeliveryId == 40);
        poison.MayRepeat.ShouldBeTrue();
        var reason = poison.Outcome.ShouldBeOfType<AttemptOutcome.Quarantined>().Reason;
        reason.ShouldContain("IMPORT did not end within 4 seconds");
        reason.ShouldContain("00000014.ccm");
        (await lab.EventsAsync()).Count(e => e.Code == EventCodes.CcMailMessageQuarantined).ShouldBe(1);
        NothingIsLeft();
    }

    [Fact]
    [Trait("source", "Q165404")]
    [Trait("source", "Q187769")]
    public async Task A_crash_isolates_the_message_it_happens_at()
    {
        lab.PostOffice.Faults("import crash subject=poison at=during");

        var results = await lab.DeliverAsync(CcMailLab.Mail(11, "poison"), CcMailLab.Mail(21, "good 1"), CcMailLab.Mail(31, "good 2"));

        lab.Mailbox().Where(subject => subject != "poison").ShouldBe(["good 1", "good 2"]);
        var poison = results.Single(result => result.DeliveryId == 11);
        poison.Outcome.ShouldBeOfType<AttemptOutcome.Quarantined>().Reason.ShouldContain("crashed by signal 9");
        poison.MayRepeat.ShouldBeTrue();
        NothingIsLeft();
    }

    [Fact]
    [Trait("source", "Q223772")]
    public async Task Code_1_isolates_the_message_and_its_file_does_not_stay_in_import()
    {
        lab.PostOffice.Faults("import exit=1 subject=poison");

        var results = await lab.DeliverAsync(
            CcMailLab.Mail(11, "good 1"), CcMailLab.Mail(21, "poison"), CcMailLab.Mail(31, "good 2"));

        lab.Mailbox().ShouldBe(["good 1", "good 2"]);
        var poison = results.Single(result => result.DeliveryId == 21).Outcome.ShouldBeOfType<AttemptOutcome.Quarantined>();
        poison.Reason.ShouldContain("IMPORT ended with code 1");
        poison.Reply.ShouldBe("Message could not be completed");
        NothingIsLeft();
    }

    [Fact]
    [Trait("source", "Q192540")]
    [Trait("source", "Q184621")]
    public async Task Two_poisoned_messages_in_one_call_are_both_found_and_the_rest_is_delivered_once()
    {
        lab.PostOffice.Faults("import exit=7 subject=poison");
        Transfer[] all =
        [
            CcMailLab.Mail(11, "good 1"), CcMailLab.Mail(21, "poison 1"), CcMailLab.Mail(31, "good 2"), CcMailLab.Mail(41, "poison 2"),
            CcMailLab.Mail(51, "good 3"),
        ];

        var first = await lab.DeliverAsync(all);
        var left = first.Where(result => result.Outcome is AttemptOutcome.Deferred).Select(result => result.DeliveryId).ToHashSet();
        var second = await lab.DeliverAsync([.. all.Where(transfer => left.Contains(transfer.Id))]);

        lab.Mailbox().ShouldBe(["good 1", "good 2", "good 3"]);
        first.Concat(second).Where(result => result.Outcome is AttemptOutcome.Quarantined).Select(result => result.DeliveryId).Order().ShouldBe([21, 41]);
        NothingIsLeft();
    }

    [Fact]
    [Trait("source", "Q98159")]
    public async Task Behind_a_message_at_the_head_that_stops_the_program_all_nine_others_arrive_at_once()
    {
        lab.PostOffice.Faults("import exit=1 subject=poison");
        var all = Enumerable.Range(1, 10).Select(i => CcMailLab.Mail(i * 10, i == 1 ? "poison 01" : $"good {i:D2}")).ToArray();

        var results = new List<DeliveryResult>();
        foreach (var call in all.Chunk(lab.Connector.Limits.TransfersPerCall))
        {
            results.AddRange(await lab.DeliverAsync(call));
        }

        lab.Mailbox().ShouldBe([.. Enumerable.Range(2, 9).Select(i => $"good {i:D2}")], ignoreOrder: true);
        results.Single(result => result.DeliveryId == 10).Outcome.ShouldBeOfType<AttemptOutcome.Quarantined>();
        NothingIsLeft();
    }

    [Fact]
    [Trait("source", "Q168857")]
    public async Task A_program_that_holds_the_post_office_is_named_and_mail_goes_when_it_has_ended()
    {
        await lab.Connector.RecoverAsync(CancellationToken.None);
        Directory.CreateDirectory(Path.GetDirectoryName(lab.Link.LockFile)!);
        using (var holder = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("flock", [lab.Link.LockFile, "cat"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!)
        {
            await holder.StandardInput.WriteLineAsync("held");
            await holder.StandardInput.FlushAsync();
            await holder.StandardOutput.ReadLineAsync();

            var locked = (await lab.DeliverAsync(CcMailLab.Mail(11, "a"))).ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();

            locked.Reason.ShouldMatch(@"^The post office SALES is locked by another program: process \d+ \((flock|cat)\)$");
            locked.RetryAfter.ShouldBe(TimeSpan.FromSeconds(15));
            holder.StandardInput.Close();
            await holder.WaitForExitAsync();
        }

        (await lab.DeliverAsync(CcMailLab.Mail(11, "a"))).ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Delivered>();
    }

    [Fact]
    public async Task A_message_that_stops_the_program_with_nothing_beside_it_is_quarantined_the_second_time()
    {
        lab.PostOffice.Faults("import crash subject=poison");

        var first = await lab.DeliverAsync(CcMailLab.Mail(11, "poison"));
        var second = await lab.DeliverAsync(CcMailLab.Mail(11, "poison"));

        var deferred = first.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();
        deferred.DestinationDown.ShouldBeFalse();
        deferred.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));
        second.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Quarantined>();
    }

    [Fact]
    public async Task A_suspect_goes_last_and_alone_so_that_nobody_waits_for_it()
    {
        lab.PostOffice.Faults("import crash subject=poison");

        await lab.DeliverAsync(CcMailLab.Mail(11, "poison"));
        var results = await lab.DeliverAsync(CcMailLab.Mail(11, "poison"), CcMailLab.Mail(21, "good 1"), CcMailLab.Mail(31, "good 2"));

        results.Take(2).ShouldAllBe(result => result.Outcome is AttemptOutcome.Delivered);
        results.Single(result => result.DeliveryId == 11).Outcome.ShouldBeOfType<AttemptOutcome.Quarantined>();
        (await lab.ScalarAsync<long>("select count(*) from program_run")).ShouldBe(3);
    }

    [Fact]
    [Trait("source", "Q168670")]
    public async Task A_program_that_takes_nothing_at_all_condemns_nobody()
    {
        lab.PostOffice.Faults("import exit=1");
        Transfer[] all = [CcMailLab.Mail(11, "a"), CcMailLab.Mail(21, "b"), CcMailLab.Mail(31, "c"), CcMailLab.Mail(41, "d")];

        for (var call = 0; call < 4; call++)
        {
            var results = await lab.DeliverAsync(all);

            results.Count.ShouldBe(4);
            results.ShouldAllBe(result => result.Outcome is AttemptOutcome.Deferred);
        }

        lab.PostOffice.Faults();
        (await lab.DeliverAsync(all)).ShouldAllBe(result => result.Outcome is AttemptOutcome.Delivered);
        lab.Mailbox().Order().ShouldBe(["a", "b", "c", "d"]);
    }

    [Fact]
    public async Task A_message_that_runs_alone_after_a_crash_of_ours_has_a_run_to_itself()
    {
        var results = await lab.DeliverAsync(CcMailLab.Mail(11, "a") with { RunsAlone = true }, CcMailLab.Mail(21, "b"));

        results.ShouldAllBe(result => result.Outcome is AttemptOutcome.Delivered);
        (await lab.ScalarAsync<long>("select count(*) from program_run")).ShouldBe(2);
    }

    [Fact]
    [Trait("source", "Q179072")]
    public async Task A_locked_post_office_makes_everything_wait_and_is_told_once()
    {
        File.WriteAllText(lab.PostOffice.At("LOCK"), "");

        var results = await lab.DeliverAsync(CcMailLab.Mail(11, "a"), CcMailLab.Mail(21, "b"));
        await lab.DeliverAsync(CcMailLab.Mail(11, "a"));

        results.Count.ShouldBe(2);
        foreach (var result in results)
        {
            var deferred = result.Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();
            deferred.DestinationDown.ShouldBeTrue();
            deferred.RetryAfter.ShouldBe(TimeSpan.FromSeconds(15));
            deferred.Reason.ShouldBe("The post office SALES is locked by another program");
        }

        (await lab.EventsAsync()).Count(e => e.Code == EventCodes.CcMailImportFailed).ShouldBe(1);
        NothingIsLeft();
    }

    [Fact]
    [Trait("source", "Q233164")]
    [Trait("source", "Q186740")]
    public async Task A_wrong_password_is_a_matter_of_configuration()
    {
        lab.Password = "WRONG";
        lab.Restart();

        var results = await lab.DeliverAsync(CcMailLab.Mail(11, "a"));

        results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Deferred>().Reason.ShouldContain("code 3");
        (await lab.ScalarAsync<string>("select output from program_run")).ShouldNotContain("WRONG");
    }

    [Theory]
    [InlineData("/nowhere/IMPORT.EXE", "may not be started here")]
    [InlineData("IMPORT.EXE", "is not among the programs that may be started here")]
    public async Task A_program_that_may_not_be_started_is_named(string program, string words)
    {
        lab.Settings = lab.Settings with { ImportProgram = [program] };
        lab.Restart();

        var results = await lab.DeliverAsync(CcMailLab.Mail(11, "a"));

        var deferred = results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Deferred>();
        deferred.DestinationDown.ShouldBeTrue();
        deferred.Reason.ShouldContain(words);
        NothingIsLeft();
    }

    [Fact]
    [Trait("source", "Q295812")]
    public async Task A_post_office_that_is_away_is_said_in_words()
    {
        Directory.Move(lab.PostOffice.Folder, lab.PostOffice.Folder + "-away");
        Directory.CreateDirectory(lab.PostOffice.Folder);

        var results = await lab.DeliverAsync(CcMailLab.Mail(11, "a"));

        results.ShouldHaveSingleItem().Outcome.ShouldBeOfType<AttemptOutcome.Deferred>().Reason.ShouldContain("holds no CCPOMBOX file");
        var failed = await Should.ThrowAsync<Infrastructure.Connectors.PostOfficeUnreachableException>(() => lab.Pickup.PickUpAsync(CancellationToken.None));
        failed.Message.ShouldContain("holds no CCPOMBOX file");
    }

    private void LimitTo(TimeSpan limit)
    {
        lab.Settings = lab.Settings with { ImportTimeLimit = limit.TotalSeconds };
        lab.Restart();
    }

    private void NothingIsLeft()
    {
        lab.FilesIn("Import").ShouldBeEmpty();
        lab.FilesIn("Submit").ShouldBeEmpty();
        File.Exists(lab.PostOffice.At("violations.log")).ShouldBeFalse();
    }
}
