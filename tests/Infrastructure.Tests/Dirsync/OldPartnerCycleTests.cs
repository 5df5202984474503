using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Postern.Infrastructure.CcMail;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.CcMail;
using Postern.Infrastructure.Dirsync.MsMail;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.MsMail;
using Postern.Infrastructure.Routing;
using Postern.Infrastructure.Tests.Dirsync.CcMail;
using Postern.Infrastructure.Tests.Dirsync.MsMail;
using Postern.Infrastructure.Tests.Dirsync.Requestor;
using Postern.Infrastructure.Tests.Dirsync.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>Whole cycles with the old systems: read, plan, carried out by itself, and the next one proposes nothing.</summary>
public sealed class OldPartnerCycleTests
{
    private const string Configuration =
        """
        sites:
          - name: SITE1
            smtpDomains: [site1.example]
            ccMailPostOffice: SITE1
            msMailPostOffice: POSTERN/SITE1
        entries:
          - displayName: Anna Berg
            native: anna.berg@backbone.example
            proxies: ["CCMAIL:Berg, Anna at SITE1", "MS:POSTERN/SITE1/BERGA"]
          - displayName: Petra Novak
            native: petra.novak@backbone.example
            proxies: ["CCMAIL:Novak, P. at SITE1", "MS:POSTERN/SITE1/NOVAKP"]
        """;

    private static readonly SyncRules Rules = DirsyncHouse.Automatic with { Export = new ExportRules { NameTemplate = "%s, %g" } };

    [Fact]
    [Trait("source", "Q237588")]
    [Trait("source", "Q295753")]
    public async Task Of_SALES_everybody_comes_ours_go_there_and_a_name_that_is_taken_stays_a_collision()
    {
        await using var room = await SalesRoom.EnterAsync();
        await ConnectAsync(room.Lab.DataSource, "sales", "ccmail");
        var house = House(room.Lab.DataSource, new CcMailPartnerKind(new CcMailLinks(room.Lab.DataSource, (_, _) => room.Lab.Link)));
        var partner = await AddAsync(house.Partners, new PartnerDraft(0, "sales", "ccmail", JsonSerializer.Serialize(room.Settings, SettingsJson.Options), Rules with { OwnedHomes = ["CCMAIL:SALES"] }));

        var first = await house.Cycle.RunAsync(partner, isDry: false, default);
        var second = await house.Cycle.RunAsync(partner, isDry: false, default);

        first.Fault.ShouldBeEmpty();
        (second.Fault, second.Changes).ShouldBe(("", 0L));
        (await room.ListedAsync()).ShouldBe(["Berg, Anna"]);
        (await room.Lab.ScalarAsync<long>("select count(*) from entry where partner_id is not null")).ShouldBe(10);
        (await room.Lab.ScalarAsync<string>("select after_name from plan_row where class = 5 order by plan_id desc limit 1")).ShouldBe("Novak, Petra");
    }

    [Fact]
    public async Task Of_PIER1_everybody_comes_and_ours_stand_in_its_list()
    {
        await using var room = await PierRoom.EnterAsync();
        await ConnectAsync(room.Lab.DataSource, "pier1", "msmail");
        var house = House(room.Lab.DataSource, new MsMailPartnerKind(new MsMailLinks(room.Lab.DataSource, _ => room.Lab.Link)));
        var partner = await AddAsync(house.Partners, new PartnerDraft(0, "pier1", "msmail", JsonSerializer.Serialize(room.Settings, SettingsJson.Options), Rules with { OwnedHomes = ["MS:HARBOR/PIER1"] }));

        var first = await house.Cycle.RunAsync(partner, isDry: false, default);
        var second = await house.Cycle.RunAsync(partner, isDry: false, default);

        first.Fault.ShouldBeEmpty();
        (second.Fault, second.Changes).ShouldBe(("", 0L));
        (await room.ListedAsync()).ShouldBe(["Berg, Anna", "Novak, Petra"]);
        (await room.Lab.ScalarAsync<string>("select display_name from entry where partner_id is not null")).ShouldBe("Dahl, Carl");
    }

    [Fact]
    [Trait("source", "Q96060")]
    [Trait("source", "Q175588")]
    public async Task With_a_server_the_first_cycle_asks_the_second_takes_and_the_third_proposes_nothing()
    {
        await using var room = await HubRoom.EnterAsync();
        room.Server("--add", "Abel, Ida", "HARBOR/PIER1/IDAA");
        await ConnectAsync(room.Lab.DataSource, "pier1", "msmail");
        var house = House(room.Lab.DataSource, room.Kind);
        await AddAsync(house.Partners, new PartnerDraft(room.PartnerId, "hub", "dirsync", """{"connector":"pier1","server":"HARBOR/PIER1"}""", Rules with { OwnedHomes = ["MS:HARBOR/PIER1"] }), version: 1);

        var results = new List<CycleResult>();
        for (var cycle = 0; cycle < 3; cycle++)
        {
            results.Add(await house.Cycle.RunAsync(room.PartnerId, isDry: false, default));
            await room.WorkAsync();
        }

        results.Select(result => (result.Fault, result.Changes)).ShouldBe([("", 2L), ("", 1L), ("", 0L)]);
        (await room.ListedAsync()).ShouldBe(["Berg, Anna", "Novak, Petra"], ignoreOrder: true);
        (await room.Lab.ScalarAsync<string>("select display_name from entry where partner_id is not null")).ShouldBe("Abel, Ida");
        (await room.StateAsync()).Pending.ShouldBe(0);
    }

    [Fact]
    [Trait("source", "Q118621")]
    public async Task In_SALES_the_canary_stands_beside_the_people_and_EXPORT_shows_its_day()
    {
        await using var room = await SalesRoom.EnterAsync();
        await ConnectAsync(room.Lab.DataSource, "sales", "ccmail");
        var house = House(room.Lab.DataSource, new CcMailPartnerKind(new CcMailLinks(room.Lab.DataSource, (_, _) => room.Lab.Link)));
        var rules = Rules with { OwnedHomes = ["CCMAIL:SALES"], Canary = new CanaryRules { Address = "CCMAIL:Postern canary at SITE1" } };
        var partner = await AddAsync(house.Partners, new PartnerDraft(0, "sales", "ccmail", JsonSerializer.Serialize(room.Settings, SettingsJson.Options), rules));

        await ProveAsync(house, partner);

        (await room.ListedAsync()).ShouldBe(["Berg, Anna", "Postern canary"], ignoreOrder: true);
    }

    [Fact]
    [Trait("source", "Q118621")]
    public async Task In_PIER1_the_canary_bears_the_day_in_its_name()
    {
        await using var room = await PierRoom.EnterAsync();
        await ConnectAsync(room.Lab.DataSource, "pier1", "msmail");
        var house = House(room.Lab.DataSource, new MsMailPartnerKind(new MsMailLinks(room.Lab.DataSource, _ => room.Lab.Link)));
        var rules = Rules with { OwnedHomes = ["MS:HARBOR/PIER1"], Canary = new CanaryRules { Address = "MS:POSTERN/SITE1/CANARY" } };
        var partner = await AddAsync(house.Partners, new PartnerDraft(0, "pier1", "msmail", JsonSerializer.Serialize(room.Settings with { SendsFields = false }, SettingsJson.Options), rules));

        await ProveAsync(house, partner);
        var today = await room.Lab.ScalarAsync<string>("select to_char(written_day, 'YYYY-MM-DD') from partner_canary");
        (await room.ListedAsync()).ShouldBe(["Berg, Anna", "Novak, Petra", $"Postern canary {today}"], ignoreOrder: true);
    }

    // Written in the first cycle, met in the second, and nobody's change.
    private static async Task ProveAsync((DirsyncCycle Cycle, PartnerStore Partners) house, long partner)
    {
        var first = await house.Cycle.RunAsync(partner, isDry: false, default);
        var second = await house.Cycle.RunAsync(partner, isDry: false, default);

        first.Fault.ShouldBeEmpty();
        (second.Fault, second.Changes).ShouldBe(("", 0L));
        var sight = (await house.Partners.CanariesAsync(partner, default)).ShouldHaveSingleItem();
        (sight.Fault, sight.LateSince, sight.SeenDay).ShouldBe(("", null, sight.WrittenDay));
        sight.SeenDay.ShouldNotBeNull();
    }

    private static async Task ConnectAsync(NpgsqlDataSource database, string name, string kind)
    {
        (await new ConfigurationFile(database, SettingsCatalog.Known).ApplyAsync(Configuration, DirsyncHouse.Admin, default)).Faults.ShouldBeEmpty();
        await using var connector = database.Command("insert into connector (name, kind, settings) values ($1, $2, '{}')", name, kind);
        await connector.ExecuteNonQueryAsync();
    }

    private static (DirsyncCycle Cycle, PartnerStore Partners) House(NpgsqlDataSource database, IPartnerKind kind)
    {
        var kinds = new PartnerKinds([kind]);
        var loader = new RoutingLoader(database);
        var routing = new LiveRouting(loader, TimeProvider.System, NullLogger<LiveRouting>.Instance);
        var events = new EventLog(database, NullLogger<EventLog>.Instance);
        var apply = new PlanApply(database, kinds, new OwnDirectory(), events);
        return (
            new DirsyncCycle(database, kinds, new RouteModels(database, loader, routing), events, apply.ContinueAsync, NullLogger<DirsyncCycle>.Instance), new PartnerStore(database, kinds));
    }

    private static async Task<long> AddAsync(PartnerStore partners, PartnerDraft draft, long? version = null)
    {
        var result = await partners.SaveAsync(draft, version, DirsyncHouse.Admin, default);
        result.Faults.ShouldBeEmpty();
        return result.Saved!.Id;
    }
}
