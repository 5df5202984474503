using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Tests.Routing;

public sealed class RouteTrafficTests
{
    [Fact]
    public async Task Each_home_has_what_arrived_from_there_and_what_arrived_there()
    {
        await using var house = await RoutingHouse.CreateAsync();
        await house.ExecuteAsync(
            """
            insert into message (id, accepted_at, last_id, source, sender, size) select n * 2, now(), n * 2 + 1, 'in', '', 1 from generate_series(1, 8) n;
            insert into delivery_history (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, size, state, attempts, route_version, finished_at)
                 select n * 2 + 1, n * 2, n * 2 + 1, n * 2 + 1, now() - age, 1, 'x', recipient, sender, 1, state::delivery_state, 1, 1, now()
                   from (values (1, 'MS:HARBOR/PIER2/BOB', 'ann@Site1.Example', 'delivered', interval '1 day'),
                                (2, 'ann@site1.example', 'MS:harbor/pier2/BOB', 'delivered', interval '1 day'),
                                (3, 'CCMAIL:Novak, Petra at the pier at SALES', '"a@b"@münchen.example', 'delivered', interval '2 days'),
                                (4, 'MS:HARBOR/PIER2/BOB', 'ann@site1.example', 'bounced', interval '1 day'),
                                (5, 'MS:HARBOR/PIER2/BOB', 'ann@site1.example', 'delivered', interval '8 days'),
                                (6, 'ann@site1.example', '', 'delivered', interval '1 hour'),
                                (7, 'ann@site1.example', 'nonsense', 'delivered', interval '1 hour')) m (n, recipient, sender, state, age)
            """);

        var homes = await new RouteTraffic(house.Database.DataSource).HomesAsync(TimeSpan.FromDays(7), CancellationToken.None);

        homes.ShouldBe(
            new Dictionary<string, long> { ["MS:HARBOR/PIER2"] = 2, ["SMTP:site1.example"] = 4, ["CCMAIL:SALES"] = 1, ["SMTP:xn--mnchen-3ya.example"] = 1, ["SMTP:nonsense"] = 1 },
            ignoreOrder: true);
    }
}
