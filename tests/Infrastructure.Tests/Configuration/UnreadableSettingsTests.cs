using Postern.Domain.Access;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Configuration;

/// <summary>Settings that somebody wrote into the database past the program, and that cannot be read.</summary>
public sealed class UnreadableSettingsTests : IAsyncLifetime
{
    private static readonly Operator Kim = new("kim", [Role.Administrator], "");

    private readonly TestFolder folder = new();
    private TestDatabase database = null!;
    private RouteModels models = null!;

    private ConfigurationEdits Edits => new(database.DataSource, SettingsCatalog.Known, KeyFile.Open(folder["key"]), models);

    private ConfigurationFile File => new(database.DataSource, SettingsCatalog.Known);

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        models = new RouteModels(database.DataSource, new RoutingLoader(database.DataSource), LiveRouting.Fixed(RoutingTable.Empty));
        (await File.ApplyAsync(
            """
            connectors:
              - name: backbone
                kind: smtp
                settings: { smartHosts: [relay.example], password: { secret: relay }, heloName: mail.example }
              - name: other
                kind: smtp
                settings: { smartHosts: [other.example] }
            listeners:
              - name: lan
                port: 2600
            """, Kim, default)).Faults.ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        models.Dispose();
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData("""{"port": "none", "smartHosts": ["relay.example"], "heloName": "mail.example"}""", "port cannot be “\"none\"”", "relay.example")]
    [InlineData("""{"smartHosts": "relay.example"}""", "smartHosts cannot be “\"relay.example\"”", "")]
    [InlineData("""[1, 2]""", "they are not names with values", "")]
    [InlineData("""null""", "they are not names with values", "")]
    public async Task One_row_is_shown_with_its_fault_and_what_could_be_read_and_the_others_are_as_they_were(string stored, string fault, string host)
    {
        await BreakAsync(stored);

        var house = await Edits.ReadAsync(default);
        var broken = house.Connectors!.Single(connector => connector.Name == "backbone");
        var rows = await new ConnectorView(database.DataSource).ListAsync(default);
        var secrets = await new SecretNames(database.DataSource).ListAsync(default);

        broken.Unreadable.ShouldBe($"The stored settings of the connector backbone cannot be read: {fault}. Set what is missing and save, or apply a configuration that has it.");
        broken.Settings.Contains("relay.example", StringComparison.Ordinal).ShouldBe(host.Length > 0);
        house.Connectors!.Single(connector => connector.Name == "other").ShouldSatisfyAllConditions(other => other.Unreadable.ShouldBe(""), other => other.Settings.ShouldContain("other.example"));
        house.Listeners!.ShouldHaveSingleItem().Unreadable.ShouldBe("");
        rows.Select(row => row.SettingsFault).ShouldBe([fault, ""]);
        secrets.ShouldBeEmpty();
    }

    [Fact]
    public async Task Others_are_saved_beside_it_and_it_is_mended_by_saving_it()
    {
        await BreakAsync("""{"port": "none", "smartHosts": ["relay.example"]}""");
        var house = await Edits.ReadAsync(default);
        var (broken, other) = (house.Connectors!.Single(connector => connector.Name == "backbone"), house.Connectors!.Single(connector => connector.Name == "other"));

        var beside = await Edits.SaveAsync(Draft("other", "new.example"), other, new Dictionary<string, string>(), false, Kim, default);
        var untouched = await StoredAsync();
        var mended = await Edits.SaveAsync(Draft("backbone", "relay.example"), broken, new Dictionary<string, string>(), false, Kim, default);

        (beside.IsDone, mended.IsDone).ShouldBe((true, true));
        untouched.ShouldContain("none");
        mended.Differences.ShouldContain("~ connector backbone: settings (cannot be read) → (none)");
        (await Edits.ReadAsync(default)).Connectors!.ShouldAllBe(connector => connector.Unreadable.Length == 0);
        (await StoredAsync()).ShouldBe("""{"smartHosts": ["relay.example"]}""");
    }

    [Fact]
    public async Task A_text_without_it_is_never_written_and_one_that_has_it_mends_it()
    {
        await BreakAsync("[]");

        (await Should.ThrowAsync<InvalidDataException>(() => File.ExportAsync(default))).Message.ShouldStartWith("The stored settings of the connector backbone cannot be read");
        (await File.PlanAsync("sites: [{ name: HOME }]", default)).Differences.ShouldBe(["+ site HOME"]);
        (await File.ApplyAsync("sites: [{ name: HOME }]", Kim, default)).IsValid.ShouldBeTrue();
        (await StoredAsync()).ShouldBe("[]");
        (await File.ApplyAsync(
            "connectors: [{ name: backbone, kind: smtp, settings: { smartHosts: [relay.example] } }, { name: other, kind: smtp, settings: { smartHosts: [other.example] } }]", Kim, default))
            .Differences.ShouldContain("~ connector backbone: settings (cannot be read) → (none)");
        (await File.ExportAsync(default)).ShouldContain("relay.example");
    }

    private async Task BreakAsync(string json)
    {
        await using var command = database.DataSource.CreateCommand("update connector set settings = $1::jsonb where name = 'backbone'");
        command.Parameters.Add(new() { Value = json });
        await command.ExecuteNonQueryAsync();
    }

    private async Task<string> StoredAsync()
    {
        await using var command = database.DataSource.CreateCommand("select settings::text from connector where name = 'backbone'");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static ItemDraft Draft(string name, string host) => new(
        ItemDraft.Connectors,
        [new DraftValue("kind", "smtp"), new DraftValue("name", name), new DraftValue("settings.smartHosts", host, SettingForm.Lines)],
        []);
}
