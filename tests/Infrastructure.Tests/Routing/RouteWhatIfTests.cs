using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Tests.Routing;

/// <summary>What a draft would do to real traffic, against looking at every delivery one by one.</summary>
public sealed class RouteWhatIfTests : IAsyncLifetime
{
    // Two thousand past deliveries of the last four days and three hundred waiting ones, to forty addresses in eight places.
    private const string Traffic =
        """
        select setseed(0.5);
        create temporary table mail as
          select n as id, n <= 2000 as is_past, now() - (case when n <= 2000 then n % 5 else 0 end) * interval '1 day' as accepted_at,
                 case when random() < 0.2 then 'smart' else 'in' end as source,
                 (array['a@far.example', 'b@partner.example', 'c@old.example', 'MS:HARBOR/PIER1/ANN', 'MS:HARBOR/PIER2/BOB', 'MS:HARBOR/PIER4/EVE', 'nobody@site1.example', 'ann@site1.example'])[1 + floor(random() * 8)::int] as recipient
            from generate_series(1, 2300) n;
        insert into message (id, accepted_at, last_id, source, sender, size) select id * 2, accepted_at, id * 2 + 1, source, 'x@y.example', 1 from mail;
        insert into delivery_history (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, size, state, attempts, route_version, finished_at)
             select id * 2 + 1, id * 2, id * 2 + 1, id * 2 + 1, accepted_at, 1, 'smart', recipient, 'x@y.example', 1, 'delivered', 1, 1, now() from mail where is_past;
        insert into delivery (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, size, state, due_at, expires_at, route_version)
             select id * 2 + 1, id * 2, id * 2 + 1, id * 2 + 1, accepted_at, 1, 'smart', recipient, 'x@y.example', 1, 'queued', now(), now(), 1 from mail where not is_past;
        """;

    private RoutingHouse house = null!;

    public async ValueTask InitializeAsync()
    {
        house = await RoutingHouse.CreateAsync();
        await house.ExecuteAsync(Traffic);
    }

    public ValueTask DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task Its_counts_are_those_of_looking_at_each_delivery()
    {
        var active = (await house.StateAsync()).Model.Table;
        // partner.example gets a way of its own, far and old lose theirs, PIER4 begins to be known, PIER2 goes.
        var other = (RouteSet.Of(active) with { Spaces = [new AddressSpace("SMTP", "partner.example", 1, "second"), new AddressSpace("SMTP", "mail.example", 1, "smart")] })
            .With(new PostOffice("MS", "HARBOR/PIER4", "pier", "")).Without(RouteItemKind.PostOffice, RoutingHouse.Pier2);
        RoutingTable draft = new(2, other.Sites, other.PostOffices, other.Spaces, [.. active.Connectors, new RoutedConnector(99, "second", "smtp")], active.Book);
        var told = new List<WhatIfProgress>();

        var result = await new RouteWhatIf(house.Database.DataSource).RunAsync(active, draft, TimeSpan.FromDays(3.5), told.Add, default);

        var expected = await BruteForceAsync(active, draft);
        result.Ways.Select(way => (way.Kind, way.Before, way.After, way.Past, way.Queued)).ShouldBe(expected, ignoreOrder: true);
        result.Ways.Select(way => way.Kind).Distinct().Count().ShouldBe(3);
        (result.Past, result.Queued, result.IsWhole).ShouldBe((1600, 300, true));
        result.Addresses.Sum(line => line.Past + line.Queued).ShouldBe(result.Ways.Sum(way => way.Past + way.Queued));
        result.Ways.Sum(way => way.Addresses).ShouldBe(result.Addresses.Count);
        result.Addresses.Select(line => line.Past + line.Queued).ShouldBeInOrder(SortDirection.Descending);
    }

    [Fact]
    public async Task A_draft_that_changes_nothing_changes_no_mail()
    {
        var table = (await house.StateAsync()).Model.Table;

        var result = await new RouteWhatIf(house.Database.DataSource).RunAsync(table, RouteSet.Of(table).Over(table, 9), TimeSpan.FromDays(9), null, default);

        (result.Ways.Count, result.Addresses.Count, result.Past).ShouldBe((0, 0, 2000));
    }

    private async Task<List<(WhatIfKind, string, string, long, long)>> BruteForceAsync(RoutingTable active, RoutingTable draft)
    {
        var ways = new Dictionary<(WhatIfKind, string, string), (long Past, long Queued)>();
        await using var command = house.Database.DataSource.CreateCommand(
            """
            select h.recipient, m.source, true from delivery_history h join message m on m.id = h.message_id and m.accepted_at = h.accepted_at where h.accepted_at > now() - interval '84 hours'
            union all
            select d.recipient, m.source, false from delivery d join message m on m.id = d.message_id
            """);
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            var address = MailAddress.Parse(row.GetString(0));
            var (was, becomes) = (active.Resolve(address, row.GetString(1)), draft.Resolve(address, row.GetString(1)));
            var (before, after) = (Told(was), Told(becomes));
            if (before != after && (was is RouteDecision.Routed || becomes is RouteDecision.Routed))
            {
                var kind = was is not RouteDecision.Routed ? WhatIfKind.Begins : becomes is not RouteDecision.Routed ? WhatIfKind.Stops : WhatIfKind.OtherPath;
                var (past, queued) = ways.GetValueOrDefault((kind, before, after));
                ways[(kind, before, after)] = row.GetBoolean(2) ? (past + 1, queued) : (past, queued + 1);
            }
        }

        return [.. ways.Select(way => (way.Key.Item1, way.Key.Item2, way.Key.Item3, way.Value.Past, way.Value.Queued))];
    }

    private static string Told(RouteDecision decision) => decision switch
    {
        RouteDecision.Routed routed => $"{routed.Connector.Name} to {routed.Destination}",
        RouteDecision.Unroutable { Status: "5.1.1" } => "unknown recipient",
        RouteDecision.Unroutable no => no.Reason,
        _ => "",
    };
}
