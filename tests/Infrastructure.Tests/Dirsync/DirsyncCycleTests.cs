using Postern.Domain.Addresses;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Names;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Formats.CcMail;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Tests.Dirsync.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>Cycles over a real database, with partners whose directories lie in memory.</summary>
public sealed class DirsyncCycleTests
{
    private const string ThreeJimmies =
        """
        entries:
          - {displayName: "Smith, Jimmy", native: jimmy@site1.example, proxies: ["CCMAIL:Smith, Jimmy at SITE1"]}
          - {displayName: "SMITH, Jimmy", native: jimmy@site2.example, proxies: ["CCMAIL:SMITH, Jimmy at SITE2"]}
          - {displayName: "Smith, jimmy", native: jimmy@site3.example, proxies: ["CCMAIL:Smith, jimmy at SITE3"]}
        """;

    private static readonly SyncRules Takes = DirsyncHouse.Automatic with { GivesEntries = false, OwnedHomes = ["site1.example", "CCMAIL:SALES"] };

    private static readonly SyncRules Gives = DirsyncHouse.Automatic with { TakesEntries = false };

    [Fact]
    [Trait("source", "Q237588")]
    public async Task Of_three_names_that_differ_in_case_one_is_sent_two_are_listed_and_the_second_cycle_proposes_nothing()
    {
        await using var house = await DirsyncHouse.CreateAsync(ThreeJimmies);
        var directory = house.Kind["po"];
        (directory.Names, directory.AddressTypes, directory.Ability) = (new CcMailNames(new CcMailProfile()), [CcMailAddress.TypeName], TargetAbility.CcMail);
        var partner = await house.AddAsync("po", Gives);

        var first = await house.RunAsync(partner);
        var second = await house.RunAsync(partner);
        var third = await house.RunAsync(partner);

        first.Changes.ShouldBe(1);
        (await house.RowsAsync(first.Plans[0])).Select(row => row.Change.Class).ShouldBe([ChangeClass.Add, ChangeClass.Collision, ChangeClass.Collision]);
        directory.Listing.ShouldBe(["Smith, Jimmy (CCMAIL:Smith, Jimmy at SITE1)"]);
        directory.Steps.ShouldBe(1);
        second.Changes.ShouldBe(0);
        second.Hashes.ShouldBe(third.Hashes);
        (await house.SentencesAsync(second.Plans[0])).ShouldBe(
            [
                "SMITH, Jimmy (CCMAIL:SMITH, Jimmy at SITE2) has the name of CCMAIL:Smith, Jimmy at SITE1, and names may stand there only once; it is not listed.",
                "Smith, jimmy (CCMAIL:Smith, jimmy at SITE3) has the name of CCMAIL:Smith, Jimmy at SITE1, and names may stand there only once; it is not listed.",
            ],
            ignoreOrder: true);
        // However often nothing is proposed, the history has one line of it.
        third.Plans.ShouldBe(second.Plans);
    }

    [Fact]
    public async Task Where_the_policy_never_renames_nobody_waits_for_a_name_that_is_never_given_up()
    {
        await using var house = await DirsyncHouse.CreateAsync("""entries: [{displayName: "Doe, Jane", native: jane@home.example}]""");
        var partner = await house.AddAsync("hub", Gives with { ExportConsent = DirsyncHouse.Free with { Rename = ApprovalMode.Never } });
        await house.RunAsync(partner);
        await house.ConfigureAsync("""entries: [{displayName: "Roe, Jane", native: jane@home.example}, {displayName: "Doe, Jane", native: doe@home.example}]""");

        await house.RunAsync(partner);
        var last = await house.RunAsync(partner);

        (await house.SentencesAsync(last.Plans[^1])).ShouldBe(
            [
                "Doe, Jane (jane@home.example) is renamed to Roe, Jane.",
                "Doe, Jane (doe@home.example) has the name of jane@home.example, and names may stand there only once; it is not listed.",
            ]);
        house.Kind["hub"].Listing.ShouldBe(["Doe, Jane (jane@home.example)"]);
    }

    [Fact]
    [Trait("source", "Q105125")]
    [Trait("source", "Q137865")]
    [Trait("source", "Q140961")]
    public async Task Entries_keep_their_numbers_whatever_changes_and_those_added_by_hand_stay()
    {
        await using var house = await DirsyncHouse.CreateAsync("""entries: [{displayName: "By hand", native: hand@home.example}]""");
        var directory = house.Kind["site1"];
        directory.Put("Novak, Petra", "petra@site1.example", "m-petra", ("phone", "1"));
        directory.Put("Doe, Jane", "jane@site1.example", "m-jane");
        var partner = await house.AddAsync("site1", Takes);
        await house.RunAsync(partner);
        var numbers = await NumbersAsync(house);

        directory.Put("Novak-Berg, Petra", "pnb@site1.example", "m-petra", ("phone", "2"));
        directory.Put("Doe, Janet", "jane@site1.example", "m-jane");
        var result = await house.RunAsync(partner);

        (await house.SentencesAsync(result.Plans[0])).ShouldBe(
            ["Novak, Petra moves from petra@site1.example to pnb@site1.example and is called Novak-Berg, Petra.", "Doe, Jane (jane@site1.example) is renamed to Doe, Janet."]);
        (await house.ListingAsync()).ShouldBe(["By hand (hand@home.example)", "Doe, Janet (jane@site1.example) < site1", "Novak-Berg, Petra (pnb@site1.example) < site1"]);
        (await NumbersAsync(house)).ShouldBe(numbers);
        (await house.RunAsync(partner)).Changes.ShouldBe(0);
    }

    [Fact]
    [Trait("source", "Q166581")]
    public async Task Who_moves_in_a_source_without_ids_is_one_move_and_not_somebody_who_left_and_a_namesake()
    {
        await using var house = await DirsyncHouse.CreateAsync();
        var directory = house.Kind["site1"];
        directory.HasIds = false;
        var place = directory.Put("Smith, John", "CCMAIL:Smith, John at SALES");
        var partner = await house.AddAsync("site1", Takes with { OwnedHomes = ["CCMAIL:SALES", "CCMAIL:YARD"], Import = new ImportRules { AddressTemplates = new Dictionary<string, string> { ["SMTP"] = "%g.%s@home.example" } } });
        await house.RunAsync(partner);
        directory.Remove(place);
        directory.Put("Smith, John", "CCMAIL:Smith, John at YARD");

        var result = await house.RunAsync(partner);

        (await house.SentencesAsync(result.Plans[0])).ShouldBe(["Smith, John moves from CCMAIL:Smith, John at SALES to CCMAIL:Smith, John at YARD."]);
        (await house.ListingAsync()).ShouldBe(["Smith, John (CCMAIL:Smith, John at YARD) John.Smith@home.example < site1"]);
        (await house.RunAsync(partner)).Changes.ShouldBe(0);
    }

    [Fact]
    [Trait("source", "Q264286")]
    public async Task After_a_post_office_was_converted_one_cycle_of_each_partner_moves_its_people_there_and_none_is_lacking()
    {
        await using var house = await DirsyncHouse.CreateAsync("""entries: [{displayName: "Ours", native: ours@home.example}]""");
        string[] names = ["Brady, Sally", "Doe, Jane", "Quist, Tor"];
        string[] others = ["site2", "site3"];
        var source = house.Kind["site1"];
        foreach (var name in names)
        {
            source.Put(name, $"CCMAIL:{name} at SALES", $"m-{name}");
        }

        var converted = await house.AddAsync("site1", Takes);
        var partners = new List<Partner>();
        foreach (var other in others)
        {
            partners.Add(await house.AddAsync(other, Gives with { Export = new ExportRules { ExportsGiven = true } }));
        }

        await house.RunAsync(converted);
        foreach (var partner in partners)
        {
            await house.RunAsync(partner);
        }

        foreach (var name in names)
        {
            source.Put(name, $"{name.Split(',')[0].ToLowerInvariant()}@site1.example", $"m-{name}");
        }

        await house.RunAsync(converted);
        foreach (var partner in partners)
        {
            var result = await house.RunAsync(partner);
            (await house.RowsAsync(result.Plans[0])).Select(row => row.Change.Class).ShouldBe([ChangeClass.Move, ChangeClass.Move, ChangeClass.Move]);
            house.Kind[partner.Name].Listing.ShouldBe(
                ["Brady, Sally (brady@site1.example)", "Doe, Jane (doe@site1.example)", "Ours (ours@home.example)", "Quist, Tor (quist@site1.example)"], ignoreOrder: true);
            (await house.RunAsync(partner)).Changes.ShouldBe(0);
        }
    }

    [Fact]
    [Trait("source", "Q222186")]
    public async Task A_read_that_was_not_complete_proposes_no_deletes_and_frees_no_name()
    {
        await using var house = await DirsyncHouse.CreateAsync();
        var directory = house.Kind["site1"];
        for (var i = 0; i < 20; i++)
        {
            directory.Put($"Person, {i:00}", $"p{i:00}@site1.example", $"p{i:00}");
        }

        var partner = await house.AddAsync("site1", Takes);
        await house.RunAsync(partner);
        directory.ReadsOnly = 5;
        directory.Put("Person, 00 new", "p00@site1.example", "p00");

        var result = await house.RunAsync(partner);

        (await house.SentencesAsync(result.Plans[0])).ShouldBe(["Person, 00 (p00@site1.example) is renamed to Person, 00 new."]);
        (await house.Plans.FindAsync(result.Plans[0], default))!.IsComplete.ShouldBeFalse();
        directory.ReadsOnly = null;
        directory.Remove("p19");
        (await house.SentencesAsync((await house.RunAsync(partner)).Plans[0])).ShouldBe(["Person, 19 (p19@site1.example) is deleted: the source no longer has it."]);
    }

    [Fact]
    public async Task A_read_of_changes_forgets_nobody_and_deletes_only_who_is_known_to_be_gone()
    {
        await using var house = await DirsyncHouse.CreateAsync();
        var directory = house.Kind["site1"];
        directory.ReadsChanges = true;
        directory.Put("Doe, Jane", "jane@site1.example", "jane");
        directory.Put("Roe, Rick", "rick@site1.example", "rick");
        var partner = await house.AddAsync("site1", Takes with { ImportConsent = new ConsentRules { Thresholds = [] } });
        var first = await house.RunAsync(partner);

        // Nothing is read again, and the plan that waits still has both.
        var second = await house.RunAsync(partner);
        second.Hashes.ShouldBe(first.Hashes);
        await house.ApproveAsync(second.Plans[0]);
        directory.Remove("rick");
        directory.KnowsAll = false;
        (await house.RunAsync(partner)).Changes.ShouldBe(0);
        directory.KnowsAll = true;
        directory.Put("Doe, Janet", "jane@site1.example", "jane");
        var last = await house.RunAsync(partner);

        (await house.SentencesAsync(last.Plans[0])).ShouldBe(["Roe, Rick (rick@site1.example) is deleted: the source no longer has it.", "Doe, Jane (jane@site1.example) is renamed to Doe, Janet."]);
    }

    [Fact]
    public async Task Where_the_source_moved_only_what_moved_asks_again()
    {
        await using var house = await DirsyncHouse.CreateAsync();
        var directory = house.Kind["site1"];
        directory.Put("Doe, Jane", "jane@site1.example", "jane");
        directory.Put("Roe, Rick", "rick@site1.example", "rick");
        directory.Put("Poe, Paul", "paul@site1.example", "paul");
        var partner = await house.AddAsync("site1", Takes with { ImportConsent = new ConsentRules() });
        var first = (await house.RunAsync(partner)).Plans[0];
        var hash = (await house.Plans.FindAsync(first, default))!.Hash;
        (await house.Decisions.ApproveAsync(first, hash, new PlanRowFilter(), [1, 2], DirsyncHouse.Admin, default)).Changed.ShouldBe(2);

        directory.Put("Doe, Janet", "jane@site1.example", "jane");
        var second = await house.RunAsync(partner);

        (await house.Plans.FindAsync(first, default))!.State.ShouldBe("superseded");
        (await house.RowsAsync(second.Plans[0])).Select(row => $"{row.Change.After!.Name} {row.Verdict} {string.Join(',', row.ApprovedBy)}").ShouldBe(["Doe, Janet open ", "Poe, Paul approved kim", "Roe, Rick open "]);
        (await house.Plans.FindAsync(second.Plans[0], default))!.State.ShouldBe("waiting");
    }

    [Fact]
    public async Task A_refused_change_is_not_proposed_again_until_its_source_changes()
    {
        await using var house = await DirsyncHouse.CreateAsync();
        var directory = house.Kind["site1"];
        directory.Put("Doe, Jane", "jane@site1.example", "jane");
        var partner = await house.AddAsync("site1", Takes with { ImportConsent = new ConsentRules() });
        var plan = (await house.Plans.FindAsync((await house.RunAsync(partner)).Plans[0], default))!;
        (await house.Decisions.RejectAsync(plan.Id, plan.Hash, new PlanRowFilter(), null, DirsyncHouse.Admin, default)).Changed.ShouldBe(1);

        (await house.RunAsync(partner)).Changes.ShouldBe(0);
        (await house.RunAsync(partner)).Changes.ShouldBe(0);
        directory.Put("Doe, Janet", "jane@site1.example", "jane");

        (await house.RunAsync(partner)).Changes.ShouldBe(1);
        (await house.ReadAsync("select count(*) from refused_change")).ShouldBe(["0"]);
    }

    [Fact]
    public async Task Around_a_delete_that_was_refused_the_plan_comes_to_rest()
    {
        await using var house = await DirsyncHouse.CreateAsync("""entries: [{displayName: "Doe, Jane", native: jane@old.example}, {displayName: "Roe, Rick", native: rick@old.example}]""");
        var directory = house.Kind["site1"];
        var partner = await house.AddAsync("site1", DirsyncHouse.Automatic with { TakesEntries = false });
        await house.RunAsync(partner);
        partner = await house.ChangeAsync(partner, DirsyncHouse.Automatic with { TakesEntries = false, ExportConsent = new ConsentRules() });
        await house.ConfigureAsync(
            """entries: [{displayName: "DOE, Jane", native: jane@new.example}, {displayName: "Roe, Richard", native: rick@old.example}]""");
        var plan = (await house.Plans.FindAsync((await house.RunAsync(partner)).Plans[0], default))!;
        (await house.SentencesAsync(plan.Id)).Count.ShouldBe(3);
        var delete = (await house.RowsAsync(plan.Id)).Single(row => row.Change.Class == ChangeClass.Delete);

        (await house.Decisions.RejectAsync(plan.Id, plan.Hash, new PlanRowFilter(), [delete.Ordinal], DirsyncHouse.Admin, default)).Changed.ShouldBe(1);
        var second = await house.RunAsync(partner);

        (await house.SentencesAsync(second.Plans[0])).ShouldBe(
        [
            "Roe, Rick (rick@old.example) is renamed to Roe, Richard.",
            "DOE, Jane (jane@new.example) has the name of jane@old.example, and names may stand there only once; it is not listed.",
        ]);
        await house.ApproveAsync(second.Plans[0]);
        (await house.RunAsync(partner)).Changes.ShouldBe(0);
        directory.Listing.ShouldBe(["Doe, Jane (jane@old.example)", "Roe, Richard (rick@old.example)"], ignoreOrder: true);
        (await house.ReadAsync("select count(*) from refused_change")).ShouldBe(["1"]);
    }

    [Fact]
    public async Task A_dry_run_counts_and_fingerprints_and_stores_nothing()
    {
        await using var house = await DirsyncHouse.CreateAsync("""entries: [{displayName: "Ours", native: ours@home.example}]""");
        var directory = house.Kind["site1"];
        directory.Put("Doe, Jane", "jane@site1.example");
        var partner = await house.AddAsync("site1", Takes with { GivesEntries = true, ImportConsent = new ConsentRules(), ExportConsent = new ConsentRules() });
        const string Everything =
            """
            select (select count(*) from plan) || ' ' || (select count(*) from plan_row) || ' ' || (select count(*) from held_row) || ' ' || (select count(*) from cycle_note) || ' ' || cycle || ' ' || memory from partner
            """;
        var before = await house.ReadAsync(Everything);

        var dry = await house.RunAsync(partner, isDry: true);

        dry.Changes.ShouldBe(2);
        dry.Sentences.ShouldBe(["1 add", "1 add"]);
        (await house.ReadAsync(Everything)).ShouldBe(before);
        (await house.RunAsync(partner)).Hashes.ShouldBe(dry.Hashes);
    }

    [Fact]
    [Trait("source", "Q118621")]
    [Trait("source", "Q200062")]
    [Trait("source", "Q241086")]
    [Trait("source", "Q152935")]
    [Trait("source", "Q300458")]
    public async Task Hiding_trust_and_containers_take_out_and_put_back_just_those_whom_they_concern()
    {
        await using var house = await DirsyncHouse.CreateAsync(
            """
            entries:
              - {displayName: "Doe, Jane", native: jane@home.example}
              - {displayName: "Roe, Rick", native: rick@home.example}
              - {displayName: "Poe, Paul", native: paul@home.example}
            """);
        var directory = house.Kind["po"];
        var partner = await house.AddAsync("po", Gives with { Export = new ExportRules { TrustLimit = 50 } });
        await house.RunAsync(partner);

        await house.ExecuteAsync("update entry set is_hidden = true where display_name = 'Doe, Jane'");
        await house.ExecuteAsync("update entry set trust = 60 where display_name = 'Roe, Rick'");
        (await house.SentencesAsync((await house.RunAsync(partner)).Plans[0])).ShouldBe(
            ["Doe, Jane (jane@home.example) is deleted: it was hidden.", "Roe, Rick (rick@home.example) is deleted: its trust level is above the partner's."]);
        directory.Listing.ShouldBe(["Poe, Paul (paul@home.example)"]);
        await house.ExecuteAsync("update entry set is_hidden = false, trust = 0, container = case when display_name = 'Poe, Paul' then 'Yard' else 'Office' end");
        partner = await house.ChangeAsync(partner, partner.Rules with { Export = new ExportRules { Containers = ["Office", "Gone"] } });
        (await house.SentencesAsync((await house.RunAsync(partner)).Plans[0])).ShouldBe(
            ["Poe, Paul (paul@home.example) is deleted: it is outside of what is exported.", "Doe, Jane (jane@home.example) is added.", "Roe, Rick (rick@home.example) is added."]);

        (await house.NotesAsync()).ShouldContain("The export container Gone does not exist; the others are exported all the same.");
        (await house.NotesAsync()).ShouldContain("1 entry is not sent to po: it is outside of what is exported.");
    }

    [Fact]
    [Trait("source", "Q174732")]
    [Trait("source", "Q247182")]
    public async Task Another_import_container_moves_everybody_and_touches_nobody_of_another_partner()
    {
        await using var house = await DirsyncHouse.CreateAsync();
        house.Kind["site1"].Put("Doe, Jane", "jane@site1.example");
        house.Kind["site2"].Put("Roe, Rick", "rick@site2.example");
        house.Kind["site2"].Put("Liar", "liar@site1.example");
        var first = await house.AddAsync("site1", Takes);
        var second = await house.AddAsync("site2", Takes with { OwnedHomes = ["site2.example"] });
        await house.RunAsync(first);
        await house.RunAsync(second);

        first = await house.ChangeAsync(first, Takes with { Import = new ImportRules { Container = "Imported/Site1" } });
        var result = await house.RunAsync(first);

        (await house.SentencesAsync(result.Plans[0])).ShouldBe(["Doe, Jane (jane@site1.example) is changed: container becomes Imported/Site1."]);
        (await house.ReadAsync("select display_name || ': ' || container from entry order by 1")).ShouldBe(["Doe, Jane: Imported/Site1", "Roe, Rick: "]);
        (await house.NotesAsync()).ShouldContain("liar@site1.example belongs to site1; site2 cannot change it.");
    }

    [Fact]
    public async Task A_mass_rename_waits_for_a_person_although_renames_need_nobody()
    {
        await using var house = await DirsyncHouse.CreateAsync();
        var directory = house.Kind["site1"];
        for (var i = 0; i < 30; i++)
        {
            directory.Put($"Person {i:00}", $"p{i}@site1.example", $"p{i}");
        }

        var partner = await house.AddAsync("site1", Takes with { ImportConsent = DirsyncHouse.Free with { Thresholds = [new Threshold(ChangeClass.Rename, null, 10)] } });
        await house.RunAsync(partner);
        for (var i = 0; i < 4; i++)
        {
            directory.Put($"Renamed {i:00}", $"p{i}@site1.example", $"p{i}");
        }

        var plan = (await house.Plans.FindAsync((await house.RunAsync(partner)).Plans[0], default))!;

        plan.State.ShouldBe("waiting");
        plan.Exceeded.ShouldBe([ChangeClass.Rename]);
        plan.Thresholds.ShouldBe(["4 renames (13.3 % of 30 entries): more than 10 %, so a person looks at this plan first."]);
    }

    [Fact]
    [Trait("source", "Q148705")]
    [Trait("source", "Q148771")]
    public async Task A_cycle_that_fails_changes_nothing_and_leaves_its_cause_once_however_it_was_begun()
    {
        await using var house = await DirsyncHouse.CreateAsync();
        house.Kind["site1"].Put("Doe, Jane", "jane@site1.example");
        var partner = await house.AddAsync("site1", Takes);
        house.Kind["site1"].Unreachable = "The directory server does not answer.";
        await house.Partners.RunAsync(partner.Id, isDry: false, DirsyncHouse.Admin, default);

        (await house.Worker.RunOnceAsync(default)).ShouldBe(1);
        (await house.Cycles.RunAsync(partner.Id, isDry: false, default)).Fault.ShouldBe("The directory server does not answer.");

        (await house.Partners.FindAsync("site1", default))!.CycleFault.ShouldBe("The directory server does not answer.");
        (await house.ListingAsync()).ShouldBeEmpty();
        house.Kind["site1"].Unreachable = "";
        await house.RunAsync(partner);
        (await house.ReadAsync("select severity || ' ' || text from event where code = 6000 order by id")).ShouldBe(
            ["error A cycle of site1 came to nothing: The directory server does not answer.", "information Cycles of site1 work again."]);
    }

    private static Task<IReadOnlyList<string>> NumbersAsync(DirsyncHouse house) => house.ReadAsync("select id || ' ' || source_identity from entry order by id");
}
