using Postern.Domain.Access;
using Postern.Domain.Queue;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

public sealed class MessageTraceTests : IAsyncLifetime
{
    private TestQueue queue = null!;

    private MessageView View => new(queue.Database.DataSource);

    public async ValueTask InitializeAsync()
    {
        queue = await TestQueue.CreateAsync(new ScriptedConnector(_ => new AttemptOutcome.Bounced("5.1.1", "550 5.1.1 no such user", "The peer knows no such mailbox.", "peer")));
        await queue.StartAsync(attach: false);
    }

    public async ValueTask DisposeAsync() => await queue.DisposeAsync();

    [Theory]
    [InlineData("crane 4 (rev C).pdf")]
    [InlineData("BOOM.DWG")]
    public async Task A_message_is_found_by_the_name_of_an_attachment(string text)
    {
        var id = await queue.AcceptAsync(queue.Message("drawings", "a@x.example") with { Attachments = ["Crane 4 (rev C).pdf", "boom.dwg"] });
        await queue.AcceptAsync(queue.Message("else", "a@x.example"));

        (await View.SearchAsync(text, TimeSpan.FromDays(7), default)).Found.ShouldHaveSingleItem().Message.Id.ShouldBe(id);
        (await FollowAsync(id)).Attachments.ShouldBe(["Crane 4 (rev C).pdf", "boom.dwg"]);
    }

    [Fact]
    public async Task A_message_id_is_found_with_and_without_brackets_however_old_the_message_is()
    {
        var id = await queue.AcceptAsync(queue.Message("old", "a@x.example") with { HeaderId = "<7f31@site2.example>" });

        foreach (var text in new[] { "7f31@site2.example", "<7f31@site2.example>" })
        {
            (await View.SearchAsync(text, TimeSpan.Zero, default)).Exact.ShouldBe(id);
        }
    }

    [Fact]
    public async Task A_bounce_leads_to_its_original_and_the_original_to_its_bounce()
    {
        var id = await queue.AcceptAsync(queue.Message("crane", "a@x.example") with { HeaderId = "c@a.example" });
        queue.Dispatcher.Attach(queue.Runtime);
        await queue.UntilAsync("select count(*) from message where is_report", 1);
        var report = await queue.ScalarAsync<long>("select id from message where is_report");

        var back = (await FollowAsync(report)).Chain.ShouldHaveSingleItem();
        var forth = (await FollowAsync(id)).Chain.ShouldHaveSingleItem();

        (back.Relation, back.Message.Id, back.IsCertain).ShouldBe((TraceRelation.Original, id, true));
        (forth.Relation, forth.Message.Id).ShouldBe((TraceRelation.Report, report));
    }

    [Fact]
    public async Task A_report_that_a_peer_wrote_is_tied_by_the_message_id_it_names()
    {
        var id = await queue.AcceptAsync(queue.Message("crane", "a@x.example") with { HeaderId = "<c@a.example>" });
        var report = await queue.AcceptAsync(queue.Message("Undelivered Mail", "sender@a.example") with { Sender = null, IsReport = true, Answers = "<c@a.example>" });

        (await FollowAsync(report)).Chain.ShouldHaveSingleItem().Relation.ShouldBe(TraceRelation.Original);
        (await FollowAsync(id)).Chain.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            found => found.Relation.ShouldBe(TraceRelation.Report), found => found.Message.Id.ShouldBe(report));
    }

    [Fact]
    public async Task A_report_without_a_message_id_names_the_likely_original_and_says_that_it_is_likely()
    {
        await queue.AcceptAsync(queue.Message("crane", "a@x.example") with { Sender = Domain.Addresses.MailAddress.Parse("somebody@b.example") });
        var id = await queue.AcceptAsync(queue.Message("crane", "a@x.example"));
        var report = await queue.AcceptAsync(queue.Message("Undeliverable: crane", "sender@a.example") with { Sender = null, IsReport = true });

        var found = (await FollowAsync(report)).Chain.ShouldHaveSingleItem();

        (found.Message.Id, found.IsCertain).ShouldBe((id, false));
    }

    [Fact]
    public async Task A_thread_is_followed_both_ways_and_a_circle_of_ids_ends()
    {
        var first = await queue.AcceptAsync(queue.Message("a", "a@x.example") with { HeaderId = "1@a.example", Answers = "3@a.example" });
        var second = await queue.AcceptAsync(queue.Message("b", "a@x.example") with { HeaderId = "2@a.example", Answers = "1@a.example" });
        var third = await queue.AcceptAsync(queue.Message("c", "a@x.example") with { HeaderId = "3@a.example", Answers = "2@a.example" });

        var chain = (await FollowAsync(second)).Chain;

        chain.Select(traced => traced.Message.Id).ShouldBe([third, first], ignoreOrder: true);
    }

    [Fact]
    public async Task The_runs_a_delivery_went_by_are_found_by_the_name_of_its_file()
    {
        var id = await queue.AcceptAsync(queue.Message("file", "a@x.example"));
        await queue.ExecuteAsync($"insert into program_run (connector_id, program, node, ended_at, exit_code, ending) values ({queue.Runtime.Id}, 'import', 'n', now(), 5, 'exited'); insert into program_run_file select max(id), '{FileId.From(id + 1)}.ccm', array[{id + 1}] from program_run; insert into program_run_refusal select max(id), 'CCMAIL.UND', 'x' from program_run");

        var run = (await FollowAsync(id)).Runs.ShouldHaveSingleItem();

        (run.Program, run.ExitCode, run.Connector).ShouldBe(("import", 5, "smtp-test"));
        run.DeliveryIds.ShouldBe([id + 1]);
        run.Refusals.ShouldBe(["CCMAIL.UND"]);
    }

    [Fact]
    [Trait("source", "Q263916")]
    public async Task Looking_into_a_message_locks_nothing_that_moves_mail()
    {
        var id = await queue.AcceptAsync(queue.Message("seen", "a@x.example"));
        await using var looking = await queue.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await looking.BeginTransactionAsync();
        await using (var command = looking.CreateCommand())
        {
            command.CommandText = "select * from delivery, message";
            await command.ExecuteNonQueryAsync();
        }

        await queue.Actions.ActAsync(DeliveryVerb.Remove, [id + 1], new Operator("m", [Role.Operator], "x"), default);

        (await queue.ScalarAsync<long>("select count(*) from delivery_history where state = 'removed'")).ShouldBe(1);
    }

    private async Task<TraceFound> FollowAsync(long id)
    {
        var details = (await View.FindAsync(id, default)).ShouldNotBeNull();
        return await new MessageTrace(queue.Database.DataSource).FollowAsync(details.Message, details.Deliveries, default);
    }
}
