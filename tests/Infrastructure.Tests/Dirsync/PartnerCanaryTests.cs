using Postern.Domain.Addresses;
using Postern.Domain.Directory.Canaries;
using Postern.Domain.Directory.Partners;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Tests.Dirsync.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>Canary entries over a real database, with partners whose directories lie in memory.</summary>
public sealed class PartnerCanaryTests : IAsyncLifetime
{
    private const string Anna = """entries: [{displayName: "Berg, Anna", native: anna@home.example}]""";

    private static readonly SyncRules Rules = DirsyncHouse.Automatic with
    {
        OwnedHomes = ["site1.example"],
        Canary = new CanaryRules { Address = "canary@home.example" },
    };

    private DirsyncHouse house = null!;

    private MemoryDirectory There => house.Kind["site1"];

    private DateOnly Today { get; set; }

    public async ValueTask InitializeAsync()
    {
        house = await DirsyncHouse.CreateAsync(Anna);
        Today = DateOnly.Parse((await house.ReadAsync("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD')"))[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync() => await house.DisposeAsync();

    [Fact]
    [Trait("source", "Q118621")]
    public async Task Ours_is_written_past_the_plans_and_the_next_cycle_meets_it_there()
    {
        var partner = await house.AddAsync("site1", Rules with { ExportConsent = new ConsentRules() });

        var first = await house.RunAsync(partner);
        var written = await SightsAsync(partner);
        var second = await house.RunAsync(partner);

        // Anna waits for consent; the canary does not, and is nobody's change.
        (first.Changes, second.Changes, second.Hashes[1]).ShouldBe((1, 1, first.Hashes[1]));
        There.Listing.ShouldBe(["Postern canary (canary@home.example)"]);
        Value().ShouldBe(CanaryEntry.Text(Today));
        (written.ShouldHaveSingleItem().SeenDay, written[0].WrittenDay).ShouldBe((null, Today));
        var met = (await SightsAsync(partner)).ShouldHaveSingleItem();
        (met.IsOurs, met.SeenDay, met.LateSince, met.Fault).ShouldBe((true, Today, null, ""));
        There.Steps.ShouldBe(1);
        (await house.ReadAsync("select count(*) from plan_row where after_name like 'Postern%' or before_name like 'Postern%'")).ShouldBe(["0"]);
        (await house.ListingAsync()).ShouldBe(["Berg, Anna (anna@home.example)"]);
    }

    [Fact]
    public async Task A_dry_run_writes_none()
    {
        var partner = await house.AddAsync("site1", Rules);

        await house.RunAsync(partner, isDry: true);

        There.Listing.ShouldBeEmpty();
        (await SightsAsync(partner)).ShouldBeEmpty();
    }

    [Fact]
    public async Task On_a_new_day_it_is_written_anew_and_was_in_time()
    {
        var partner = await house.AddAsync("site1", Rules);
        await house.RunAsync(partner);
        await YesterdayAsync();

        (await house.RunAsync(partner)).Changes.ShouldBe(0);

        Value().ShouldBe(CanaryEntry.Text(Today));
        var sight = (await SightsAsync(partner)).ShouldHaveSingleItem();
        (sight.WrittenDay, sight.SeenDay, sight.LateSince).ShouldBe((Today, Today.AddDays(-1), null));
    }

    [Fact]
    public async Task A_directory_that_went_back_to_an_old_copy_is_late_until_it_shows_the_day_again()
    {
        var partner = await house.AddAsync("site1", Rules);
        await house.RunAsync(partner);
        await house.RunAsync(partner);
        Put(Today.AddDays(-4));

        await house.RunAsync(partner);
        var late = (await SightsAsync(partner)).ShouldHaveSingleItem();
        await house.RunAsync(partner);

        (late.SeenDay, late.LateSince is not null, late.IsGood).ShouldBe((Today.AddDays(-4), true, false));
        (await SightsAsync(partner)).ShouldHaveSingleItem().IsGood.ShouldBeTrue();
    }

    [Fact]
    public async Task One_that_somebody_took_out_is_missed_and_put_there_again()
    {
        var partner = await house.AddAsync("site1", Rules);
        await house.RunAsync(partner);
        There.Remove(Canary().Place);

        (await house.RunAsync(partner)).Changes.ShouldBe(0);

        (await SightsAsync(partner)).ShouldHaveSingleItem().LateSince.ShouldNotBeNull();
        There.Listing.ShouldContain("Postern canary (canary@home.example)");
    }

    [Fact]
    public async Task With_another_address_the_old_one_leaves_and_with_none_nothing_stays()
    {
        var partner = await house.AddAsync("site1", Rules);
        await house.RunAsync(partner);
        partner = await house.ChangeAsync(partner, Rules with { Canary = new CanaryRules { Address = "bird@home.example", Name = "Bird" } });

        await house.RunAsync(partner);
        There.Listing.ShouldBe(["Berg, Anna (anna@home.example)", "Bird (bird@home.example)"]);
        partner = await house.ChangeAsync(partner, Rules with { Canary = new CanaryRules() });
        (await house.RunAsync(partner)).Changes.ShouldBe(0);

        There.Listing.ShouldBe(["Berg, Anna (anna@home.example)"]);
        (await SightsAsync(partner)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_refused_is_said_and_tried_once_a_day_or_when_the_partner_is_changed()
    {
        var partner = await house.AddAsync("site1", Rules);
        There.Refuses = row => row.Name == "Postern canary" ? "It is full." : "";

        await house.RunAsync(partner);
        await house.RunAsync(partner);
        var refused = (await SightsAsync(partner)).ShouldHaveSingleItem();
        There.Refuses = _ => "";
        await house.RunAsync(partner);
        There.Listing.ShouldBe(["Berg, Anna (anna@home.example)"]);
        partner = await house.ChangeAsync(partner, Rules with { HoldOffDays = 30 });
        await house.RunAsync(partner);
        await house.RunAsync(partner);

        (refused.Fault, refused.WrittenDay, refused.LateSince is not null).ShouldBe(("It is full.", null, true));
        (await house.NotesAsync()).Count(note => note == "Our canary at site1 is not as it should be: It is full.").ShouldBe(1);
        There.Listing.ShouldContain("Postern canary (canary@home.example)");
        (await SightsAsync(partner)).ShouldHaveSingleItem().IsGood.ShouldBeTrue();
    }

    [Fact]
    public async Task A_process_that_ends_behind_the_write_knows_the_entry_again()
    {
        var partner = await house.AddAsync("site1", Rules);
        There.Written = step => _ = step.Step.After!.Name == "Postern canary" ? throw new InvalidOperationException("The process ends here.") : "";
        await Should.ThrowAsync<InvalidOperationException>(() => house.RunAsync(partner));
        There.Written = _ => { };

        await house.RunAsync(partner);
        var result = await house.RunAsync(partner);

        result.Changes.ShouldBe(0);
        There.Listing.ShouldBe(["Berg, Anna (anna@home.example)", "Postern canary (canary@home.example)"]);
        (await SightsAsync(partner)).ShouldHaveSingleItem().IsGood.ShouldBeTrue();
    }

    [Fact]
    public async Task The_address_of_somebody_is_not_taken_from_them()
    {
        var partner = await house.AddAsync("site1", Rules with { Canary = new CanaryRules { Address = "anna@home.example" } });

        await house.RunAsync(partner);
        (await house.RunAsync(partner)).Changes.ShouldBe(0);

        There.Listing.ShouldBe(["Berg, Anna (anna@home.example)"]);
        (await SightsAsync(partner)).ShouldHaveSingleItem().Fault.ShouldBe("anna@home.example is the address of Berg, Anna; give the canary one that nobody has.");
    }

    [Fact]
    public async Task Whoever_gets_the_address_of_the_canary_takes_its_place()
    {
        var partner = await house.AddAsync("site1", Rules);
        await house.RunAsync(partner);
        await house.ConfigureAsync("""entries: [{displayName: "Bird, Big", native: canary@home.example}]""");

        await house.RunAsync(partner);
        (await house.RunAsync(partner)).Changes.ShouldBe(0);

        There.Listing.ShouldContain("Bird, Big (canary@home.example)");
        There.Listing.ShouldNotContain("Postern canary (canary@home.example)");
    }

    [Fact]
    public async Task An_address_of_a_kind_that_the_partner_does_not_list_is_refused_with_those_that_it_does()
    {
        There.AddressTypes = [CcMailAddress.TypeName];
        var partner = await house.AddAsync("site1", Rules);

        await house.RunAsync(partner);

        (await SightsAsync(partner)).ShouldHaveSingleItem().Fault.ShouldBe("canary@home.example is none of the addresses that site1 lists: CCMAIL.");
    }

    [Fact]
    public async Task Where_nothing_is_read_back_it_is_sent_once_a_day_and_nobody_claims_that_it_arrived()
    {
        There.IsReadBack = false;
        var partner = await house.AddAsync("site1", Rules);

        await house.RunAsync(partner);
        await house.RunAsync(partner);

        There.Steps.ShouldBe(2); // Anna and the canary
        var sight = (await SightsAsync(partner)).ShouldHaveSingleItem();
        (sight.IsReadBack, sight.WrittenDay, sight.SeenDay, sight.LateSince).ShouldBe((false, Today, null, null));
    }

    [Fact]
    public async Task Theirs_is_remembered_and_becomes_nobody_here_also_when_only_changes_are_read()
    {
        There.ReadsChanges = true;
        There.Put("Novak, Petra", "petra@site1.example");
        There.Put(new PartnerEntry { Name = "Postern canary", Address = MailAddress.Parse("canary@site1.example"), Values = RowValues.Of([KeyValuePair.Create(ValueNames.Notes, CanaryEntry.Text(Today.AddDays(-1)))]) }, "m-canary");
        var partner = await house.AddAsync("site1", Rules with { GivesEntries = false, Canary = new CanaryRules() });

        await house.RunAsync(partner);
        (await house.RunAsync(partner)).Changes.ShouldBe(0);

        (await house.ListingAsync()).ShouldBe(["Berg, Anna (anna@home.example)", "Novak, Petra (petra@site1.example) < site1"]);
        var sight = (await SightsAsync(partner)).ShouldHaveSingleItem();
        (sight.IsOurs, sight.SeenDay, sight.LookedAt > sight.SeenAt).ShouldBe((false, Today.AddDays(-1), true));
    }

    [Fact]
    public async Task Of_two_Posterns_each_meets_the_canary_of_the_other()
    {
        await using var other = await DirsyncHouse.CreateAsync("""entries: [{displayName: "Dahl, Carl", native: carl@site2.example}]""");
        other.Kind.Share("between", house.Kind["between"]);
        var here = await house.AddAsync("between", Rules with { Canary = new CanaryRules { Address = "canary@home.example", Name = "Here", Theirs = "There" }, OwnedHomes = ["site2.example"] }, writer: "here");
        var there = await other.AddAsync(
            "between", Rules with { Canary = new CanaryRules { Address = "canary@site2.example", Name = "There", Theirs = "Here" }, OwnedHomes = ["home.example"] }, writer: "there");

        await house.RunAsync(here);
        await other.RunAsync(there);
        await house.RunAsync(here);
        (await other.RunAsync(there)).Changes.ShouldBe(0);

        (await SightsAsync(here)).Select(sight => (sight.IsOurs, sight.SeenDay)).ShouldBe([(true, Today), (false, Today)]);
        (await other.Partners.CanariesAsync(there.Id, default)).Select(sight => (sight.IsOurs, sight.SeenDay)).ShouldBe([(true, Today), (false, Today)]);
        (await house.ListingAsync()).ShouldBe(["Berg, Anna (anna@home.example)", "Dahl, Carl (carl@site2.example) < between"]);
    }

    [Fact]
    public async Task While_a_plan_waits_for_the_partner_the_canary_does_not_get_in_its_way()
    {
        var partner = await house.AddAsync("site1", Rules);
        There.FailsAfter = 0;

        await house.RunAsync(partner);
        There.Listing.ShouldBeEmpty();
        await house.RunAsync(partner);

        There.Listing.ShouldBe(["Berg, Anna (anna@home.example)", "Postern canary (canary@home.example)"]);
    }

    [Fact]
    public void Its_rules_are_checked_before_they_are_saved()
    {
        PartnerDraft Draft(CanaryRules canary) => new(0, "site2", "memory", MemoryPartner.SettingsOf("site2"), Rules with { Canary = canary });

        house.Partners.Check(Draft(new CanaryRules { Address = "no address", Name = "", Theirs = new string('x', 20), OldAfterDays = 366 })).Select(fault => fault.Path)
            .ShouldBe(["rules.canary.address", "rules.canary.name", "rules.canary.theirs", "rules.canary.oldAfterDays"]);
        house.Partners.Check(Draft(new CanaryRules { Address = "a@b.example" }) with { Rules = Rules with { GivesEntries = false } }).ShouldHaveSingleItem().Text.ShouldContain("give ours first");
        house.Partners.Check(Draft(Rules.Canary)).ShouldBeEmpty();
    }

    private Task<IReadOnlyList<CanarySight>> SightsAsync(Partner partner) => house.Partners.CanariesAsync(partner.Id, default);

    private MemoryRow Canary() => There.Rows.Single(row => row.Entry.Name == "Postern canary");

    private string Value() => Canary().Entry.Values[ValueNames.Notes];

    // As the directory and we would have it, had all of it happened a day ago.
    private async Task YesterdayAsync()
    {
        Put(Today.AddDays(-1));
        await house.ExecuteAsync($"update partner_canary set written_day = written_day - 1, row_values = replace(row_values, '{CanaryEntry.Text(Today)}', '{CanaryEntry.Text(Today.AddDays(-1))}')");
    }

    private void Put(DateOnly day) => There.Rewrite(Canary().Place, entry => entry with { Values = RowValues.Of([KeyValuePair.Create(ValueNames.Notes, CanaryEntry.Text(day))]) });
}
