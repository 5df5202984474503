using System.Text;
using Postern.Domain.Access;
using Postern.Domain.Addresses;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Browser.Tests.Support;

/// <summary>Fills a queue with a working day of a harbour: several connectors, all states, all ages, books that balance.</summary>
/// <remarks>Messages come in by the intake; time and fate are then written into the rows, as no test waits two days.</remarks>
public static partial class ExampleMail
{
    private static readonly string[] People =
    [
        "Brandt, Uwe", "Novak, Petra", "Keane, Orla", "Mbeki, Thandi", "Forsberg, Nils", "Ortiz, Carmen", "Yamada, Ken", "Lowe, Patrick", "Haddad, Rami", "Silva, Marta",
    ];

    private static readonly string[] Senders =
    [
        "orders@harbour-supply.example", "a.lindqvist@site2.example", "noreply@customs.example", "j.marsh@northquay.example", "t.nilsen@site2.example",
        "claims@seaguard.example", "purchasing@site1.example", "CCMAIL:Delgado, Rosa at WAREHSE", "MS:HARBOR/PIER1/DBAUER", "surveys@classbureau.example",
    ];

    private static readonly string[] Subjects =
    [
        "Order 88213, mooring lines", "Crane 4 inspection, revised drawings", "Berth plan for Tuesday", "Manifest accepted, MRN 26DE7741", "Re: pallet count shed 9",
        "Shift list week 48", "Claim 5521, photographs", "Gate pass for the surveyor", "Price list winter 2026", "Re: Re: reefer sockets", "Inventory WAREHSE, November",
        "Survey certificate, M/V Aurora", "Fender repair, offer", "Minutes of the yard meeting", "Booking 7712 confirmed", "Pilot times week 48",
    ];

    /// <summary>About 330 deliveries that wait and 200 that are past.</summary>
    public static async Task FillAsync(TestQueue queue)
    {
        await queue.ExecuteAsync(ConfigurationSql);
        var connectors = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var name in new[] { "smtp-backbone", "smtp-partners", "ccmail-sales", "ccmail-aurora" })
        {
            connectors[name] = await queue.ScalarAsync<long>($"select id from connector where name = '{name}'");
        }

        var tasks = new List<Task>();
        for (var i = 0; i < 500; i++)
        {
            var (name, destination, recipient) = Where(i);
            tasks.Add(queue.AcceptAsync(Plain(queue, i, new RoutedConnector(connectors[name], name, name.Split('-')[0]), destination, recipient)));
        }

        await Task.WhenAll(tasks);
        await queue.ExecuteAsync(FateSql);
        await queue.ExecuteAsync(LedgerSql);
    }

    /// <summary>One message to two recipients, with attachments, non-ASCII text and losses on the way to SALES; returns its id.</summary>
    public static async Task<long> CraneAsync(TestQueue queue)
    {
        var sales = await queue.ScalarAsync<long>("select id from connector where name = 'ccmail-sales'");
        var backbone = await queue.ScalarAsync<long>("select id from connector where name = 'smtp-backbone'");
        var id = await queue.AcceptAsync(queue.Message("Crane 4 inspection, revised drawings", "archive@site2.example") with
        {
            Source = "default",
            Peer = "mx3.site2.example [192.0.2.44]",
            Sender = MailAddress.Parse("a.lindqvist@site2.example"),
            HeaderId = "7f31c2@site2.example",
            Content = MessageContent.FromMemory(Encoding.UTF8.GetBytes(Crane)),
            Recipients =
            [
                To(new RoutedConnector(sales, "ccmail-sales", "ccmail"), "SALES", "CCMAIL:Brandt, Uwe at SALES"),
                To(new RoutedConnector(backbone, "smtp-backbone", "smtp"), "relay-a.example", "archive@site2.example"),
                To(new RoutedConnector(backbone, "smtp-backbone", "smtp"), "relay-a.example", "olduser@site2.example"),
            ],
        });
        await queue.ExecuteAsync(CraneSql(id));
        await queue.ExecuteAsync(LedgerSql);
        return id;
    }

    /// <summary>A message that tries everything a sender can try against whoever looks at it; returns its id.</summary>
    public static async Task<long> HostileAsync(TestQueue queue)
    {
        var longLocal = new string('x', 64);
        var id = await queue.AcceptAsync(queue.Message("x", $"{longLocal}@a-domain-with-a-very-long-name-that-goes-on.example") with
        {
            Sender = MailAddress.Parse("\"<script>alert(1)</script>\"@evil.example"),
            Subject = "\u202Egnp.exe \u05E9\u05DC\u05D5\u05DD <img src=x onerror=alert(1)> " + new string('W', 430),
            HeaderId = "\"><script>alert(2)</script>@evil.example",
            Peer = "<b>evil</b>.example [203.0.113.9]",
            Content = MessageContent.FromMemory(Encoding.UTF8.GetBytes(Hostile)),
        });
        await queue.ExecuteAsync($"update delivery set attempts = 3, reason = '<script>alert(3)</script> \u202E refused', reply = '451 <img src=http://tracker.example/r.png> later', first_attempt_at = now(), last_attempt_at = now(), due_at = now() + interval '9 minutes' where message_id = {id}");
        return id;
    }

    /// <summary>What operators have done to it, and one thing that waits for a second of them.</summary>
    public static async Task OperationsAsync(TestQueue queue)
    {
        await RunAsync(new DeliveryAct(DeliveryVerb.Prioritise) { Priority = DeliveryPriority.High }, QueueFilter.Waiting with { Connector = "ccmail-sales" }, "m.keller", "the ship leaves at noon");
        var held = await RunAsync(DeliveryVerb.Hold, QueueFilter.Waiting with { Connector = "smtp-partners" }, "t.braun", "their relay moves tonight");
        await queue.Undo.RunAsync(held, new Operator("m.keller", [Role.Operator], ""), null, CancellationToken.None);
        await queue.ExecuteAsync("update configuration set confirm_over = 10");
        await RunAsync(DeliveryVerb.Remove, QueueFilter.Waiting with { Connector = "ccmail-aurora" }, "t.braun", "AURORA was scrapped; her owners know");
        await queue.ExecuteAsync("update configuration set confirm_over = 500");

        async Task<long> RunAsync(DeliveryAct act, QueueFilter filter, string name, string reason)
        {
            var started = await queue.Operations.StartAsync(act, filter, new Operator(name, [Role.Operator], reason), CancellationToken.None);
            return (await queue.Operations.RunAsync(started.Id, null, CancellationToken.None)).Id;
        }
    }

    /// <summary>Six messages whose attachment is damaged, set aside for one cause; returns the id of the last delivery.</summary>
    public static async Task<long> PoisonAsync(TestQueue queue)
    {
        var sales = new RoutedConnector(await queue.ScalarAsync<long>("select id from connector where name = 'ccmail-sales'"), "ccmail-sales", "ccmail");
        await queue.ExecuteAsync("""update connector set settings = settings || '{"importProgram": ["IMPORT.EXE"], "exportProgram": ["EXPORT.EXE"]}' where name = 'ccmail-sales'""");
        long id = 0;
        for (var i = 0; i < 6; i++)
        {
            id = await queue.AcceptAsync(queue.Message($"Inventory shed {i + 4}, recount", "x@y.example") with
            {
                Sender = MailAddress.Parse("orders@ropeworks.example"),
                Content = MessageContent.FromMemory(Encoding.Latin1.GetBytes(Poison.Replace("shed 9", $"shed {i + 4}", StringComparison.Ordinal))),
                Recipients = [To(sales, "SALES", $"CCMAIL:{People[i]} at SALES")],
            });
        }

        await queue.ExecuteAsync($"update delivery set state = 'quarantined', attempts = 1, status = '5.6.0', reason = 'The message could not be converted to cc:Mail: An item announced ' || 2000 + id || ' bytes and wrote ' || 1000 + id || '.', first_attempt_at = now(), last_attempt_at = now() - id % 90 * interval '1 minute' where subject like 'Inventory shed %, recount'");
        return id + 1;
    }

    private static IncomingMessage Plain(TestQueue queue, int i, RoutedConnector connector, string destination, string recipient) =>
        queue.Message(Subjects[i % Subjects.Length], "x@y.example") with
        {
            Source = "default",
            Peer = "mx1.site2.example [192.0.2.41]",
            Sender = MailAddress.Parse(Senders[i * 7 % Senders.Length]),
            HeaderId = $"m{i}.{i * 7919 % 100003}@site2.example",
            Recipients = [To(connector, destination, recipient)],
        };

    private static (string Connector, string Destination, string Recipient) Where(int i) => (i % 10) switch
    {
        < 4 => ("ccmail-sales", "SALES", $"CCMAIL:{People[i * 3 % People.Length]} at SALES"),
        4 => ("ccmail-aurora", "AURORA", $"CCMAIL:{People[i % People.Length]} at AURORA"),
        5 or 6 => ("smtp-partners", "mx.partner.example", $"info{i % 17}@partner.example"),
        _ => ("smtp-backbone", "relay-a.example", $"{People[i % People.Length].Split(',')[0].ToLowerInvariant()}@site2.example"),
    };

    private static IncomingRecipient To(RoutedConnector connector, string destination, string recipient) =>
        new(new RouteDecision.Routed(connector, MailAddress.Parse(recipient), destination, true, []), recipient);
}
