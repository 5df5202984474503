using Postern.Domain.Access;
using Postern.Domain.Routing;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Routing;
using static Postern.Infrastructure.Tests.Routing.RoutingHouse;

namespace Postern.Infrastructure.Tests.Routing;

/// <summary>What old post offices are believed to know, from the sheet that asks for it to the mail that shows it.</summary>
public sealed class RouteKnowledgeTests : IAsyncLifetime
{
    private RoutingHouse house = null!;

    public async ValueTask InitializeAsync() => house = await RoutingHouse.CreateAsync();

    public ValueTask DisposeAsync() => house.DisposeAsync();

    [Fact]
    [Trait("source", "Q199534")]
    public async Task Entries_behind_a_missing_definition_are_withheld_and_named_and_published_when_a_canary_has_come_back()
    {
        await house.ConfirmAllButAsync("HARBOR/PIER1 CORP/SITE2");

        var withheld = (await house.Gate.OfAsync(Pier1, default)).ShouldHaveSingleItem();
        var view = (await house.Sheets.OfAsync(Pier1, default)).ShouldNotBeNull();
        (await house.Sheets.IssueAsync(view, Kim, default)).IsDone.ShouldBeTrue();
        var issued = (await house.StateAsync()).Rows.Single(row => row.State == KnowledgeState.Issued);
        var still = (await house.Gate.OfAsync(Pier1, default)).ShouldHaveSingleItem();
        await house.Knowledge.ConfirmByCanaryAsync(Pier1, Site2, 4711, default);

        withheld.Withheld.Sentence.ShouldBe("1 entry of CORP/SITE2 is withheld from HARBOR/PIER1 until at HARBOR/PIER1: CORP/SITE2, indirect via CORP/SITE1 is confirmed.");
        view.Sheet.Lines.ShouldHaveSingleItem().Definition.ToString().ShouldBe("at HARBOR/PIER1: CORP/SITE2, indirect via CORP/SITE1");
        (issued.Sheet, issued.Definition.Destination).ShouldBe((1, "CORP/SITE2"));
        still.Withheld.Missing[0].State.ShouldBe(KnowledgeState.Issued);
        (await house.Gate.OfAsync(Pier1, default)).ShouldBeEmpty();
        (await house.Gate.CountAsync(default)).ShouldBeEmpty();
        var row = (await house.StateAsync()).Rows.Single(known => known.Definition.Owner == "HARBOR/PIER1" && known.Definition.Destination == "CORP/SITE2");
        (row.State, row.Proof, row.ProvedBy, row.Sheet).ShouldBe((KnowledgeState.Confirmed, KnowledgeProof.Canary, "message 4711", 1));
        (await house.ScalarAsync<string>("select string_agg(actor || ' ' || verb, ', ' order by id) from audit where verb like '% definitions'"))
            .ShouldBe("kim confirm definitions, kim issue definitions, postern confirm definitions");
    }

    [Fact]
    [Trait("source", "Q148389")]
    public async Task Mail_that_arrives_confirms_every_row_on_its_way_and_is_written_down_once_a_day()
    {
        await house.Knowledge.ConfirmByMailAsync(Pier2, Site1, 12, default);
        await house.Knowledge.ConfirmByMailAsync(Pier2, Site1, 13, default);

        var rows = (await house.StateAsync()).Rows;
        rows.Select(row => $"{row.Definition} {row.State} {row.Proof} {row.ProvedBy}").ShouldBe(
            ["at HARBOR/PIER1: CORP/SITE1, direct Confirmed Mail message 12", "at HARBOR/PIER2: CORP/SITE1, indirect via HARBOR/PIER1 Confirmed Mail message 12"]);
        (await house.ScalarAsync<long>("select count(*) from knowledge_act")).ShouldBe(1);
    }

    [Fact]
    public async Task Mail_and_canaries_that_come_through_are_seen_by_themselves_and_only_from_where_their_connector_leads()
    {
        await house.ExecuteAsync(
            """
            insert into message (id, accepted_at, last_id, source, sender, size) values
              (101, now(), 102, 'pier', 'MS:HARBOR/PIER2/BOB', 1), (103, now(), 104, 'smart', 'MS:HARBOR/PIER1/ANN', 1), (105, now(), 106, 'postern', 'MS:HARBOR/PIER1/ANN', 1);
            insert into delivery (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, original_recipient, sender, size, state, due_at, expires_at, route_version)
            select id + 1, id, id + 1, id + 1, accepted_at, 1, 'smart', 'jane@mail.example', 'MS:CORP/SITE1/JANE', sender, 1, 'queued', now(), now(), 1 from message;
            insert into canary (connector_id, token, recipient, back_at, report_id, way) values (1, 'canary-x', 'MS:HARBOR/PIER1/NOBODY', now(), 77, 'returned'), (1, 'canary-y', 'MS:HARBOR/PIER2/NOBODY', now(), 78, 'refused')
            """);
        using var keeper = new RouteKeeper(
            house.Database.DataSource, LiveRouting.Fixed(RoutingTable.Empty), null!, house.Knowledge, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<RouteKeeper>.Instance);

        var acts = await keeper.SeeAsync(default);
        var again = await keeper.SeeAsync(default);

        (acts, again).ShouldBe((1, 0), "the canary shows a row that the mail has shown");
        (await house.StateAsync()).Rows.Select(row => $"{row.Definition} {row.Proof} {row.ProvedBy}").ShouldBe(
            ["at HARBOR/PIER1: CORP/SITE1, direct Mail message 101", "at HARBOR/PIER2: CORP/SITE1, indirect via HARBOR/PIER1 Mail message 101"]);
    }

    [Fact]
    public async Task What_shows_the_old_way_does_not_show_that_the_wanted_one_was_entered()
    {
        await house.ConfirmAllButAsync();
        await house.Knowledge.WantAsync(new Definition("MS", "HARBOR/PIER2", "CORP/SITE1", ""), Kim, default);

        await house.Knowledge.ConfirmByMailAsync(Pier2, Site1, 12, default);
        await house.Knowledge.ConfirmAsync([new Definition("MS", "HARBOR/PIER2", "CORP/SITE1", "HARBOR/PIER1")], Kim, default);

        (await house.StateAsync()).Rows.Where(row => row.Definition is { Owner: "HARBOR/PIER2", Destination: "CORP/SITE1" }).Select(row => $"{row.State} {row.Definition.How}")
            .ShouldBe(["Required direct", "Confirmed indirect via HARBOR/PIER1"]);
    }

    [Fact]
    public async Task A_listing_is_shown_first_taken_in_part_refused_when_somebody_was_faster_and_taken_back()
    {
        const string Listing = "CORP/SITE1 direct\nHARBOR/PIER2 direct\nHARBOR/PIER9 direct\nCORP/SITE2 indirect via CORP/SITE1\n";
        await house.Knowledge.ConfirmAsync([new Definition("MS", "HARBOR/PIER1", "HARBOR/OLD", "")], Kim, default);
        var before = await house.ScalarAsync<string>(Rows);

        var preview = (await house.Knowledge.ReadListingAsync(Pier1, Listing, default)).ShouldNotBeNull();
        (await house.ScalarAsync<string>(Rows)).ShouldBe(before, "nothing is taken before an operator takes it");
        var taken = await house.Knowledge.AcceptAsync(preview, preview.Reconciliation.Knowledge, Kim, default);
        var late = await house.Knowledge.AcceptAsync(preview, preview.Reconciliation.Knowledge, Lee, default);

        preview.Reconciliation.Knowledge.Select(one => $"{one.Change} {one.Definition.Destination}").ShouldBe(
            ["Add CORP/SITE1", "Add HARBOR/PIER2", "Add HARBOR/PIER9", "Add CORP/SITE2", "Remove HARBOR/OLD"]);
        preview.Reconciliation.PostOffices.ShouldHaveSingleItem().Sentence.ShouldBe("HARBOR/PIER9 becomes known here, reached via HARBOR/PIER1.");
        (await house.StateAsync()).Rows.Where(row => row.Proof == KnowledgeProof.Listing).Count().ShouldBe(4);
        (await house.ScalarAsync<long>("select count(*) from post_office_knowledge where destination = 'HARBOR/OLD'")).ShouldBe(0);
        late.Refusal.ShouldStartWith("What HARBOR/PIER1 knows has changed since this was shown (kim was faster).");
        (await house.Knowledge.TakeBackAsync(taken.Act!.Value, Kim, default)).IsDone.ShouldBeTrue();
        (await house.ScalarAsync<string>(Rows)).ShouldBe(before);
        (await house.Knowledge.TakeBackAsync(taken.Act.Value, Kim, default)).Refusal.ShouldStartWith($"Act {taken.Act} cannot be taken back");
    }

    [Fact]
    public async Task A_definition_that_nothing_shows_for_long_is_stale_and_its_entries_are_withheld_until_it_is_seen_again()
    {
        await house.ConfirmAllButAsync();
        await house.ExecuteAsync("update post_office_knowledge set seen_at = now() - interval '181 days' where owner = 'HARBOR/PIER1' and destination = 'CORP/SITE2'");

        (await house.Knowledge.LapseAsync(default)).ShouldBe(1);
        (await house.Gate.CountAsync(default)).Select(count => (count.PostOffice.Name, count.Homes, count.Entries)).ShouldBe([("HARBOR/PIER1", 1, 1L), ("HARBOR/PIER2", 1, 1L)]);
        (await house.Sheets.OfAsync(Pier1, default))!.Sheet.Lines.ShouldHaveSingleItem().Act.ShouldBe(SheetAct.Create);
        await house.Knowledge.ConfirmByMailAsync(Pier1, Site2, 5, default);

        (await house.Gate.CountAsync(default)).ShouldBeEmpty();
        (await house.Knowledge.LapseAsync(default)).ShouldBe(0);
    }

    [Fact]
    [Trait("source", "Q169328")]
    public async Task A_sheet_says_what_changed_since_the_last_one_and_a_number_is_never_used_twice()
    {
        var first = (await house.Sheets.OfAsync(Pier2, default))!;
        var act = (await house.Sheets.IssueAsync(first, Kim, default)).Act!.Value;
        (await house.Sheets.IssueAsync(first, Kim, default)).Refusal.ShouldBeEmpty("what is issued and not confirmed is printed again");
        await house.Knowledge.ConfirmAsync([first.Sheet.Lines[0].Definition], Kim, default);
        (await house.Sheets.IssueAsync(first, Lee, default)).Refusal.ShouldStartWith("What has to be entered at HARBOR/PIER2 has changed since this sheet was shown.");
        var now = (await house.Sheets.OfAsync(Pier2, default))!;

        first.Sheet.Lines[0].Definition.ToString().ShouldBe("at HARBOR/PIER2: HARBOR/PIER1, direct", "the hub comes first");
        (first.NextNumber, now.NextNumber, now.Last!.Number).ShouldBe((1, 3, 2));
        now.Since!.Gone.ShouldHaveSingleItem().Definition.ShouldBe(first.Sheet.Lines[0].Definition);
        (now.Since.New.Count, now.Since.Changed.Count).ShouldBe((0, 0));
        (await house.Knowledge.TakeBackAsync(act, Kim, default)).IsDone.ShouldBeFalse("its rows have changed since");
        (await house.Knowledge.ConfirmSheetAsync(now.Last, Kim, default)).IsDone.ShouldBeTrue();
        (await house.Sheets.OfAsync(Pier2, default))!.Sheet.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Taking_an_issue_back_makes_its_sheet_void()
    {
        var act = (await house.Sheets.IssueAsync((await house.Sheets.OfAsync(Pier1, default))!, Kim, default)).Act!.Value;

        (await house.Knowledge.TakeBackAsync(act, Lee, default)).IsDone.ShouldBeTrue();

        (await house.StateAsync()).Rows.ShouldBeEmpty();
        var view = (await house.Sheets.OfAsync(Pier1, default))!;
        (view.Last, view.NextNumber).ShouldBe((null, 2));
        (await house.Knowledge.ActsAsync(Pier1, long.MaxValue, 9, default)).Select(one => $"{one.Actor} {one.Verb} {one.TakenBackBy}").ShouldBe(["lee take back ", "kim issue lee"]);
    }

    [Fact]
    public async Task Only_an_administrator_publishes_past_the_gate_with_a_reason_that_the_audit_keeps()
    {
        await house.ConfirmAllButAsync("HARBOR/PIER1 CORP/SITE2");
        var home = (await house.Gate.OfAsync(Pier1, default))[0].Withheld.Home;

        await Should.ThrowAsync<RightMissingException>(() => house.Gate.OverrideAsync(Pier1, home, Kim, default));
        (await house.Gate.OverrideAsync(Pier1, home, Admin with { Reason = " " }, default)).Refusal.ShouldStartWith("Say why these entries are published");
        (await house.Gate.IsPublishedAsync(Pier1, home, default)).ShouldBeFalse();
        (await house.Gate.OverrideAsync(Pier1, home, Admin, default)).IsDone.ShouldBeTrue();

        (await house.Gate.IsPublishedAsync(Pier1, home, default)).ShouldBeTrue();
        (await house.Gate.OfAsync(Pier1, default)).ShouldHaveSingleItem().Override.ShouldNotBeNull().By.ShouldBe("admin");
        (await house.Gate.CountAsync(default))[0].ShouldBe(new WithheldCount((await house.StateAsync()).OfficeOf(Pier1)!, 0, 0, 1));
        (await house.ScalarAsync<string>("select reason from audit where verb = 'override definitions'")).ShouldBe(Admin.Reason);
        await house.Gate.EndOverrideAsync(Pier1, home, Admin, default);
        (await house.Gate.IsPublishedAsync(Pier1, home, default)).ShouldBeFalse();
    }

    [Fact]
    public async Task Whoever_may_not_edit_routing_changes_nothing()
    {
        var looks = new Operator("viewer", [Role.Viewer], "");
        var view = (await house.Sheets.OfAsync(Pier1, default))!;

        await Should.ThrowAsync<RightMissingException>(() => house.Sheets.IssueAsync(view, looks, default));
        await Should.ThrowAsync<RightMissingException>(() => house.Knowledge.ConfirmAsync([view.Sheet.Lines[0].Definition], looks, default));
        await Should.ThrowAsync<RightMissingException>(() => house.Drafts.CreateAsync("mine", looks, default));
        (await house.ScalarAsync<long>("select count(*) from knowledge_act")).ShouldBe(0);
    }

    private const string Rows = "select coalesce(string_agg(to_jsonb(k)::text, '' order by owner_key, destination_key), '') from post_office_knowledge k";
}
