using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Access;
using Postern.Domain.Directory;
using Postern.Domain.Mime;
using Postern.Domain.Routing;
using Postern.Domain.Watch;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.Support;
using Postern.Infrastructure.Watch;

namespace Postern.Infrastructure.Tests.Watch;

public sealed class AlertSenderTests : IAsyncLifetime
{
    private static readonly Operator Admin = new("admin", [Role.Administrator], "");
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly HookServer hook = new();
    private TestQueue queue = null!;
    private AlertStore store = null!;
    private AlertSettingsStore settings = null!;
    private AlertSender sender = null!;
    private AlertWebhooks webhooks = null!;
    private SecretStore secrets = null!;

    public async ValueTask InitializeAsync()
    {
        var table = new RoutingTable(
            1, [new Site("SITE1", ["site1.example"], "", "", "")], [], [new AddressSpace("SMTP", "ops.example", 1, "smtp-test")], [new RoutedConnector(1, "smtp-test", "smtp")], new AddressBook([]));
        queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes(), table);
        await queue.StartAsync();
        var data = queue.Database.DataSource;
        settings = new AlertSettingsStore(data, new ConfigurationStore(data));
        store = new AlertStore(data, settings, queue.Events);
        secrets = new SecretStore(data, KeyFile.Open(Path.Combine(queue.Folder, "key")));
        webhooks = new AlertWebhooks(secrets, TimeProvider.System);
        var mail = new AlertMail(queue.Intake.AcceptAsync, LiveRouting.Fixed(table), TimeProvider.System, "postern.example");
        sender = new AlertSender(data, settings, mail, webhooks, queue.Events, TimeProvider.System, NullLogger<AlertSender>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        hook.Dispose();
        webhooks.Dispose();
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task Many_alerts_are_one_mail_through_our_own_queue_that_nothing_is_sent_back_about()
    {
        await SetAsync(new AlertSettings { Recipients = ["duty@ops.example", "lead@ops.example", "nobody@elsewhere.example"] });
        await OpenAsync("sales", "aurora", "pier\r\nBcc: x@y.example");

        (await sender.RunOnceAsync(default)).ShouldBe(0, "what comes together waits a moment to be told together");
        await DueNowAsync();
        (await sender.RunOnceAsync(default)).ShouldBe(3);
        (await sender.RunOnceAsync(default)).ShouldBe(0);
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 2);

        var transfer = queue.Connector.Seen.ShouldHaveSingleItem();
        transfer.Sender.ShouldBeNull();
        transfer.Deliveries.Select(delivery => $"{delivery.Recipient.Text} {delivery.Notify}").ShouldBe(["duty@ops.example Never", "lead@ops.example Never"], ignoreOrder: true);
        var content = await ContentAsync(transfer.MessageId);
        var header = HeaderSummary.Read(new ReadOnlySequence<byte>(content));
        header.IsAutoSubmitted.ShouldBeTrue();
        header.Subject.ShouldStartWith("[Postern] 3 changes of alerts; pier Bcc: x@y.example");
        var text = Encoding.UTF8.GetString(content);
        text.ShouldContain("sales is silent.");
        text.ShouldContain("Not sent to nobody@elsewhere.example");
        text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)].ShouldNotContain("\r\nBcc:");
        (await queue.ScalarAsync<long>("select count(*) from ledger where source = 'alerts' and deliveries = 2")).ShouldBe(1);
        (await queue.Books.CheckAsync(default)).IsBalanced.ShouldBeTrue();
    }

    [Fact]
    public async Task A_mail_that_was_accepted_before_a_crash_is_not_accepted_again()
    {
        await SetAsync(new AlertSettings { Recipients = ["duty@ops.example"] });
        await OpenAsync("sales");
        await DueNowAsync();

        await sender.RunOnceAsync(default);
        await queue.ExecuteAsync("update alert_notice set done_at = null, due_at = now()");
        (await sender.RunOnceAsync(default)).ShouldBe(1);

        (await queue.ScalarAsync<long>("select count(*) from message where source = 'alerts'")).ShouldBe(1);
    }

    [Fact]
    public async Task Where_no_route_leads_it_is_said_once_and_seen_and_tried_again()
    {
        await SetAsync(new AlertSettings { Recipients = ["duty@elsewhere.example"] });
        await OpenAsync("sales", "aurora");
        for (var i = 0; i < 3; i++)
        {
            await DueNowAsync();
            (await sender.RunOnceAsync(default)).ShouldBe(0);
        }

        var way = (await new AlertView(queue.Database.DataSource).WaysAsync(default)).ShouldHaveSingleItem();
        (way.Target, way.Waiting, way.Attempts, way.Failure).ShouldBe(("mail", 2L, 3, "No route leads to duty@elsewhere.example."));
        (await EventsAsync(EventCodes.AlertMailFailed)).ShouldHaveSingleItem().Text.ShouldBe("Alerts cannot be mailed: No route leads to duty@elsewhere.example.");
        (await queue.ScalarAsync<long>("select count(*) from message")).ShouldBe(0);
    }

    [Fact]
    public async Task A_webhook_gets_each_change_once_in_order_and_signed()
    {
        await secrets.SetAsync("hook", "s3cret", Admin, default);
        await SetAsync(new AlertSettings { Webhooks = [hook.Address], WebhookSecret = "hook" });
        await OpenAsync("sales");
        await store.ApplyAsync(new AlertChanges([], [Ripe("sales", AlertSeverity.Error)], []), default);
        await store.ApplyAsync(new AlertChanges([], [], [Ripe("sales").Suspicion.Key]), default);

        (await sender.RunOnceAsync(default)).ShouldBe(3);

        var calls = hook.Calls.ToList();
        calls.Select(call => JsonDocument.Parse(call.Body).RootElement.GetProperty("what").GetString()).ShouldBe(["opened", "worse", "closed"]);
        var body = JsonDocument.Parse(calls[0].Body).RootElement;
        body.GetProperty("id").GetString().ShouldBe(calls[0].Id);
        body.GetProperty("alert").GetProperty("text").GetString().ShouldBe("sales is silent.");
        var parts = calls[0].Signature.Split(',');
        var seconds = parts[0]["t=".Length..];
        parts[1].ShouldBe("v1=" + Convert.ToHexStringLower(HMACSHA256.HashData("s3cret"u8, Encoding.UTF8.GetBytes($"{seconds}.{calls[0].Body}"))));
        calls[0].ContentType.ShouldStartWith("application/json");
    }

    [Fact]
    public async Task What_a_webhook_refuses_comes_again_under_the_same_id_and_holds_back_what_follows()
    {
        await SetAsync(new AlertSettings { Webhooks = [hook.Address] });
        await OpenAsync("sales");
        await store.ApplyAsync(new AlertChanges([], [], [Ripe("sales").Suspicion.Key]), default);
        hook.Status = 503;

        (await sender.RunOnceAsync(default)).ShouldBe(0);
        var way = (await new AlertView(queue.Database.DataSource).WaysAsync(default)).ShouldHaveSingleItem();
        (await sender.RunOnceAsync(default)).ShouldBe(0, "it is not due yet");
        hook.Status = 200;
        await DueNowAsync();
        (await sender.RunOnceAsync(default)).ShouldBe(2);

        (way.Waiting, way.Failure).ShouldBe((2L, "It answers 503."));
        way.DueAt.ShouldNotBeNull().ShouldBeGreaterThan(Now.AddSeconds(20));
        hook.Calls.Select(call => call.Id).Distinct().Count().ShouldBe(2);
        hook.Calls.Count.ShouldBe(3);
        (await EventsAsync(EventCodes.AlertWebhookFailed)).Reverse().Select(row => row.Severity).ShouldBe(["warning", "information"]);
        (await new AlertView(queue.Database.DataSource).WaysAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_redirection_is_not_followed_and_a_receiver_that_is_away_is_said()
    {
        await SetAsync(new AlertSettings { Webhooks = [hook.Address] });
        await OpenAsync("sales");
        (hook.Status, hook.Location) = (307, "http://169.254.169.254/latest/");

        await sender.RunOnceAsync(default);
        var redirected = (await new AlertView(queue.Database.DataSource).WaysAsync(default)).Single().Failure;
        hook.Dispose();
        await DueNowAsync();
        await sender.RunOnceAsync(default);

        redirected.ShouldBe("It answers 307; redirections are not followed.");
        (await new AlertView(queue.Database.DataSource).WaysAsync(default)).Single().Failure.ShouldStartWith("It cannot be reached: ");
    }

    [Fact]
    public async Task Lesser_alerts_and_those_somebody_has_taken_are_not_told()
    {
        await SetAsync(new AlertSettings { Webhooks = [hook.Address], MinimumSeverity = AlertSeverity.Error, RepeatAfter = TimeSpan.FromHours(1) });
        await store.ApplyAsync(new AlertChanges([Ripe("sales"), Ripe("aurora", AlertSeverity.Error), Ripe("pier", AlertSeverity.Error)], [], []), default);
        (await sender.RunOnceAsync(default)).ShouldBe(2);

        (await store.RemindAsync(default)).ShouldBe(0);
        await queue.ExecuteAsync("update alert set opened_at = opened_at - interval '2 hours', told_at = told_at - interval '2 hours'; update alert set owner = 'm.keller' where subject = 'pier'");
        (await store.RemindAsync(default)).ShouldBe(1);
        (await store.RemindAsync(default)).ShouldBe(0);
        (await sender.RunOnceAsync(default)).ShouldBe(1);

        JsonDocument.Parse(hook.Calls.Last().Body).RootElement.GetProperty("what").GetString().ShouldBe("again");
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://x.example/")]
    [InlineData("gopher://127.0.0.1:25/_HELO")]
    [InlineData("//x.example/")]
    [InlineData("https://user:secret@x.example/")]
    [InlineData("http:///x")]
    public async Task Only_web_addresses_are_called(string address)
    {
        (await settings.ChangeAsync(new AlertSettings { Webhooks = [address] }, Admin, default)).ShouldHaveSingleItem().ShouldContain("is not an address that begins with https://");
        (await webhooks.SendAsync(address, new DueNotice(Guid.NewGuid(), address, "{}", 1, Now), "", default)).ShouldBe("Only addresses that begin with https:// or http:// are called.");
        await Should.ThrowAsync<RightMissingException>(() => settings.ChangeAsync(new AlertSettings(), new Operator("x", [Role.Operator], ""), default));
    }

    private async Task SetAsync(AlertSettings wanted) => (await settings.ChangeAsync(wanted, Admin, default)).ShouldBeEmpty();

    private Task<int> OpenAsync(params string[] subjects) => store.ApplyAsync(new AlertChanges([.. subjects.Select(subject => Ripe(subject))], [], []), default);

    private static Ripe Ripe(string subject, AlertSeverity severity = AlertSeverity.Warning) =>
        new(new Suspicion(AlertKind.ConnectorSilent, subject, $"{subject} is silent.", "Look at it."), severity, Now.AddMinutes(-5));

    private Task DueNowAsync() => queue.ExecuteAsync("update alert_notice set due_at = now()");

    private async Task<byte[]> ContentAsync(long messageId) => await queue.ScalarAsync<byte[]>($"select data from message_content where message_id = {messageId}");

    private async Task<IReadOnlyList<EventRow>> EventsAsync(int code) =>
        (await new EventView(queue.Database.DataSource).PageAsync(new EventFilter { Code = code }, default)).Rows;
}
