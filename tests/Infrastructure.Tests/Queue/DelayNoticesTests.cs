using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Queue;

public sealed class DelayNoticesTests : IAsyncLifetime
{
    // What was accepted just now has waited longer.
    private const string NoTime = "1 microsecond";

    private TestQueue queue = null!;
    private DelayNotices notices = null!;

    public async ValueTask InitializeAsync()
    {
        var table = new RoutingTable(
            1, [new Site("SITE1", ["site1.example"], "", "", "")], [], [new AddressSpace("SMTP", "a.example", 1, "smtp-test")], [new RoutedConnector(1, "smtp-test", "smtp")], new AddressBook([]));
        queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes(), table);
        await queue.StartAsync(attach: false);
        notices = new DelayNotices(queue.Database.DataSource, queue.Reports, queue.Events, TimeProvider.System, NullLogger<DelayNotices>.Instance);
    }

    public async ValueTask DisposeAsync() => await queue.DisposeAsync();

    [Fact]
    [Trait("source", "Q277831")]
    public async Task A_sender_whose_mail_waits_is_told_once_what_is_known_and_until_when_it_is_tried()
    {
        var id = await queue.AcceptAsync(queue.Message("Berth plan", "slow@x.example", "slower@x.example"));
        await queue.ExecuteAsync("update delivery set attempts = 9, reply = '450 4.7.1 greylisted', reason = 'mx.x.example asks to try later.', remote = 'mx.x.example'");

        (await notices.RunOnceAsync(default)).ShouldBe(0, "it has not waited long");
        await AllowAsync(NoTime);
        (await notices.RunOnceAsync(default)).ShouldBe(2);
        (await notices.RunOnceAsync(default)).ShouldBe(0);

        var report = await queue.ScalarAsync<long>($"select id from message where report_of = {id} and is_report and sender = ''");
        (await queue.ScalarAsync<string>($"select recipient from delivery where message_id = {report}")).ShouldBe("sender@a.example");
        var text = Encoding.UTF8.GetString(await queue.ScalarAsync<byte[]>($"select data from message_content where message_id = {report}"));
        text.ShouldContain("Subject: Delayed: Berth plan");
        text.ShouldContain("Action: delayed");
        text.ShouldNotContain("Action: failed");
        text.ShouldContain("Status: 4.4.7");
        text.ShouldContain("Diagnostic-Code: smtp; 450 4.7.1 greylisted");
        text.ShouldContain("Will-Retry-Until: ");
        text.ShouldContain("You need not send it again.");
        (await queue.ScalarAsync<long>("select count(*) from delivery where state = 'queued' and sender <> ''")).ShouldBe(2);
        (await queue.ScalarAsync<long>("select count(*) from delivery_event where kind = 'delayed'")).ShouldBe(2);
        (await queue.Books.CheckAsync(default)).IsBalanced.ShouldBeTrue();
    }

    [Theory]
    [InlineData(Notify.Unspecified, true)]
    [InlineData(Notify.Delay, true)]
    [InlineData(Notify.Delay | Notify.Failure, true)]
    [InlineData(Notify.Failure, false)]
    [InlineData(Notify.Success | Notify.Failure, false)]
    [InlineData(Notify.Never, false)]
    public async Task Who_asked_for_reports_is_told_of_a_delay_only_when_it_was_among_them(Notify notify, bool isTold)
    {
        await queue.AcceptAsync(queue.Message("x", "slow@x.example") with { Recipients = [queue.To("slow@x.example", notify)] });
        await AllowAsync(NoTime);

        (await notices.RunOnceAsync(default)).ShouldBe(isTold ? 1 : 0);

        notify.WantsDelay().ShouldBe(isTold);
        (await queue.ScalarAsync<long>("select count(*) from message where is_report")).ShouldBe(isTold ? 1 : 0);
    }

    [Fact]
    public async Task Reports_and_mail_without_a_sender_never_cause_a_notice_and_no_setting_none_at_all()
    {
        await queue.AcceptAsync(queue.Message("null", "a@x.example") with { Sender = null });
        await queue.AcceptAsync(queue.Message("report", "b@x.example") with { IsReport = true });
        await queue.AcceptAsync(queue.Message("quarantined", "c@x.example"));
        await queue.ExecuteAsync("update delivery set state = 'quarantined' where subject = 'quarantined'");
        await AllowAsync(NoTime);
        (await notices.RunOnceAsync(default)).ShouldBe(0);

        await queue.AcceptAsync(queue.Message("mail", "d@x.example"));
        await AllowAsync("0");
        (await notices.RunOnceAsync(default)).ShouldBe(0);
        await AllowAsync("90 hours");
        (await notices.RunOnceAsync(default)).ShouldBe(0);
        await AllowAsync(NoTime);
        (await notices.RunOnceAsync(default)).ShouldBe(1);
    }

    [Fact]
    public async Task A_sender_nobody_can_reach_is_tried_once_and_leaves_nothing_behind()
    {
        await queue.AcceptAsync(queue.Message("x", "slow@x.example") with { Sender = MailAddress.Parse("lost@nowhere.example") });
        await AllowAsync(NoTime);

        (await notices.RunOnceAsync(default)).ShouldBe(1);
        (await notices.RunOnceAsync(default)).ShouldBe(0);

        (await queue.ScalarAsync<long>("select count(*) from message")).ShouldBe(1);
        (await queue.ScalarAsync<long>("select count(*) from delivery_event where kind = 'delayed'")).ShouldBe(0);
    }

    private Task AllowAsync(string time) => queue.ExecuteAsync($"update configuration set delay_notice = '{time}'");
}
