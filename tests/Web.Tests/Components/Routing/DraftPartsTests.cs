using Microsoft.AspNetCore.Components;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Routing;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Routing;

public sealed class DraftPartsTests
{
    private static readonly RouteSet Active = RouteSet.Of(ExampleRoutes.Model().Table);
    private static readonly PostOffice Pier3 = new("MS", "HARBOR/PIER3", "", "HARBOR/PIER2");
    private static readonly CounterExample Lost = StructureProof.Of(ExampleRoutes.Model(ExampleRoutes.WrongWay)).CounterExamples[0];

    [Fact]
    public async Task The_verdict_comes_first_and_saving_is_refused_for_what_the_draft_breaks()
    {
        var check = Check(Active.With(Pier3), Lost) with { NotByTakingOut = [Lost] };
        using var panel = await PanelAsync(check, check.Changes);

        panel.Body.QuerySelector("h2")!.TextContent.ShouldBe("Not saved: the draft would break 1 path");
        panel.Text.ShouldContain("Mail from HARBOR/PIER2 to HARBOR/SITE2 vanishes");
        panel.Text.ShouldContain("Post office MS:HARBOR/PIER3");
        DraftVerdict.WhyNotSave(check).ShouldBe("Refused: 1 path fails.");
    }

    [Fact]
    public async Task A_route_can_always_be_taken_out_and_what_stops_is_shown()
    {
        var check = Check(Active.Without(RouteItemKind.PostOffice, ExampleRoutes.Pier2.Key), Lost);
        using var panel = await PanelAsync(check, check.Changes);

        panel.Body.QuerySelector("h2")!.TextContent.ShouldBe("Taking this out breaks 1 path");
        DraftVerdict.WhyNotSave(check).ShouldBeNull();
        var effect = ActivationEffect.Of("Winter yard", check, null);
        (effect.IsRemoval, effect.NeedsReason, effect.Button).ShouldBe((true, true, "Activate: 1 change"));
        effect.Lines.Select(line => line.Text).ShouldContain(Lost.Sentence);
    }

    [Fact]
    public async Task Findings_that_are_older_are_not_its_doing_and_open_with_one_press()
    {
        var check = Check(Active.With(Pier3)) with { Open = [Lost] };
        using var panel = await PanelAsync(check, check.Changes);
        using var opened = await PanelAsync(check, check.Changes, showsOpen: true);

        panel.Body.QuerySelector("h2")!.TextContent.ShouldBe("Every way leads somewhere, and every answer comes back");
        panel.Text.ShouldContain("1 older finding is not its doing.");
        panel.Body.QuerySelectorAll(".cx").ShouldBeEmpty();
        opened.Body.QuerySelectorAll(".cx").Length.ShouldBe(1);
    }

    [Fact]
    public async Task What_two_people_changed_in_two_ways_is_asked_for()
    {
        var check = Check(Active.With(Pier3)) with { Conflicts = [new RouteConflict(RouteItemKind.PostOffice, Pier3.Key, "post office MS:HARBOR/PIER3", "", "via HARBOR/PIER2", "via HARBOR/PIER1")] };
        using var panel = await PanelAsync(check, check.Changes);

        panel.Text.ShouldContain("1 item was changed here and in what is in force");
        panel.Body.QuerySelectorAll(".clash button").Select(button => button.TextContent).ShouldBe(["Keep it as here", "Take it as there"]);
    }

    [Fact]
    public void A_form_changes_exactly_what_it_was_opened_for_and_never_what_has_the_name_already()
    {
        var fresh = new RouteForm(RouteItemKind.PostOffice, "") { Name = "HARBOR/PIER3", Reach = RouteForm.Via("HARBOR/PIER2") };
        fresh.ApplyTo(Active).Since(Active).Select(change => change.Sentence).ShouldBe(["+ post office MS:HARBOR/PIER3: via HARBOR/PIER2"]);

        var taken = new RouteForm(RouteItemKind.PostOffice, "") { Name = "harbor/pier1", Reach = RouteForm.Via("HARBOR/PIER2") };
        taken.Clash(Active).ShouldBe("There is the post office MS:harbor/pier1 already.");
        taken.ApplyTo(Active).ShouldBe(Active);

        var opened = RouteForm.Of(Active, RouteItemKind.PostOffice, ExampleRoutes.Pier2.Key)!;
        opened.ApplyTo(Active).Since(Active).ShouldBeEmpty();
        opened.Reach = RouteForm.Direct("msmail-harbor");
        opened.ApplyTo(Active).Since(Active).ShouldHaveSingleItem().After.ShouldBe("direct by msmail-harbor");
    }

    [Fact]
    public void A_form_of_a_site_and_of_an_address_space_gives_back_what_it_was_opened_with()
    {
        foreach (var item in Active.Items)
        {
            RouteForm.Of(Active, item.Kind, item.Key)!.ApplyTo(Active).Since(Active).ShouldBeEmpty();
        }

        var site = RouteForm.Of(Active, RouteItemKind.Site, "SITE2")!;
        site.MsMail = "HARBOR/YARD";
        site.ApplyTo(Active).Sites.Single(other => other.Name == "SITE2").MsMailPostOffice.ShouldBe("YARD");
    }

    [Fact]
    public void One_change_is_undone_and_the_others_stay()
    {
        var set = Active.With(Pier3).Without(RouteItemKind.PostOffice, ExampleRoutes.Sales.Key);
        var changes = set.Since(Active);

        RouteEdits.Undone(set, Active, changes.Single(change => change.IsRemoval)).Since(Active).ShouldHaveSingleItem().Key.ShouldBe(Pier3.Key);
        RouteEdits.Undone(set, Active, changes.Single(change => !change.IsRemoval)).Since(Active).ShouldHaveSingleItem().Key.ShouldBe(ExampleRoutes.Sales.Key);
    }

    [Fact]
    public async Task Fields_of_a_post_office_offer_only_what_its_system_can_use()
    {
        var form = RouteForm.Of(Active, RouteItemKind.PostOffice, ExampleRoutes.Pier2.Key)!;
        using var part = await PartRenderer.RenderAsync<DraftItemForm>(new Dictionary<string, object?> { ["Form"] = form, ["Content"] = Active, ["Basis"] = Active, ["Connectors"] = ExampleRoutes.Model().Table.Connectors });

        part.Body.QuerySelectorAll("select")[1].Children.Select(option => option.TextContent).ShouldBe(["choose a way", "directly by msmail-harbor", "via HARBOR/PIER1"]);
        await part.RaiseAsync("oninput", new ChangeEventArgs { Value = "HARBOR/PIER1" });
        part.Text.ShouldContain("There is the post office MS:HARBOR/PIER1 already.");
    }

    [Fact]
    public async Task A_replay_tells_counts_ways_and_addresses()
    {
        var result = new WhatIfResult(
            TimeSpan.FromDays(7), 61_204, 12,
            [new(WhatIfKind.OtherPath, "smtp-peer to relay", "smtp-partners to mx", 202, 12, 9), new(WhatIfKind.Begins, "no route", "msmail-harbor to PIER1", 37, 0, 2)],
            [new(WhatIfKind.OtherPath, "jane@partner.example", "default", "smtp-peer to relay", "smtp-partners to mx", 30, 2)], IsWhole: true);
        using var panel = await PartRenderer.RenderAsync<WhatIfPanel>(new Dictionary<string, object?> { ["Result"] = result });

        panel.Body.QuerySelectorAll(".v").Select(value => value.TextContent).ShouldBe(["214", "0", "37", "61,216"]);
        panel.Text.ShouldContain("smtp-partners to mx");
        panel.Text.ShouldContain("12 wait");
        panel.Body.QuerySelector("summary")!.TextContent.ShouldBe("1 address");
    }

    private static DraftCheck Check(RouteSet set, params CounterExample[] broken) => new(set, 41, set.Since(Active), [], [], null, broken, [], []);

    private static Task<PartRenderer> PanelAsync(DraftCheck check, IReadOnlyList<RouteChange> changes, bool showsOpen = false) =>
        PartRenderer.RenderAsync<DraftPanel>(new Dictionary<string, object?> { ["Check"] = check, ["Changes"] = changes, ["ShowsOpen"] = showsOpen });
}
