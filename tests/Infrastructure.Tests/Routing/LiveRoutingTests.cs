using Microsoft.Extensions.Logging.Abstractions;
using Postern.Domain.Access;
using Postern.Domain.Addresses;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Routing;

public sealed class LiveRoutingTests : IAsyncLifetime
{
    private const string Configuration =
        """
        sites: [{name: SITE1, smtpDomains: [site1.example], ccMailPostOffice: SITE1, msMailPostOffice: NET/SITE1}]
        connectors:
          - {name: out, kind: smtp, settings: {smartHosts: [mail.example]}, addressSpaces: [{type: SMTP, pattern: "*", cost: 7}]}
        entries:
          - {displayName: Jane, native: jane@home.example, proxies: [jane@site1.example, "CCMAIL:Doe, Jane at SITE1"]}
        """;

    private TestDatabase database = null!;
    private LiveRouting routing = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        routing = new LiveRouting(new RoutingLoader(database.DataSource), TimeProvider.System, NullLogger<LiveRouting>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await routing.StopAsync(default);
        routing.Dispose();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task Who_may_send_through_a_connector_is_set_checked_and_obeyed_at_once()
    {
        const string Restricted =
            """
            connectors:
              - {name: out, kind: smtp, settings: {smartHosts: [mail.example], acceptFrom: [home.example, "CCMAIL:* at SITE1"], rejectFrom: [jane@home.example]}, addressSpaces: [{type: SMTP, pattern: "*"}]}
            """;
        var file = new ConfigurationFile(database.DataSource, SettingsCatalog.Known);
        var wrong = await file.PlanAsync(Restricted.Replace("home.example,", "\"not a domain\",", StringComparison.Ordinal), default);
        (await file.ApplyAsync(Restricted, new Operator("kim", [Role.Administrator], ""), default)).Faults.ShouldBeEmpty();
        await routing.RunOnceAsync(default);

        wrong.Faults.ShouldHaveSingleItem().Text.ShouldStartWith("Connector out: Accept from: the pattern “not a domain” is not *, a domain");
        Sends("joe@home.example").ShouldBeOfType<RouteDecision.Routed>();
        Sends("jane@home.example").ShouldBeOfType<RouteDecision.Unroutable>().Reason.ShouldBe("out takes no mail from jane@home.example: it rejects jane@home.example.");
        Sends("joe@else.example").ShouldBeOfType<RouteDecision.Unroutable>().Status.ShouldBe("5.7.1");

        RouteDecision Sends(string sender) => routing.Current.ResolveFrom(MailAddress.Parse(sender), MailAddress.Parse("x@far.example"));
    }

    [Fact]
    public async Task Has_its_first_table_when_the_start_has_ended()
    {
        await ApplyAsync(Configuration);

        await routing.StartAsync(default);

        var routed = Resolve("CCMAIL:Jane Doe at site1").ShouldBeOfType<RouteDecision.Routed>();
        routed.Target.ToString().ShouldBe("jane@home.example");
        routed.Connector.Name.ShouldBe("out");
        routing.Current.Version.ShouldBe(2);
    }

    [Fact]
    public async Task Follows_a_change_long_before_the_next_look()
    {
        await routing.StartAsync(default);
        var changed = new TaskCompletionSource();
        routing.Changed += changed.SetResult;

        await ApplyAsync(Configuration);

        await changed.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Resolve("jane@site1.example").ShouldBeOfType<RouteDecision.Routed>();
    }

    [Fact]
    public async Task Notices_a_change_that_nobody_announced()
    {
        await routing.StartAsync(default);
        var changed = new TaskCompletionSource();
        routing.Changed += changed.SetResult;

        await ExecuteAsync("update configuration set version = 99");

        await changed.Task.WaitAsync(TimeSpan.FromSeconds(10));
        routing.Current.Version.ShouldBe(99);
    }

    [Fact]
    public async Task Goes_on_after_its_connection_was_cut()
    {
        await routing.StartAsync(default);
        var changed = new TaskCompletionSource();
        routing.Changed += changed.SetResult;
        await ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");

        await ExecuteAsync("update configuration set version = 99");

        await changed.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task An_address_that_cannot_be_read_stops_no_other()
    {
        await ApplyAsync(Configuration);
        await ExecuteAsync(
            """
            insert into entry (display_name) values ('Broken'), ('Homeless');
            insert into entry_address (entry_id, type, address, key, is_native) select id, 'SMTP', 'nonsense', '\x01', true from entry where display_name = 'Broken';
            insert into entry_address (entry_id, type, address, key, ordinal) select id, 'SMTP', 'broken@site1.example', '\x02', 1 from entry where display_name = 'Broken';
            insert into entry_address (entry_id, type, address, key) select id, 'SMTP', 'homeless@site1.example', '\x03' from entry where display_name = 'Homeless'
            """);

        var loaded = await new RoutingLoader(database.DataSource).LoadAsync(default);

        loaded.Faults.Count.ShouldBe(3);
        loaded.Table.Book.Count.ShouldBe(1);
        loaded.Table.Resolve(MailAddress.Parse("jane@site1.example")).ShouldBeOfType<RouteDecision.Routed>();
        loaded.Table.Resolve(MailAddress.Parse("broken@site1.example")).ShouldBeOfType<RouteDecision.Unroutable>();
    }

    private RouteDecision Resolve(string address) => routing.Current.Resolve(MailAddress.Parse(address));

    private async Task ApplyAsync(string yaml) =>
        (await new ConfigurationFile(database.DataSource, SettingsCatalog.Known).ApplyAsync(yaml, new Operator("local:tester", [Role.Administrator], ""), default)).Faults.ShouldBeEmpty();

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
