using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Access;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Domain.Watch;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.CcMail;
using Postern.Infrastructure.Tests.Support;
using Postern.Infrastructure.Watch.Canaries;
using Postern.Lab.CcMail;

namespace Postern.Infrastructure.Tests.Watch;

/// <summary>Canaries over the real queue: sent when due, closed by the report that comes back, absorbed, and in the books.</summary>
public sealed class CanaryTests : IAsyncLifetime
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(n => (byte)(n * 7))];

    private TestQueue queue = null!;
    private CanaryKeeper keeper = null!;
    private CanaryView view = null!;
    private RoutingTable table = null!;
    private RouteModels models = null!;
    private AttemptOutcome answer = ScriptedConnector.Taken;

    public async ValueTask InitializeAsync()
    {
        // The first connector of a new database has the number 1.
        table = new RoutingTable(
            1, [new Site("SITE1", ["site1.example"], "SITE1", "", "")], [], [new AddressSpace("SMTP", "*", 1, "smtp-test")],
            [new RoutedConnector(1, "smtp-test", "smtp")], AddressBook.Empty)
        {
            CanaryKey = Key,
        };
        queue = await TestQueue.CreateAsync(new ScriptedConnector(_ => answer), table);
        queue.Runtime.Id.ShouldBe(1);
        await queue.StartAsync();
        view = new CanaryView(queue.Database.DataSource);
        var routing = LiveRouting.Fixed(table);
        models = new RouteModels(queue.Database.DataSource, new RoutingLoader(queue.Database.DataSource), routing);
        keeper = new CanaryKeeper(
            queue.Database.DataSource, new CanaryConnector(queue.Database.DataSource, queue.Contents, routing), queue.Dispatcher, queue.Intake.AcceptAsync, routing,
            models, TimeProvider.System, NullLogger<CanaryKeeper>.Instance);
        await keeper.StartAsync(CancellationToken.None);
        await queue.ExecuteAsync("""update connector set settings = '{"canary": {"recipient": "nobody.here@peer.example"}}'""");
    }

    public async ValueTask DisposeAsync()
    {
        await keeper.StopAsync(CancellationToken.None);
        models.Dispose();
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task One_is_sent_when_it_is_due_and_not_while_the_last_one_waits()
    {
        (await keeper.RunOnceAsync(CancellationToken.None)).ShouldBe(1);
        (await keeper.RunOnceAsync(CancellationToken.None)).ShouldBe(0);
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 1);
        answer = new AttemptOutcome.Deferred("4.2.0", "450 later", "Later.", "peer");
        await AgeAsync();
        (await keeper.RunOnceAsync(CancellationToken.None)).ShouldBe(1);
        await AgeAsync();
        (await keeper.RunOnceAsync(CancellationToken.None)).ShouldBe(0, "the second still waits in the queue");

        var (sender, recipient, notify) = (await queue.ScalarAsync<string>("select sender from delivery"), await queue.ScalarAsync<string>("select recipient from delivery"),
            await queue.ScalarAsync<short>("select notify from delivery"));
        CanaryToken.TryRead(Key, MailAddress.Parse(sender), out _).ShouldBeTrue();
        (recipient, (Notify)notify).ShouldBe(("nobody.here@peer.example", Notify.Failure));
    }

    [Fact]
    public async Task An_operator_sends_one_before_it_is_due_but_not_behind_one_that_waits()
    {
        var (actions, kim) = (new ConnectorActions(queue.Database.DataSource), new Operator("kim", [Role.Operator], "after the move"));
        await keeper.RunOnceAsync(CancellationToken.None);
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 1);
        answer = new AttemptOutcome.Deferred("4.2.0", "450 later", "Later.", "peer");

        (await actions.SendCanaryAsync("smtp-test", kim, default)).ShouldBe("");
        await queue.UntilAsync("select count(*) from canary where message_id is not null", 2);
        await queue.UntilAsync("select count(*) from delivery where attempts = 1", 1);

        (await queue.ScalarAsync<long>("select count(*) from connector_act")).ShouldBe(0, "the wish is fulfilled");
        (await queue.ScalarAsync<string>("select actor || ': ' || verb || ' ' || target || ', ' || reason from audit order by id desc limit 1")).ShouldBe("kim: canary connector smtp-test, after the move");
        (await actions.SendCanaryAsync("smtp-test", kim, default)).ShouldBe("The last canary of smtp-test still waits in the queue; another would wait behind it.");
        await actions.PauseDeliveryAsync("smtp-test", null, kim, default);
        (await actions.SendCanaryAsync("smtp-test", kim, default)).ShouldBe("The connector smtp-test is paused. Resume it first.");
        await queue.ExecuteAsync("update connector set settings = '{}'");
        (await actions.SendCanaryAsync("smtp-test", kim, default)).ShouldBe("The connector smtp-test has no canary. Name a mailbox for it in the settings first.");
        await Should.ThrowAsync<RightMissingException>(() => actions.SendCanaryAsync("smtp-test", new Operator("ann", [Role.Viewer], ""), default));
    }

    [Fact]
    public async Task The_report_that_comes_in_closes_it_reaches_nobody_and_stands_in_the_books()
    {
        await keeper.RunOnceAsync(CancellationToken.None);
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 1);
        (await RowAsync()).RoundTrip.ShouldBeNull();

        var report = await queue.AcceptAsync(Report(await SenderAsync(), "failed") with { Source = "default" });
        await queue.UntilAsync("select count(*) from canary where way = 'returned'", 1);
        await queue.UntilAsync("select count(*) from delivery_history where connector_id = -1", 1);

        var row = await RowAsync();
        (row.IsRefused, row.ReportId, row.Missing).ShouldBe((false, report, null));
        row.RoundTrip!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        var books = await queue.Books.CheckAsync(CancellationToken.None);
        (books.IsBalanced, books.Accepted, books.Delivered, books.Canaries, books.CanaryReports).ShouldBe((true, 2, 2, 1, 1));
    }

    [Fact]
    public async Task One_that_the_other_side_refuses_at_once_proves_the_way_out_and_its_own_report_goes_to_nobody()
    {
        answer = new AttemptOutcome.Bounced("5.1.1", "550 5.1.1 No such mailbox", "peer.example has no such mailbox.", "peer");

        await keeper.RunOnceAsync(CancellationToken.None);

        await queue.UntilAsync("select count(*) from canary where way = 'refused'", 1);
        await queue.UntilAsync("select count(*) from delivery_history", 2);
        (await RowAsync()).IsRefused.ShouldBeTrue();
        (await queue.Books.CheckAsync(CancellationToken.None)).IsBalanced.ShouldBeTrue();
    }

    [Fact]
    public async Task One_that_was_given_up_without_a_word_of_the_other_side_does_not_count_as_back()
    {
        answer = new AttemptOutcome.Bounced("5.4.7", "", "It was too old.", "");

        await keeper.RunOnceAsync(CancellationToken.None);
        await queue.UntilAsync("select count(*) from delivery_history where connector_id = -1", 1);

        (await RowAsync()).Missing.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("delayed")]
    [InlineData("relayed")]
    public async Task A_notice_that_is_no_failure_is_absorbed_and_closes_nothing(string action)
    {
        await keeper.RunOnceAsync(CancellationToken.None);
        await queue.AcceptAsync(Report(await SenderAsync(), action));
        await queue.UntilAsync("select count(*) from delivery_history where connector_id = -1", 1);

        (await queue.ScalarAsync<long>("select count(*) from canary where back_at is not null")).ShouldBe(0);
    }

    [Fact]
    public async Task One_that_rests_in_a_paused_connector_is_not_missed_and_what_is_switched_off_is_forgotten()
    {
        await keeper.RunOnceAsync(CancellationToken.None);
        await queue.ExecuteAsync("insert into connector_act (connector_id, kind, actor) select id, 'pause delivery', 'm.keller' from connector");
        var resting = await RowAsync();

        await keeper.RunOnceAsync(CancellationToken.None);

        resting.IsWanted.ShouldBeFalse();
        resting.IsLate(DateTimeOffset.MaxValue).ShouldBeFalse();
        (await queue.ScalarAsync<long>("select count(*) from canary")).ShouldBe(0);
    }

    private Task AgeAsync() => queue.ExecuteAsync("update canary set sent_at = sent_at - interval '16 minutes'");

    private async Task<CanaryRow> RowAsync() => (await view.ListAsync(CancellationToken.None)).ShouldHaveSingleItem();

    private async Task<string> SenderAsync() => await queue.ScalarAsync<string>("select sender from message where source = 'canary probe'");

    private IncomingMessage Report(string to, string action)
    {
        var text = $"From: MAILER-DAEMON@peer.example\r\nTo: {to}\r\nSubject: Report\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
            + "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.peer.example\r\n\r\n"
            + $"Final-Recipient: rfc822; nobody.here@peer.example\r\nAction: {action}\r\nStatus: 5.1.1\r\n\r\n--b--\r\n";
        return new IncomingMessage
        {
            Source = "default",
            Sender = null,
            Recipients = [new IncomingRecipient(table.Resolve(MailAddress.Parse(to)).ShouldBeOfType<RouteDecision.Routed>(), to)],
            Content = MessageContent.FromMemory(Encoding.ASCII.GetBytes(text)),
        };
    }
}

/// <summary>The report of a post office's router, as EXPORT gives it.</summary>
public sealed class CanaryPickupTests : IAsyncLifetime
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(n => (byte)(n * 7))];

    private CcMailLab lab = null!;

    public async ValueTask InitializeAsync()
    {
        lab = await CcMailLab.CreateAsync();
        lab.Routes = new RoutingTable(
            1, [new Site("SITE1", ["site1.example"], "SITE1", "", "")], [new PostOffice("CCMAIL", "SALES", "sales", "")], [],
            [new RoutedConnector(CcMailLab.ConnectorId, "sales", "ccmail")], AddressBook.Empty)
        {
            CanaryKey = Key,
        };
    }

    public async ValueTask DisposeAsync() => await lab.DisposeAsync();

    [Theory]
    [InlineData("{0}@site1.example at SITE1")]
    [InlineData("{0} at SITE1")]
    public async Task It_goes_to_where_canaries_are_closed_and_to_nobody(string form)
    {
        var token = CanaryToken.Of(Key, [5, 4, 3, 2, 1]).ToUpperInvariant();
        lab.PostOffice.Wait("00000001.ccm", new Message(
            [
                new HeaderLine("From", "Administrator at SALES"), new HeaderLine("Date", "3/14/98 14:05"),
                new HeaderLine("To", string.Format(System.Globalization.CultureInfo.InvariantCulture, form, token)), new HeaderLine("Subject", "Message not deliverable"),
            ],
            [Item.Text("Not deliverable to: Nobody, Noah at DEPOT\r\n"u8.ToArray())]));

        await lab.Pickup.PickUpAsync(CancellationToken.None);

        var message = lab.Accepted.ShouldHaveSingleItem();
        (message.Sender, message.IsReport, message.Failed.Count).ShouldBe((null, true, 0));
        message.Recipients.ShouldHaveSingleItem().Route.Connector.ShouldBe(RoutingTable.Canaries);
    }
}
