using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Access;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.Support;
using Postern.Infrastructure.Watch.Canaries;

namespace Postern.Infrastructure.Tests.Watch;

/// <summary>Canaries that show what post offices know: PIER1 is reached directly, PIER2 through it, and people at both see people of two sites.</summary>
[Trait("source", "Q199534")]
public sealed class CanaryWayTests : IAsyncLifetime
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(n => (byte)(n * 5))];

    private readonly RoutingTable table = new(
        1,
        [new Site("SITE1", ["site1.example"], "", "CORP", "SITE1"), new Site("SITE2", ["site2.example"], "", "CORP", "SITE2")],
        [new PostOffice("MS", "HARBOR/PIER1", "smtp-test", ""), new PostOffice("MS", "HARBOR/PIER2", "", "HARBOR/PIER1")],
        [new AddressSpace("SMTP", "*", 1, "smart")],
        [new RoutedConnector(1, "smtp-test", "msmail") { KnownAs = "CORP/SITE1" }, new RoutedConnector(2, "smart", "smtp")],
        new AddressBook([Person("jane@mail.example", "MS:CORP/SITE1/JANE"), Person("joe@mail.example", "MS:CORP/SITE2/JOE"), Person("MS:HARBOR/PIER2/BOB", "bob@site1.example")]))
    {
        CanaryKey = Key,
    };

    private TestQueue queue = null!;
    private CanaryKeeper keeper = null!;
    private RouteModels models = null!;
    private RouteKeeper signs = null!;

    public async ValueTask InitializeAsync()
    {
        queue = await TestQueue.CreateAsync(new ScriptedConnector(_ => ScriptedConnector.Taken), table);
        await queue.StartAsync();
        await queue.ExecuteAsync("""update connector set kind = 'msmail', settings = '{"canary": {"recipient": "MS:HARBOR/PIER1/NOBODY"}}'""");
        var (source, routing) = (queue.Database.DataSource, LiveRouting.Fixed(table));
        models = new RouteModels(source, new RoutingLoader(source), routing);
        var connector = new CanaryConnector(source, queue.Contents, routing);
        keeper = new CanaryKeeper(source, connector, queue.Dispatcher, queue.Intake.AcceptAsync, routing, models, TimeProvider.System, NullLogger<CanaryKeeper>.Instance);
        signs = new RouteKeeper(
            source, routing, queue.Operations, new RouteKnowledge(source, models, TimeProvider.System), TimeProvider.System, NullLogger<RouteKeeper>.Instance);
        queue.Dispatcher.Attach(connector.Runtime);
    }

    public async ValueTask DisposeAsync()
    {
        keeper.Dispose();
        signs.Dispose();
        models.Dispose();
        await queue.DisposeAsync();
    }

    [Fact]
    public async Task Each_way_that_nothing_has_shown_is_tried_from_the_site_concerned_and_only_until_it_is_shown()
    {
        (await keeper.RunOnceAsync(default)).ShouldBe(4);
        (await keeper.RunOnceAsync(default)).ShouldBe(0);
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 4);
        (await SentAsync()).ShouldBe(["HARBOR/PIER1 from site1", "HARBOR/PIER1 from site2", "HARBOR/PIER2 from site1", "HARBOR/PIER2 from site2"]);

        await ReportAsync("HARBOR/PIER1", "site2", by: "HARBOR/PIER1");
        (await signs.SeeAsync(default)).ShouldBe(1);
        (await KnownAsync()).ShouldBe(["at HARBOR/PIER1: CORP/SITE2, indirect via CORP/SITE1 Confirmed Canary"]);

        await AgeAsync();
        (await keeper.RunOnceAsync(default)).ShouldBe(3, "the way that is shown is not tried again");
        (await SentAsync(skip: 4)).ShouldBe(["HARBOR/PIER1 from site1", "HARBOR/PIER2 from site1", "HARBOR/PIER2 from site2"]);
    }

    [Fact]
    public async Task A_report_of_a_post_office_on_the_way_shows_nothing_of_the_one_behind_it()
    {
        await keeper.RunOnceAsync(default);
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 4);

        await ReportAsync("HARBOR/PIER2", "site2", by: "HARBOR/PIER1");
        await signs.SeeAsync(default);
        (await KnownAsync()).ShouldBeEmpty();

        await ReportAsync("HARBOR/PIER2", "site1", by: "HARBOR/PIER2");
        await signs.SeeAsync(default);
        (await KnownAsync()).ShouldBe(
        [
            "at HARBOR/PIER1: CORP/SITE1, direct Confirmed Canary", "at HARBOR/PIER1: HARBOR/PIER2, direct Confirmed Canary",
            "at HARBOR/PIER2: CORP/SITE1, indirect via HARBOR/PIER1 Confirmed Canary",
        ]);
    }

    [Fact]
    public async Task One_that_is_lost_on_a_way_that_nothing_has_shown_is_no_alarm_and_who_asks_for_one_tries_all_ways_again()
    {
        await keeper.RunOnceAsync(default);
        await queue.UntilAsync("select count(*) from delivery_history where state = 'delivered'", 4);
        await ReportAsync("HARBOR/PIER1", "site1", by: "HARBOR/PIER1");

        var row = (await new CanaryView(queue.Database.DataSource).ListAsync(default)).ShouldHaveSingleItem();
        (row.Missing, row.BackAt.HasValue).ShouldBe((null, true), "three others have not come back");
        await signs.SeeAsync(default);
        (await new ConnectorActions(queue.Database.DataSource).SendCanaryAsync("smtp-test", new Operator("kim", [Role.Operator], ""), default)).ShouldBe("");
        (await keeper.RunOnceAsync(default)).ShouldBe(4);
        (await keeper.RunOnceAsync(default)).ShouldBe(0, "the wish is fulfilled");
    }

    private static Entry Person(string native, string proxy) => new(0, native, EntryKind.Person, MailAddress.Parse(native), [MailAddress.Parse(proxy)]);

    private Task AgeAsync() => queue.ExecuteAsync("update canary set sent_at = sent_at - interval '16 minutes'");

    // In the order in which they may be sent: the connector's own, then those to near post offices.
    private async Task<string[]> SentAsync(int skip = 0) => (await queue.ScalarAsync<string[]>(
        """
        select coalesce(array_agg(substring(c.recipient from 'MS:(.*)/NOBODY') || ' from ' || substring(m.sender from '@(.*)\.example') order by c.id), '{}')
          from canary c join message m on m.id = c.message_id
        """)).Skip(skip).Order(StringComparer.Ordinal).ToArray();

    private async Task<string[]> KnownAsync() => [.. (await models.CurrentAsync(default)).Rows.Select(row => $"{row.Definition} {row.State} {row.Proof}")];

    private async Task ReportAsync(string postOffice, string site, string by)
    {
        var to = await queue.ScalarAsync<string>($"select sender from canary c join message m on m.id = c.message_id where c.recipient = 'MS:{postOffice}/NOBODY' and sender like '%@{site}.example'");
        var text = $"From: POSTMASTER <x@site1.example>\r\nTo: {to}\r\nSubject: Mail failure\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
            + $"--b\r\nContent-Type: text/plain\r\n\r\n[002]\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: x-ms; CSI:{by}/POSTMASTER\r\n\r\n"
            + $"Final-Recipient: x-ms; {postOffice}/NOBODY\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n";
        var before = await queue.ScalarAsync<long>("select count(*) from canary where way = 'returned'");
        await queue.AcceptAsync(new IncomingMessage
        {
            Source = "smtp-test",
            Sender = null,
            Recipients = [new IncomingRecipient(table.Resolve(MailAddress.Parse(to)).ShouldBeOfType<RouteDecision.Routed>(), to)],
            Content = MessageContent.FromMemory(Encoding.ASCII.GetBytes(text)),
        });
        await queue.UntilAsync("select count(*) from canary where way = 'returned'", before + 1);
    }
}
