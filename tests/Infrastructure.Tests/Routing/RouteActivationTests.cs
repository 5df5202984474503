using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;
using static Postern.Infrastructure.Tests.Routing.RoutingHouse;

namespace Postern.Infrastructure.Tests.Routing;

/// <summary>Drafts of routing between several editors, what refuses them, and the versions they become.</summary>
public sealed class RouteActivationTests : IAsyncLifetime
{
    private static readonly PostOffice Pier3 = new("MS", "HARBOR/PIER3", "", "HARBOR/PIER1");

    private RoutingHouse house = null!;

    public async ValueTask InitializeAsync() => house = await RoutingHouse.CreateAsync();

    public ValueTask DisposeAsync() => house.DisposeAsync();

    [Fact]
    public async Task Two_editors_never_overwrite_each_other_and_the_slower_one_sees_what_the_other_saved()
    {
        var read = await house.DraftAsync("spring", set => set);
        var kims = await house.Drafts.SaveAsync(read, read.Content.With(Pier3), Kim, default);
        var lees = await house.Drafts.SaveAsync(read, read.Content.Without(RouteItemKind.PostOffice, Pier2), Lee, default);

        kims.IsDone.ShouldBeTrue();
        lees.Refusal.ShouldMatch(@"^kim saved the draft spring at \d\d:\d\d:\d\d UTC, after you had opened it\. Yours is not saved; nothing of theirs is lost\.$");
        lees.Theirs!.Content.PostOffices.ShouldContain(Pier3);
        (await house.Drafts.FindAsync("SPRING", default))!.Changes.ShouldHaveSingleItem().Sentence.ShouldBe("+ post office MS:HARBOR/PIER3: via HARBOR/PIER1");
        (await house.Drafts.DiscardAsync(read, Lee, default)).IsDone.ShouldBeFalse();
        (await house.Activations.ActivateAsync(read, false, Lee, default)).Refusal.ShouldStartWith("kim saved the draft spring");
    }

    [Fact]
    public async Task Of_many_who_save_at_once_exactly_one_does()
    {
        var read = await house.DraftAsync("spring", set => set);

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            house.Drafts.SaveAsync(read, read.Content.With(new AddressSpace("SMTP", $"p{i}.example", 1, "smart")), i % 2 == 0 ? Kim : Lee, default)));

        results.Count(result => result.IsDone).ShouldBe(1);
        (await house.Drafts.FindAsync(read.Id, default))!.Content.Spaces.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_name_is_taken_once_and_who_did_not_share_a_draft_keeps_it()
    {
        var mine = await house.DraftAsync("spring", set => set);
        mine = (await house.Drafts.ShareAsync(mine, false, Kim, default)).Draft!;

        (await house.Drafts.CreateAsync("Spring", Lee, default)).Refusal.ShouldBe("There is a draft Spring already; choose another name.");
        (await house.Drafts.SaveAsync(mine, mine.Content.With(Pier3), Lee, default)).Refusal.ShouldBe("The draft spring belongs to kim, who has not shared it.");
        (await house.Drafts.RenameAsync(mine, "summer", Kim, default)).Draft!.Name.ShouldBe("summer");
    }

    [Fact]
    public async Task Two_drafts_come_together_and_what_both_changed_is_named_and_decided()
    {
        var one = await house.DraftAsync("one", set => set.With(Pier3).With(new AddressSpace("SMTP", "*", 10, "smart")));
        var other = await house.DraftAsync("other", set => set.With(new AddressSpace("SMTP", "*", 20, "smart")).With(new AddressSpace("SMTP", "x.example", 1, "smart")));

        var refused = await house.Drafts.MergeAsync(one, other, null, Kim, default);
        var decided = refused.Conflicts.ToDictionary(conflict => (conflict.Kind, conflict.Key), _ => false);
        var merged = (await house.Drafts.MergeAsync(one, other, decided, Kim, default)).Draft.ShouldNotBeNull();

        refused.Conflicts.ShouldHaveSingleItem().Sentence.ShouldBe("Address space SMTP * of smart was “cost 1”; here it is “cost 10”, there “cost 20”.");
        merged.Changes.Select(change => change.Sentence).ShouldBe(
            ["+ post office MS:HARBOR/PIER3: via HARBOR/PIER1", "~ address space SMTP * of smart: cost 1 → cost 20", "+ address space SMTP x.example of smart: cost 1"]);
        (await house.Drafts.FindAsync(other.Id, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_version_and_its_audit_row_are_one_and_the_earlier_one_comes_back_as_a_new_one()
    {
        var before = (await house.StateAsync()).Version;
        var draft = await house.DraftAsync("spring", set => set.With(Pier3));

        var activated = await house.Activations.ActivateAsync(draft, false, Kim, default);
        var between = RouteSet.Of((await house.StateAsync()).Model.Table);
        var returned = await house.Activations.ReturnAsync(before, false, Lee with { Reason = "too early" }, default);
        var history = await house.Activations.ListAsync(long.MaxValue, 9, default);

        (activated.Version, returned.Version).ShouldBe((before + 1, before + 2), activated.Refusal + returned.Refusal);
        between.PostOffices.ShouldContain(Pier3);
        RouteSet.Of((await house.StateAsync()).Model.Table).Since(draft.Base).ShouldBeEmpty();
        (await house.Drafts.FindAsync(draft.Id, default)).ShouldBeNull();
        history.Take(3).Select(one => $"{one.Version - before} {one.Source} {one.Actor} {one.Draft} {one.ReturnsTo - before} {one.Reason} {string.Join('|', one.Changes)}").ShouldBe(
            ["2 Return lee  0 too early - post office MS:HARBOR/PIER3: via HARBOR/PIER1", "1 Draft kim spring  the pier moves + post office MS:HARBOR/PIER3: via HARBOR/PIER1", "0 Start     "]);
        (await house.ScalarAsync<string>("select string_agg(actor || ' ' || verb || ' ' || target, ', ' order by id) from audit where id in (select audit_id from route_activation where source in ('draft', 'return'))"))
            .ShouldBe($"kim activate routing draft spring, lee return to routing routing version {before}");
        (await house.Activations.ReturnAsync(before, false, Kim, default)).Refusal.ShouldBe("It changes nothing: routing is so already.");
        (await house.Activations.ReturnAsync(9999, false, Kim, default)).Refusal.ShouldBe("There is no routing version 9999.");
    }

    [Fact]
    public async Task What_is_changed_through_the_configuration_stands_in_the_history_too()
    {
        await house.ApplyAsync("retention: {contentDays: 5, historyDays: 50}");
        var none = (await house.Activations.ListAsync(long.MaxValue, 9, default)).Count;
        await house.ApplyAsync("connectors: [{name: smart, kind: smtp, settings: {smartHosts: [mail.example]}, addressSpaces: [{type: SMTP, pattern: \"*\", cost: 9}]}]\npostOffices: []");

        var newest = (await house.Activations.ListAsync(long.MaxValue, 9, default))[0];

        none.ShouldBe(1, "the first configuration of the house");
        (newest.Source, newest.Actor).ShouldBe((ActivationSource.Configuration, "admin"));
        newest.Changes.ShouldContain("~ address space SMTP * of smart: cost 1 → cost 9");
    }

    [Fact]
    [Trait("source", "Q148389")]
    public async Task A_draft_that_adds_a_counter_example_is_refused_with_it_whatever_its_editor_accepts()
    {
        var draft = await house.DraftAsync("nameless", set => set.With(set.Sites[0] with { MsMailNetwork = "", MsMailPostOffice = "" }).With(set.Sites[1] with { MsMailNetwork = "", MsMailPostOffice = "" }));

        var check = await house.Drafts.CheckAsync(draft, draft.Content, default);
        var refused = await house.Activations.ActivateAsync(draft, true, Kim, default);

        check.New.ShouldContain(example => example.Trouble == RouteTrouble.NoShadow && example.Path.Count > 0);
        check.OnlyTakesOut.ShouldBeFalse();
        refused.IsDone.ShouldBeFalse();
        refused.Refusal.ShouldStartWith("Mail would not arrive: ");
        refused.Check!.New.Select(example => example.Cause).ShouldBe(check.New.Select(example => example.Cause));
        (await house.StateAsync()).Model.Table.Sites.ShouldAllBe(site => site.MsMailNetwork == "CORP");
    }

    [Fact]
    public async Task A_route_is_taken_out_with_a_reason_by_whoever_has_seen_what_stops()
    {
        var draft = await house.DraftAsync("without pier 2", set => set.Without(RouteItemKind.PostOffice, Pier2));

        var unseen = await house.Activations.ActivateAsync(draft, false, Kim, default);
        var silent = await house.Activations.ActivateAsync(draft, true, Kim with { Reason = "" }, default);
        var done = await house.Activations.ActivateAsync(draft, true, Kim, default);

        unseen.Refusal.ShouldBe("Taking this out stops mail: 1 entry at MS:HARBOR/PIER2 cannot be reached. No route leads to HARBOR/PIER2: it is not defined and no address space covers it. Say that you have seen it, and why.");
        silent.Refusal.ShouldBe("Say why this route is taken out although mail stops.");
        done.IsDone.ShouldBeTrue(done.Refusal);
        (await house.ScalarAsync<string>("select details ->> 'acceptedLosses' from audit where verb = 'activate routing'")).ShouldContain("HARBOR/PIER2 cannot be reached");
        (await house.StateAsync()).Proof.CounterExamples.ShouldHaveSingleItem("it is listed until it is mended");
    }

    [Fact]
    public async Task A_route_may_be_taken_out_together_with_other_changes_but_these_must_not_stop_mail_themselves()
    {
        var mixed = await house.DraftAsync("mixed", set => set.Without(RouteItemKind.PostOffice, Pier2).With(Pier3));
        var worse = await house.DraftAsync("worse", set => set.Without(RouteItemKind.PostOffice, Pier2)
            .With(set.Sites[0] with { MsMailNetwork = "", MsMailPostOffice = "" }).With(set.Sites[1] with { MsMailNetwork = "", MsMailPostOffice = "" }));

        var refused = await house.Activations.ActivateAsync(worse, true, Kim, default);
        var unseen = await house.Activations.ActivateAsync(mixed, false, Kim, default);
        var done = await house.Activations.ActivateAsync(mixed, true, Kim, default);

        refused.Refusal.ShouldStartWith("Mail would not arrive: ");
        refused.Refusal.ShouldNotContain("PIER2 cannot be reached");
        (refused.Check!.MayBeAccepted, unseen.Check!.MayBeAccepted, unseen.Check.OnlyTakesOut).ShouldBe((false, true, false));
        unseen.Refusal.ShouldStartWith("Taking this out stops mail: 1 entry at MS:HARBOR/PIER2 cannot be reached.");
        done.IsDone.ShouldBeTrue(done.Refusal);
        (await house.StateAsync()).Model.Table.PostOffices.Select(office => office.Name).ShouldBe(["HARBOR/PIER1", "HARBOR/PIER3"], ignoreOrder: true);
    }

    [Fact]
    [Trait("source", "Q129780")]
    public async Task An_activation_that_cannot_be_written_as_a_whole_changes_nothing_and_its_draft_stays()
    {
        var draft = await house.DraftAsync("spring", set => set.With(Pier3));
        var before = (await house.StateAsync()).Version;
        await house.ExecuteAsync(
            """
            create function refuse() returns trigger language plpgsql as $$ begin raise exception 'the disk is full'; end $$;
            create trigger refuse before insert on route_activation for each row execute function refuse()
            """);

        (await Should.ThrowAsync<Npgsql.PostgresException>(() => house.Activations.ActivateAsync(draft, false, Kim, default))).MessageText.ShouldBe("the disk is full");

        (await house.StateAsync()).Version.ShouldBe(before);
        (await house.StateAsync()).Model.Table.PostOffices.ShouldNotContain(Pier3);
        (await house.ScalarAsync<long>("select count(*) from audit where verb = 'activate routing'")).ShouldBe(0);
        await house.ExecuteAsync("drop trigger refuse on route_activation");
        (await house.Activations.ActivateAsync((await house.Drafts.FindAsync(draft.Id, default)).ShouldNotBeNull(), false, Kim, default)).IsDone.ShouldBeTrue();
    }

    [Fact]
    [Trait("source", "Q158812")]
    [Trait("source", "Q201120")]
    public async Task What_should_not_be_there_is_shown_and_can_always_be_taken_out()
    {
        await house.ExecuteAsync("insert into post_office (system, name, connector_id) select 'MS', 'HARBOR/ELEVENCHARS', id from connector where name = 'smart'; update configuration set version = version + 1");

        (await house.StateAsync()).Model.Table.PostOffices.ShouldContain(office => office.Name == "HARBOR/ELEVENCHARS");
        var draft = await house.DraftAsync("clean", set => set.Without(RouteItemKind.PostOffice, "MS:HARBOR/ELEVENCHARS"));
        var done = await house.Activations.ActivateAsync(draft, false, Kim, default);

        done.IsDone.ShouldBeTrue(done.Refusal);
        (await house.ScalarAsync<long>("select count(*) from post_office where name = 'HARBOR/ELEVENCHARS'")).ShouldBe(0);
    }

    [Fact]
    [Trait("source", "Q149121")]
    public async Task The_routing_table_is_told_line_by_line_as_it_is_and_as_it_was_before()
    {
        var draft = await house.DraftAsync("spring", set => set.With(Pier3).With(new AddressSpace("SMTP", "*.example.net", 7, "smart")));
        (await house.Activations.ActivateAsync(draft, false, Kim, default)).IsDone.ShouldBeTrue();
        await house.ApplyAsync("retention: {contentDays: 5, historyDays: 50}");

        var now = (await house.Activations.TableAsync(null, default)).ShouldNotBeNull();
        var before = (await house.Activations.TableAsync(now.Previous, default)).ShouldNotBeNull();

        now.Lines.Select(line => $"{line.Type} {line.Pattern} {line.Cost} {line.Connector} {line.How}").ShouldBe(
        [
            "MS CORP/SITE1   own name of SITE1", "SMTP site1.example   own name of SITE1", "MS CORP/SITE2   own name of SITE2", "SMTP site2.example   own name of SITE2",
            "MS HARBOR/PIER1  pier direct", "MS HARBOR/PIER2  pier via HARBOR/PIER1", "MS HARBOR/PIER3  pier via HARBOR/PIER1",
            "SMTP *.example.net 7 smart address space", "SMTP * 1 smart address space",
        ]);
        now.Lines.Select(line => line.Pattern).Except(before.Lines.Select(line => line.Pattern)).ShouldBe(["HARBOR/PIER3", "*.example.net"]);
        (before.Version < now.Version, await house.Activations.TableAsync(0, default)).ShouldBe((true, null));
    }

    [Fact]
    public async Task A_draft_that_is_older_than_the_routing_in_force_keeps_what_was_activated_since_and_names_what_it_contradicts()
    {
        var old = await house.DraftAsync("old", set => set.With(Pier3).With(new AddressSpace("SMTP", "*", 30, "smart")));
        var other = await house.DraftAsync("other", set => set.With(new AddressSpace("SMTP", "x.example", 5, "smart")));
        (await house.Activations.ActivateAsync(other, false, Lee, default)).IsDone.ShouldBeTrue();
        var rival = await house.DraftAsync("rival", set => set.With(new AddressSpace("SMTP", "*", 40, "smart")));
        (await house.Activations.ActivateAsync(rival, false, Lee, default)).IsDone.ShouldBeTrue();

        var refused = await house.Activations.ActivateAsync(old, false, Kim, default);
        var renewed = (await house.Drafts.RenewAsync(old, refused.Check!.Conflicts.ToDictionary(one => (one.Kind, one.Key), _ => true), Kim, default)).Draft!;
        var done = await house.Activations.ActivateAsync(renewed, false, Kim, default);

        refused.Refusal.ShouldStartWith("One item was changed in two ways; say which one counts. Address space SMTP * of smart");
        done.IsDone.ShouldBeTrue(done.Refusal);
        (await house.StateAsync()).Model.Table.Spaces.Select(space => $"{space.Pattern} {space.Cost}").ShouldBe(["* 30", "x.example 5"]);
        (await house.StateAsync()).Model.Table.PostOffices.ShouldContain(Pier3);
    }

    [Theory]
    [InlineData("HARBOR/PIER3", "", "HARBOR/NOWHERE", "reached via HARBOR/NOWHERE, which is not defined")]
    [InlineData("HARBOR/PIER3", "smart", "", "reached by a connector of the kind msmail; smart is of the kind smtp")]
    [InlineData("CORP/SITE1", "pier", "", "is taken")]
    [InlineData("PIER3", "pier", "", "PIER3")]
    [Trait("source", "Q169117")]
    public async Task What_the_configuration_would_refuse_a_draft_is_refused_for_by_the_same_sentence(string name, string connector, string via, string fault)
    {
        var draft = await house.DraftAsync("wrong", set => set.With(new PostOffice("MS", name, connector, via)));

        var result = await house.Activations.ActivateAsync(draft, true, Kim, default);

        result.IsDone.ShouldBeFalse();
        result.Refusal.ShouldContain(fault);
        result.Check!.Faults.ShouldNotBeEmpty();
    }
}
