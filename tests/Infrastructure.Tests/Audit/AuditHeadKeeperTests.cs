using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Directory;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Audit;

public sealed class AuditHeadKeeperTests
{
    [Fact]
    public async Task The_head_goes_out_by_mail_once_a_day_and_proves_the_audit()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await queue.StartAsync(attach: false);
        (await MailToAsync(queue, "admin@backbone.example")).ShouldBe("");
        var keeper = Keeper(queue, Table(queue));
        var head = await new AuditChain(queue.Database.DataSource).HeadAsync(CancellationToken.None);

        (await keeper.RunOnceAsync(CancellationToken.None)).ShouldBeTrue();
        (await keeper.RunOnceAsync(CancellationToken.None)).ShouldBeFalse();
        await queue.ExecuteAsync("update audit_head set told_on = told_on - 1");
        (await keeper.RunOnceAsync(CancellationToken.None)).ShouldBeTrue();

        (await queue.ScalarAsync<long>("select count(*) from message")).ShouldBe(1);
        (await queue.ScalarAsync<string>("select d.recipient || ' ' || m.subject from message m join delivery d on d.message_id = m.id"))
            .ShouldBe("admin@backbone.example post.example: the audit holds, 1 rows");
        (await queue.ScalarAsync<bool>($"select position(convert_to('{head}', 'UTF8') in data) > 0 from message_content")).ShouldBeTrue();
    }

    [Fact]
    public async Task An_address_that_nothing_leads_to_is_an_event_and_no_obstacle()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        (await MailToAsync(queue, "nowhere")).ShouldBe("nowhere is no address.");
        await MailToAsync(queue, "a@far.example");

        (await Keeper(queue, RoutingTable.Empty).RunOnceAsync(CancellationToken.None)).ShouldBeTrue();

        (await queue.ScalarAsync<string>("select text from event")).ShouldContain("a@far.example");
    }

    [Fact]
    public async Task An_audit_that_was_tampered_with_is_an_event_the_same_day()
    {
        await using var queue = await TestQueue.CreateAsync(ScriptedConnector.ThatTakes());
        await MailToAsync(queue, "a@far.example");
        await MailToAsync(queue, "");
        await queue.ExecuteAsync("set session_replication_role = replica; update audit set target = 'x' where place = 1; set session_replication_role = origin");

        await Keeper(queue, RoutingTable.Empty).RunOnceAsync(CancellationToken.None);

        (await queue.ScalarAsync<string>("select severity || ' ' || text from event")).ShouldStartWith("error The audit does not hold. Row 1 is not as it was written");
    }

    private static Task<string> MailToAsync(TestQueue queue, string address) =>
        new AuditHeadRecipient(queue.Database.DataSource).ChangeAsync(address, Operator.Local(), CancellationToken.None);

    private static AuditHeadKeeper Keeper(TestQueue queue, RoutingTable table) => new(
        queue.Database.DataSource, new AuditChain(queue.Database.DataSource), queue.Intake.AcceptAsync, LiveRouting.Fixed(table),
        new EventLog(queue.Database.DataSource, NullLogger<EventLog>.Instance), "post.example", TimeProvider.System, NullLogger<AuditHeadKeeper>.Instance);

    private static RoutingTable Table(TestQueue queue) => new(
        1, [], [], [new AddressSpace("SMTP", "*", 1, queue.Runtime.Name)], [new RoutedConnector(queue.Runtime.Id, queue.Runtime.Name, "smtp")], AddressBook.Empty);
}
