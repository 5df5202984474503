using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Tests.Support;
using static Postern.Infrastructure.Tests.Routing.RoutingHouse;

namespace Postern.Infrastructure.Tests.Routing;

/// <summary>What is changed through forms and the configuration text is proved before it is saved, as a draft is.</summary>
public sealed class RouteProvingTests : IAsyncLifetime
{
    private const string NamelessSites =
        """
        sites:
          - {name: SITE1, smtpDomains: [site1.example]}
          - {name: SITE2, smtpDomains: [site2.example]}
        """;

    // No site has a name by which a post office of cc:Mail could know us.
    private const string SalesConnector = "insert into connector (name, kind, settings, desired_state) values ('sales', 'ccmail', '{}', 'stopped')";

    private static readonly Operator Silent = Admin with { Reason = "" };
    private static readonly IReadOnlyDictionary<string, string> NoSecrets = new Dictionary<string, string>();
    private static readonly ItemDraft Sales = new(ItemDraft.PostOffices, [new("system", "CCMAIL"), new("name", "SALES"), new("connector", "sales")], []);

    private readonly TestFolder folder = new();
    private RoutingHouse house = null!;

    private ConfigurationEdits Edits => new(house.Database.DataSource, SettingsCatalog.Known, KeyFile.Open(folder["key"]), house.Models);

    private ConfigurationFile File => new(house.Database.DataSource, SettingsCatalog.Known);

    public async ValueTask InitializeAsync()
    {
        house = await RoutingHouse.CreateAsync();
        await house.ApplyAsync(
            """
            entries:
              - {displayName: Jane, native: jane@mail.example, proxies: [jane@site1.example, MS:CORP/SITE1/JANE]}
              - {displayName: Bob, native: MS:HARBOR/PIER2/BOB, proxies: [bob@site1.example]}
              - {displayName: Sam, native: "CCMAIL:Sand, Sam at SALES", proxies: [sam@site1.example]}
            """);
        await house.ExecuteAsync($"{SalesConnector}; update configuration set version = version + 1");
    }

    public async ValueTask DisposeAsync()
    {
        await house.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_form_that_would_break_a_way_is_refused_with_it_and_nothing_is_saved()
    {
        var before = await house.StateAsync();

        var result = await Edits.SaveAsync(Sales, null, NoSecrets, false, Admin, default);

        (result.IsDone, result.Faults.Count, (await house.StateAsync()).Version).ShouldBe((false, 0, before.Version));
        result.Losses.NotByTakingOut.ShouldNotBeEmpty();
        result.Losses.All[0].Sentence.ShouldStartWith("No site has a name by which SALES could know it");
        result.Refusal.ShouldBe($"Mail would not arrive: {result.Losses.NotByTakingOut[0].Sentence} Say that you have seen it, and why.");
    }

    [Fact]
    public async Task What_an_addition_or_a_change_breaks_is_accepted_by_an_administrator_with_a_reason_and_by_nobody_else()
    {
        (await Edits.SaveAsync(Sales, null, NoSecrets, true, Kim, default)).Refusal.ShouldEndWith("or ask an administrator, who may accept it.");
        (await Edits.SaveAsync(Sales, null, NoSecrets, true, Silent, default)).Refusal.ShouldBe("Say why this is saved although mail stops.");
        var accepted = await Edits.SaveAsync(Sales, null, NoSecrets, true, Admin, default);

        accepted.IsDone.ShouldBeTrue();
        (await house.StateAsync()).Proof.Holds.ShouldBeFalse();
        (await house.ScalarAsync<string>("select reason || ': ' || (details -> 'acceptedLosses' ->> 0) from audit order by id desc limit 1"))
            .ShouldBe($"{Admin.Reason}: {accepted.Losses.All[0].Sentence}");
        (await house.Activations.ListAsync(long.MaxValue, 1, default)).ShouldHaveSingleItem().Reason.ShouldBe(Admin.Reason);
    }

    [Fact]
    public async Task A_post_office_can_always_be_deleted_after_it_was_shown_what_stops_and_why_was_said()
    {
        var pier2 = (await Edits.ReadAsync(default)).PostOffices!.Single(office => office.Name == "HARBOR/PIER2");

        var shown = await Edits.LossesOfDeletingAsync(pier2, default);
        var refused = await Edits.DeleteAsync(pier2, false, Kim, default);
        var silent = await Edits.DeleteAsync(pier2, true, Kim with { Reason = " " }, default);
        var done = await Edits.DeleteAsync(pier2, true, Kim, default);

        shown.All.Select(example => example.Sentence).ShouldHaveSingleItem().ShouldStartWith("1 entry at MS:HARBOR/PIER2 cannot be reached.");
        shown.NotByTakingOut.ShouldBeEmpty();
        refused.Refusal.ShouldBe($"Taking this out stops mail: {shown.All[0].Sentence} Say that you have seen it, and why.");
        (silent.IsDone, silent.Refusal).ShouldBe((false, "Say why this is saved although mail stops."));
        done.IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task An_older_finding_refuses_nothing_that_does_not_make_it_worse()
    {
        await Edits.SaveAsync(Sales, null, NoSecrets, true, Admin, default);

        var result = await Edits.SaveAsync(
            new ItemDraft(ItemDraft.PostOffices, [new("system", "MS"), new("name", "HARBOR/PIER3"), new("via", "HARBOR/PIER1")], []), null, NoSecrets, false, Kim, default);

        result.Faults.ShouldBeEmpty();
        result.Losses.All.ShouldAllBe(example => example.Senders.Contains("HARBOR/PIER3"));
    }

    [Fact]
    public async Task A_connector_that_others_are_reached_by_takes_its_ways_along_and_says_so()
    {
        var smart = (await Edits.ReadAsync(default)).Connectors!.Single(connector => connector.Name == "smart");

        var refused = await Edits.DeleteAsync(smart, false, Admin, default);

        refused.Losses.All.ShouldHaveSingleItem().Sentence.ShouldContain("cannot be reached");
        refused.Losses.NotByTakingOut.ShouldBeEmpty();
        (await Edits.DeleteAsync(smart, true, Admin, default)).IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task A_text_that_would_break_a_way_is_planned_with_it_refused_with_it_and_applied_with_a_reason()
    {
        var before = await house.StateAsync();

        var planned = await File.PlanAsync(NamelessSites, default);
        var refused = await File.ApplyAsync(NamelessSites, Admin, default);
        var silent = await File.ApplyWithLossAsync(NamelessSites, Silent, default);
        (await house.StateAsync()).Version.ShouldBe(before.Version);
        var applied = await File.ApplyWithLossAsync(NamelessSites, Admin, default);

        planned.Differences.ShouldNotBeEmpty();
        planned.Losses.All.Select(example => example.Sentence).ShouldBe(refused.Losses.All.Select(example => example.Sentence));
        (refused.IsValid, refused.Differences.Count).ShouldBe((true, 0));
        refused.Refusal.ShouldStartWith("Mail would not arrive: ");
        silent.Refusal.ShouldBe("Say why this is saved although mail stops.");
        (applied.Version, applied.Refusal).ShouldBe((before.Version + 1, ""));
        (await house.ScalarAsync<string>("select details -> 'acceptedLosses' ->> 0 from audit order by id desc limit 1")).ShouldBe(applied.Losses.All[0].Sentence);
    }

    [Fact]
    public async Task Somebody_new_whom_nothing_leads_to_is_no_fault_of_the_routes_and_does_not_hold_a_text_up()
    {
        var applied = await File.ApplyAsync(
            """
            sites:
              - {name: SITE1, smtpDomains: [site1.example, yard.example], msMailPostOffice: CORP/SITE1}
              - {name: SITE2, smtpDomains: [site2.example], msMailPostOffice: CORP/SITE2}
            entries:
              - {displayName: Zoe, native: MS:HARBOR/PIER9/ZOE, proxies: [zoe@site1.example]}
            """, Admin, default);

        (applied.Faults.Count, applied.Refusal).ShouldBe((0, ""));
        (await house.StateAsync()).Proof.CounterExamples.ShouldContain(example => example.Sentence.Contains("PIER9", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_house_without_routes_takes_any_text_and_is_told_what_its_routes_lack()
    {
        await using var empty = await TestDatabase.CreateAsync();
        var file = new ConfigurationFile(empty.DataSource, SettingsCatalog.Known);

        var applied = await file.ApplyAsync(
            """
            sites:
              - {name: SITE1, smtpDomains: [site1.example]}
            connectors:
              - {name: sales, kind: ccmail, settings: {postOfficeName: SALES, siteName: SITE1}}
            postOffices:
              - {system: CCMAIL, name: SALES, connector: sales}
            entries:
              - {displayName: Sam, native: "CCMAIL:Sand, Sam at SALES"}
            """, Silent, default);

        (applied.Faults.Count, applied.Refusal).ShouldBe((0, ""));
        applied.Losses.All.ShouldNotBeEmpty();
        (await file.ApplyAsync("entries: []", Silent, default)).Refusal.ShouldBe("");
    }
}
