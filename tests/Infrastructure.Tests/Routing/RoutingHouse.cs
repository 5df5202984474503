using Postern.Domain.Access;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Routing;

/// <summary>The harbour of Q199534 in a database of its own: PIER1 is reached directly, PIER2 via PIER1, two sites stand behind Postern.</summary>
internal sealed class RoutingHouse : IAsyncDisposable
{
    public const string Pier1 = "MS:HARBOR/PIER1";
    public const string Pier2 = "MS:HARBOR/PIER2";
    public const string Site1 = "MS:CORP/SITE1";
    public const string Site2 = "MS:CORP/SITE2";

    private const string Configuration =
        """
        sites:
          - {name: SITE1, smtpDomains: [site1.example], msMailPostOffice: CORP/SITE1}
          - {name: SITE2, smtpDomains: [site2.example], msMailPostOffice: CORP/SITE2}
        connectors:
          - {name: smart, kind: smtp, settings: {smartHosts: [mail.example]}, addressSpaces: [{type: SMTP, pattern: "*"}]}
        entries:
          - {displayName: Jane, native: jane@mail.example, proxies: [jane@site1.example, MS:CORP/SITE1/JANE]}
          - {displayName: Joe, native: joe@mail.example, proxies: [joe@site2.example, MS:CORP/SITE2/JOE]}
          - {displayName: Ann, native: MS:HARBOR/PIER1/ANN, proxies: [ann@site1.example]}
          - {displayName: Bob, native: MS:HARBOR/PIER2/BOB, proxies: [bob@site1.example]}
        """;

    // The connector of the piers is stored as it would be: what it needs to run is not needed here.
    private const string Piers =
        """
        insert into connector (name, kind, settings, desired_state) values ('pier', 'msmail', '{"siteName": "CORP/SITE1"}', 'stopped');
        insert into post_office (system, name, connector_id) select 'MS', 'HARBOR/PIER1', id from connector where name = 'pier';
        insert into post_office (system, name, via_id) select 'MS', 'HARBOR/PIER2', id from post_office where name = 'HARBOR/PIER1';
        update configuration set version = version + 1
        """;

    private RoutingHouse(TestDatabase database)
    {
        Database = database;
        var source = database.DataSource;
        Models = new RouteModels(source, new RoutingLoader(source), LiveRouting.Fixed(RoutingTable.Empty));
        Knowledge = new RouteKnowledge(source, Models, TimeProvider.System);
        Sheets = new ChangeSheets(source, Models);
        Gate = new PublicationGate(source, Models);
        Drafts = new RouteDrafts(source, Models, SettingsCatalog.Known);
        Activations = new RouteActivations(source, Models, Drafts, SettingsCatalog.Known);
    }

    public static Operator Kim { get; } = new("kim", [Role.RoutingEditor], "the pier moves");

    public static Operator Lee { get; } = new("lee", [Role.RoutingEditor], "");

    public static Operator Admin { get; } = new("admin", [Role.Administrator], "they have to write to each other today");

    public TestDatabase Database { get; }

    public RouteModels Models { get; }

    public RouteKnowledge Knowledge { get; }

    public ChangeSheets Sheets { get; }

    public PublicationGate Gate { get; }

    public RouteDrafts Drafts { get; }

    public RouteActivations Activations { get; }

    public static async Task<RoutingHouse> CreateAsync(TestDatabase? database = null)
    {
        var house = new RoutingHouse(database ?? await TestDatabase.CreateAsync());
        await house.ApplyAsync(Configuration);
        await house.ExecuteAsync(Piers);
        return house;
    }

    /// <summary>Applies a text whatever mail loses by it.</summary>
    public async Task ApplyAsync(string yaml)
    {
        var result = await new ConfigurationFile(Database.DataSource, SettingsCatalog.Known).ApplyWithLossAsync(yaml, Admin, default);
        result.Faults.ShouldBeEmpty();
        result.Refusal.ShouldBeEmpty();
    }

    public async Task<RouteState> StateAsync() => await Models.CurrentAsync(default);

    /// <summary>Everything that a post office must know.</summary>
    public async Task<IReadOnlyList<Definition>> NeedsAsync(string postOffice) => [.. (await StateAsync()).RequiredOf(postOffice).Select(row => row.Needed.Definition)];

    /// <summary>All definitions of both piers are confirmed but those that lead to these names.</summary>
    public async Task ConfirmAllButAsync(params string[] left)
    {
        IReadOnlyList<Definition> needed = [.. await NeedsAsync(Pier1), .. await NeedsAsync(Pier2)];
        (await Knowledge.ConfirmAsync([.. needed.Where(row => !left.Contains($"{row.Owner} {row.Destination}"))], Kim, default)).IsDone.ShouldBeTrue();
    }

    public async Task<RouteDraft> DraftAsync(string name, Func<RouteSet, RouteSet> change)
    {
        var draft = (await Drafts.CreateAsync(name, Kim, default)).Draft.ShouldNotBeNull();
        return (await Drafts.SaveAsync(draft, change(draft.Content), Kim, default)).Draft.ShouldNotBeNull();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync()
    {
        Models.Dispose();
        return Database.DisposeAsync();
    }
}
