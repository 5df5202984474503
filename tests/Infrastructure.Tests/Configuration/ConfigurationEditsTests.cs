using Postern.Domain.Access;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Configuration;

public sealed class ConfigurationEditsTests : IAsyncLifetime
{
    private static readonly Operator Kim = new("kim", [Role.Administrator], "for the move");
    private static readonly Operator Braun = new("t.braun", [Role.Administrator], "");
    private static readonly IReadOnlyDictionary<string, string> NoSecrets = new Dictionary<string, string>();

    private readonly TestFolder folder = new();
    private TestDatabase database = null!;
    private RouteModels models = null!;

    private KeyFile Key => KeyFile.Open(folder["key"]);

    private ConfigurationEdits Edits => new(database.DataSource, SettingsCatalog.Known, Key, models);

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        models = new RouteModels(database.DataSource, new RoutingLoader(database.DataSource), LiveRouting.Fixed(RoutingTable.Empty));
        (await new ConfigurationFile(database.DataSource, SettingsCatalog.Known).ApplyAsync(
            """
            sites:
              - {name: SITE1, smtpDomains: [site1.example], ccMailPostOffice: SITE1}
            connectors:
              - name: backbone
                kind: smtp
                addressSpaces: [{type: SMTP, pattern: "*", cost: 10}]
                settings: { smartHosts: [relay.example] }
              - {name: sales, kind: ccmail, settings: {postOfficeName: SALES, siteName: SITE1}}
            postOffices:
              - {system: CCMAIL, name: SALES, connector: sales}
              - {system: CCMAIL, name: PLANT2, via: SALES}
            """, Kim, default)).Faults.ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        models.Dispose();
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_connector_is_added_with_its_password_in_one_version_with_one_audit_row_each()
    {
        var before = await VersionAsync();

        var result = await Edits.SaveAsync(
            Smtp("second", ("settings.smartHosts", "relay2.example:587", SettingForm.Lines), ("settings.userName", "postern", SettingForm.Text),
                ("settings.password", "second-password", SettingForm.Secret)),
            null, new Dictionary<string, string> { ["second-password"] = "hidden" }, false, Kim, default);

        result.Faults.ShouldBeEmpty();
        result.Notes.ShouldBeEmpty();
        (await VersionAsync()).ShouldBe(before + 1);
        (await new SecretStore(database.DataSource, Key).GetAsync("second-password", default)).ShouldBe("hidden");
        (await TextAsync("select string_agg(verb || ' ' || target || ' ' || reason, '; ' order by id) from (select * from audit order by id desc limit 2) last"))
            .ShouldBe("set secret second-password for the move; add connector second for the move");
        (await TextAsync("select string_agg(details::text, '') from audit")).ShouldNotContain("hidden");
    }

    [Fact]
    [Trait("source", "Q166520")]
    public async Task Each_fault_is_told_at_its_field_in_the_words_of_the_text_and_nothing_is_saved()
    {
        var draft = Smtp("Second!", ("settings.firstRetry", "soon", SettingForm.Time), ("settings.timeouts.connect", "x", SettingForm.Time)) with
        {
            Spaces = [new DraftSpace("SMTP", "*", "10"), new DraftSpace("SMTP", "not a domain", "500")],
        };

        var result = await Edits.SaveAsync(draft, null, NoSecrets, false, Kim, default);

        result.IsDone.ShouldBeFalse();
        result.Faults.Where(fault => fault.Path.StartsWith("settings", StringComparison.Ordinal)).ShouldBe(
        [
            new DraftFault("settings.firstRetry", "FirstRetry is “soon”; a time is written as 90s, 15m, 4h or 5d."),
            new DraftFault("settings.timeouts.connect", "Connect is “x”; a time is written as 90s, 15m, 4h or 5d."),
        ]);
        result.Faults.Count(fault => fault.Path == "addressSpaces[1]").ShouldBe(2);
        (await ConnectorAsync("second")).ShouldBeNull();
    }

    [Fact]
    public async Task What_somebody_else_saved_meanwhile_is_handed_back_and_not_written_over()
    {
        var opened = (await ConnectorAsync("backbone"))!;
        var theirs = Smtp("backbone", ("settings.smartHosts", "relay.example", SettingForm.Lines), ("settings.connections", "5", SettingForm.Number)) with { Spaces = [new DraftSpace("SMTP", "*", "10")] };
        (await Edits.SaveAsync(theirs, opened, NoSecrets, false, Braun, default)).IsDone.ShouldBeTrue();

        var mine = Smtp("backbone", ("settings.smartHosts", "other.example", SettingForm.Lines)) with { Spaces = [new DraftSpace("SMTP", "*", "10")] };
        var result = await Edits.SaveAsync(mine, opened, NoSecrets, false, Kim, default);

        result.IsDone.ShouldBeFalse();
        var conflict = result.Conflict.ShouldNotBeNull();
        conflict.Who.ShouldBe("t.braun");
        conflict.Theirs.ShouldBeOfType<ConnectorItem>().Settings.ShouldContain("\"connections\":5");
        (await ConnectorAsync("backbone"))!.Settings.ShouldNotContain("other.example");
        (await Edits.SaveAsync(mine, conflict.Theirs, NoSecrets, false, Kim, default)).IsDone.ShouldBeTrue();
        (await ConnectorAsync("backbone"))!.Settings.ShouldContain("other.example");
    }

    [Fact]
    public async Task Two_who_save_at_once_do_not_both_win()
    {
        var opened = (await ConnectorAsync("backbone"))!;
        var drafts = Enumerable.Range(1, 8).Select(n => Smtp("backbone", ("settings.smartHosts", $"relay{n}.example", SettingForm.Lines)));

        var results = await Task.WhenAll(drafts.Select(draft => Edits.SaveAsync(draft, opened, NoSecrets, false, Kim, default)));

        results.Count(result => result.IsDone).ShouldBe(1);
        results.Count(result => result.Conflict is not null).ShouldBe(7);
    }

    [Fact]
    public async Task A_connector_that_something_depends_on_is_not_deleted_and_says_what()
    {
        var sales = (await ConnectorAsync("sales"))!;
        await ExecuteAsync(
            """
            insert into delivery (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, sender, size, state, due_at, expires_at, route_version)
                 select 1, 1, 1, 1, now(), id, 'SALES', 'CCMAIL:Doe, Jane at SALES', 'a@b.example', 1, 'queued', now(), now() + interval '5 days', 1 from connector where name = 'sales'
            """);

        var result = await Edits.DeleteAsync(sales, false, Kim, default);

        (result.IsDone, await Edits.DependentsAsync("sales", default)).ShouldSatisfyAllConditions(
            seen => seen.IsDone.ShouldBeFalse(),
            seen => seen.Item2.Deliveries.ShouldBe(1),
            seen => seen.Item2.PostOffices.ShouldBe(["CCMAIL:SALES"]));
        result.Faults.Select(fault => fault.Text).ShouldContain(text => text.Contains("1 deliveries wait for it", StringComparison.Ordinal) || text.Contains("not defined", StringComparison.Ordinal));
        (await ConnectorAsync("sales")).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_post_office_behind_which_others_lie_stays_and_the_last_one_goes()
    {
        var house = await Edits.ReadAsync(default);
        var (sales, plant) = (house.PostOffices!.Single(office => office.Name == "SALES"), house.PostOffices!.Single(office => office.Name == "PLANT2"));
        var editor = new Operator("r.editor", [Role.RoutingEditor], "");

        (await Edits.DeleteAsync(sales, false, editor, default)).Faults.ShouldHaveSingleItem().Text.ShouldContain("reached via SALES, which is not defined");
        (await Edits.DeleteAsync(plant, false, editor, default)).IsDone.ShouldBeTrue();
        (await Edits.DeleteAsync(sales, false, editor, default)).IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task Connectors_and_listeners_are_the_administrators_and_routing_is_the_routing_editors()
    {
        var backbone = (await ConnectorAsync("backbone"))!;
        var editor = new Operator("r.editor", [Role.RoutingEditor], "");
        var @operator = new Operator("o", [Role.Operator], "");

        await Should.ThrowAsync<RightMissingException>(() => Edits.DeleteAsync(backbone, false, editor, default));
        await Should.ThrowAsync<RightMissingException>(() => Edits.SaveAsync(Draft(ItemDraft.Listeners, ("name", "x")), null, NoSecrets, false, editor, default));
        await Should.ThrowAsync<RightMissingException>(() => Edits.SaveAsync(Draft(ItemDraft.Sites, ("name", "SITE9")), null, NoSecrets, false, @operator, default));
        await Should.ThrowAsync<RightMissingException>(() => Edits.SaveAsync(Draft(ItemDraft.Sites, ("name", "SITE9")), null, new Dictionary<string, string> { ["relay"] = "x" }, false, editor, default));
        (await Edits.SaveAsync(Draft(ItemDraft.Sites, ("name", "SITE9")), null, NoSecrets, false, editor, default)).IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task Saving_what_is_so_already_changes_no_version()
    {
        var backbone = (await ConnectorAsync("backbone"))!;
        var before = await VersionAsync();

        var result = await Edits.SaveAsync(
            Smtp("backbone", ("settings.smartHosts", "relay.example", SettingForm.Lines)) with { Spaces = [new DraftSpace("SMTP", "*", "10")] }, backbone, NoSecrets, false, Kim, default);

        (result.IsDone, result.Differences.Count, await VersionAsync()).ShouldBe((true, 0, before));
    }

    [Theory]
    [InlineData("line\nbreak: {x")]
    [InlineData("\u202Eevil \"quoted\" \\ back")]
    [InlineData("- {secret: x}\t#")]
    public async Task Hostile_values_stay_values(string text)
    {
        var result = await Edits.SaveAsync(Draft(ItemDraft.Sites, ("name", text)), null, NoSecrets, false, Kim, default);

        if (result.IsDone)
        {
            (await Edits.ReadAsync(default)).Sites!.ShouldContain(site => site.Name == text);
        }
        else
        {
            result.Faults.ShouldAllBe(fault => fault.Path == "name");
        }

        (await Edits.ReadAsync(default)).Sites!.Count.ShouldBe(result.IsDone ? 2 : 1);
    }

    [Fact]
    public void Every_setting_has_a_tab_a_label_of_its_own_and_a_meaning_or_a_default()
    {
        foreach (var shape in SettingsCatalog.Known.Kinds.Select(kind => SettingsCatalog.Known.Connector(kind)!).Append(SettingsCatalog.Known.Listener))
        {
            var fields = new SettingsGuide(shape).Fields;
            fields.ShouldAllBe(setting => setting.Meaning.Length > 0 && setting.DefaultNote.Length > 0);
            fields.Select(setting => (setting.Tab, setting.Label)).ShouldBeUnique();
            fields.Count.ShouldBeGreaterThanOrEqualTo(shape.Members.Count);
            fields.ShouldAllBe(setting => !setting.Meaning.Contains("Default ", StringComparison.Ordinal));
        }

        new SettingsGuide(SettingsCatalog.Known.Connector("ccmail")!).Fields.Single(setting => setting.Path == "secondsBeforeExport")
            .DefaultNote.ShouldBe("15, as in the original (Q168211)");
    }

    private static ItemDraft Smtp(string name, params (string Path, string Text, SettingForm Form)[] settings) => new(
        ItemDraft.Connectors,
        [new("name", name), new("kind", "smtp"), .. settings.Select(setting => new DraftValue(setting.Path, setting.Text, setting.Form))],
        []);

    private static ItemDraft Draft(string section, params (string Path, string Text)[] values) =>
        new(section, [.. values.Select(value => new DraftValue(value.Path, value.Text))], []);

    private async Task<ConnectorItem?> ConnectorAsync(string name) => (await Edits.ReadAsync(default)).Connectors!.FirstOrDefault(connector => connector.Name == name);

    private Task<long> VersionAsync() => new ConfigurationStore(database.DataSource).VersionAsync(default);

    private async Task<string> TextAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
