using System.Text;
using Postern.Domain.Access;
using Postern.Domain.Directory;
using Postern.Domain.Mime;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Quarantine;

public sealed class QuarantineReplayTests
{
    private static readonly Operator Keller = new("m.keller", [Role.Operator], "brackets taken out");
    private static readonly ReplayFix NewSubject = new() { Content = new ContentFix { Headers = [new("Subject", "Berth list")] } };

    [Fact]
    [Trait("source", "Q148768")]
    [Trait("source", "Q192540")]
    [Trait("source", "Q184621")]
    public async Task A_group_is_changed_and_delivered_and_the_originals_stay_as_they_came()
    {
        var taken = new System.Collections.Concurrent.ConcurrentBag<string>();
        await using var queue = await PoisonAsync(6, taken);
        var group = await GroupAsync(queue, 6);

        var trials = await queue.Replay.TryAsync(NewSubject, group, CancellationToken.None);
        var waiting = await queue.ScalarAsync<long>("select count(*) from delivery where state = 'quarantined'");
        var operation = await RunAsync(queue, NewSubject, group);
        queue.Dispatcher.Attach(queue.Runtime);
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 6);

        trials.ShouldAllBe(trial => trial.Verdict == TrialVerdict.Taken && trial.Changes.Count == 1);
        waiting.ShouldBe(6);
        (operation.State, operation.Done, operation.Refused).ShouldBe((OperationState.Done, 6, 0));
        taken.Count.ShouldBe(6);
        taken.ShouldAllBe(text => text.Contains("Subject: Berth list\r\n", StringComparison.Ordinal));
        (await queue.ScalarAsync<long>("select count(*) from message m join message_content c on c.message_id = m.id where position('Subject: poison'::bytea in c.data) > 0")).ShouldBe(6);
        (await queue.ScalarAsync<long>("select count(*) from delivery_history where version_id is not null and subject = 'Berth list'")).ShouldBe(6);
        (await queue.ScalarAsync<long>("select count(*) from delivery_event where kind = 'replayed' and actor = 'm.keller' and details::text like '%was replaced%'")).ShouldBe(6);
        (await queue.ScalarAsync<long>("select count(*) from audit where verb = 'replay' and actor = 'm.keller' and details ->> 'fix' like '%Berth list%'")).ShouldBe(1);
        (await queue.Books.CheckAsync(CancellationToken.None)).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_replay_is_taken_back_to_the_last_column_while_it_has_not_left()
    {
        await using var queue = await PoisonAsync(3);
        var group = await GroupAsync(queue, 3);
        var before = await queue.ScalarAsync<string>("select string_agg(to_jsonb(d)::text, '' order by id) from delivery d");

        var operation = await RunAsync(queue, NewSubject with { Sender = "other@a.example", Recipient = "z@peer.example" }, group);
        var refusal = await queue.Undo.RunAsync(operation.Id, Keller, null, CancellationToken.None);

        operation.Done.ShouldBe(3);
        refusal.ShouldBeNull();
        (await queue.ScalarAsync<string>("select string_agg(to_jsonb(d)::text, '' order by id) from delivery d")).ShouldBe(before);
    }

    [Fact]
    public async Task One_recipient_of_a_message_goes_changed_and_the_other_as_it_was()
    {
        var taken = new System.Collections.Concurrent.ConcurrentBag<string>();
        await using var queue = await PoisonAsync(1, taken, "a@peer.example", "b@peer.example");
        var ids = await GroupAsync(queue, 2);

        await RunAsync(queue, NewSubject, [ids.Min()]);
        await queue.Actions.ActAsync(DeliveryVerb.Retry, [ids.Max()], Keller, CancellationToken.None);
        queue.Dispatcher.Attach(queue.Runtime);
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 2);

        taken.Count(text => text.Contains("Subject: Berth list", StringComparison.Ordinal)).ShouldBe(1);
        taken.Count(text => text.Contains("Subject: poison", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_recipient_that_nothing_leads_to_stays_where_it_is_and_says_why()
    {
        await using var queue = await PoisonAsync(2);
        var group = await GroupAsync(queue, 2);
        var fix = new ReplayFix { Recipient = "x@nowhere.example" };

        var trials = await queue.Replay.TryAsync(fix, group, CancellationToken.None);
        var operation = await RunAsync(queue, fix, group);

        trials.ShouldAllBe(trial => trial.Verdict == TrialVerdict.Fails && trial.Sentence.Contains("No route leads to nowhere.example") && trial.Route.Count > 0);
        (operation.Done, operation.Refused).ShouldBe((0, 2));
        (await queue.Operations.ResultsAsync(operation.Id, onlyLeft: true, 10, CancellationToken.None)).ShouldAllBe(left => left.Refusal.Contains("No route"));
        (await queue.ScalarAsync<long>("select count(*) from delivery where state = 'quarantined'")).ShouldBe(2);
        (await queue.ScalarAsync<long>("select count(*) from audit")).ShouldBe(0);
    }

    [Fact]
    public async Task Another_recipient_is_routed_and_the_steps_are_said()
    {
        await using var queue = await PoisonAsync(1);
        var group = await GroupAsync(queue, 1);

        var trial = (await queue.Replay.TryAsync(new ReplayFix { Recipient = "z@peer.example" }, group, CancellationToken.None)).ShouldHaveSingleItem();
        await RunAsync(queue, new ReplayFix { Recipient = "z@peer.example" }, group);

        trial.Route.ShouldContain(step => step.Contains("address space"));
        (await queue.ScalarAsync<string>("select recipient || ' ' || state from delivery")).ShouldBe("z@peer.example queued");
    }

    [Fact]
    public async Task A_fix_that_finds_nothing_says_that_it_may_fail_as_before()
    {
        await using var queue = await PoisonAsync(1);

        var trial = (await queue.Replay.TryAsync(new ReplayFix { Content = new ContentFix { Strip = StrippedFiles.All } }, await GroupAsync(queue, 1), CancellationToken.None)).ShouldHaveSingleItem();

        trial.Verdict.ShouldBe(TrialVerdict.Unchanged);
        trial.Sentence.ShouldContain("as before");
    }

    [Fact]
    public async Task Who_may_not_act_on_the_queue_changes_nothing()
    {
        await using var queue = await PoisonAsync(1);

        await Should.ThrowAsync<RightMissingException>(async () =>
            await queue.Operations.StartReplayAsync(NewSubject, await GroupAsync(queue, 1), new Operator("v", [Role.Viewer], ""), CancellationToken.None));
    }

    [Fact]
    [Trait("source", "Q101934")]
    public async Task A_report_about_changed_mail_returns_what_the_sender_sent()
    {
        await using var queue = await PoisonAsync(1);
        await RunAsync(queue, NewSubject, await GroupAsync(queue, 1));

        await queue.Actions.ActAsync(DeliveryVerb.Return, [await queue.ScalarAsync<long>("select id from delivery")], Keller, CancellationToken.None);

        var report = await queue.ScalarAsync<string>("select convert_from(c.data, 'LATIN1') from message m join message_content c on c.message_id = m.id where m.is_report");
        report.ShouldContain("Subject: poison");
        report.ShouldNotContain("Subject: Berth list");
    }

    [Fact]
    public async Task Large_content_that_was_changed_outlives_its_day_as_long_as_it_waits()
    {
        await using var queue = await PoisonAsync(1);
        await RunAsync(queue, NewSubject, await GroupAsync(queue, 1));
        var late = TimeProvider.System.GetUtcNow().AddDays(40);

        await queue.Retention(new FixedClock(late)).RunOnceAsync(CancellationToken.None);
        var taken = new System.Collections.Concurrent.ConcurrentBag<string>();
        Take = (transfer, content) => taken.Add(Encoding.Latin1.GetString(content));
        queue.Dispatcher.Attach(queue.Runtime);
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 1);

        (await queue.ScalarAsync<long>("select count(*) from partition_drop where parent = 'message_content'")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Causes_are_grouped_by_what_went_wrong_and_by_connector()
    {
        await using var queue = await PoisonAsync(5);
        await queue.ExecuteAsync("update delivery set reason = 'The message could not be converted to cc:Mail: part ' || id where id / 2 % 2 = 0; update delivery set reason = 'IMPORT stopped at 0000A' || id || '.ccm, twice.' where id / 2 % 2 = 1");
        var view = new QuarantineView(queue.Database.DataSource, queue.Contents);

        var groups = await view.GroupsAsync(CancellationToken.None);

        groups.Select(group => group.Cause).ShouldBe(["IMPORT stopped at …, twice.", "The message could not be converted to cc:Mail: part #"], ignoreOrder: true);
        groups.Sum(group => group.Count).ShouldBe(5);
        (await view.IdsAsync(groups[0], 100, CancellationToken.None)).Count.ShouldBe((int)groups[0].Count);
        var reading = (await view.ReadAsync((await view.IdsAsync(groups[0], 1, CancellationToken.None))[0], CancellationToken.None)).ShouldNotBeNull();
        reading.Fields.ShouldContain(("From", "sender@a.example"));
        reading.Lines[0].Text.ShouldBe("From: sender@a.example");
    }

    private Action<Transfer, byte[]>? Take { get; set; }

    private async Task<TestQueue> PoisonAsync(int count, System.Collections.Concurrent.ConcurrentBag<string>? taken = null, params string[] recipients)
    {
        TestQueue? queue = null;
        Take ??= (_, content) => taken?.Add(Encoding.Latin1.GetString(content));
        var connector = new ScriptedConnector(transfer =>
        {
            using var content = queue!.Contents.OpenAsync(transfer, CancellationToken.None).GetAwaiter().GetResult();
            Take(transfer, System.Buffers.BuffersExtensions.ToArray(content.AsSequence()));
            return ScriptedConnector.Taken;
        });
        queue = await TestQueue.CreateAsync(connector, Table());
        await queue.StartAsync(attach: false);
        for (var i = 0; i < count; i++)
        {
            await queue.AcceptAsync(queue.Message("poison", recipients.Length > 0 ? recipients : [$"u{i}@peer.example"]));
        }

        await queue.ExecuteAsync("update delivery set state = 'quarantined', attempts = 2, crashes = 3, status = '5.3.0', reason = 'IMPORT hung on this message 2 times.', last_attempt_at = now()");
        return queue;
    }

    private static RoutingTable Table() => new(
        7, [], [], [new AddressSpace("SMTP", "peer.example", 1, "smtp-test"), new AddressSpace("SMTP", "a.example", 1, "smtp-test")],
        [new RoutedConnector(1, "smtp-test", "smtp")], AddressBook.Empty);

    private static async Task<IReadOnlyList<long>> GroupAsync(TestQueue queue, int expected)
    {
        var view = new QuarantineView(queue.Database.DataSource, queue.Contents);
        var ids = await view.IdsAsync((await view.GroupsAsync(CancellationToken.None)).ShouldHaveSingleItem(), 100, CancellationToken.None);
        ids.Count.ShouldBe(expected);
        return ids;
    }

    private static async Task<OperationSnapshot> RunAsync(TestQueue queue, ReplayFix fix, IReadOnlyList<long> ids)
    {
        var operation = await queue.Operations.StartReplayAsync(fix, ids, Keller, CancellationToken.None);
        return await queue.Operations.RunAsync(operation.Id, null, CancellationToken.None);
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
