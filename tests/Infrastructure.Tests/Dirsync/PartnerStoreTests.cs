using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Entries;
using Postern.Infrastructure.Tests.Dirsync.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

public sealed class PartnerStoreTests
{
    private static readonly SyncRules Takes = DirsyncHouse.Automatic with { GivesEntries = false, OwnedHomes = ["site1.example"] };

    [Fact]
    public async Task A_partner_is_saved_with_its_faults_at_their_fields_and_never_over_somebody_elses()
    {
        await using var house = await DirsyncHouse.CreateAsync();
        var wrong = new SyncRules
        {
            OwnedHomes = ["nowhere at all"],
            HoldOffDays = -1,
            Schedule = new ScheduleRules { Grid = "Blursday", Zone = "Moon/Base" },
            Import = new ImportRules { AddressTemplates = new Dictionary<string, string> { ["SMTP"] = "%q@x.example" } },
        };

        var faults = (await house.Partners.SaveAsync(new PartnerDraft(0, "Site 1", "memory", "{}", wrong), null, DirsyncHouse.Admin, default)).Faults;
        var saved = await house.AddAsync("site1", Takes);
        var taken = await house.Partners.SaveAsync(new PartnerDraft(0, "site2", "memory", MemoryPartner.SettingsOf("x"), Takes), null, DirsyncHouse.Admin, default);
        (await house.ChangeAsync(saved, Takes with { HoldOffDays = 7 })).Version.ShouldBe(2);
        var late = await house.Partners.SaveAsync(new PartnerDraft(saved.Id, "site1", "memory", saved.Settings, Takes), saved.Version, DirsyncHouse.Admin, default);

        (await house.Partners.SaveAsync(new PartnerDraft(0, "new", "memory", MemoryPartner.SettingsOf("y"), new SyncRules()), null, DirsyncHouse.Admin, default)).Faults
            .ShouldHaveSingleItem().Text.ShouldContain("the one on which partners are added");
        faults.Select(fault => fault.Path).ShouldBe(
            ["name", "settings.directory", "rules.ownedHomes[0]", "rules.import.addressTemplates.SMTP", "rules.holdOffDays", "rules.schedule.grid", "rules.schedule.zone"]);
        taken.Faults.ShouldHaveSingleItem().ShouldBe(new PartnerFault("rules.ownedHomes[0]", "site1.example belongs to the partner site1; take it out there first."));
        late.IsDone.ShouldBeFalse();
        late.Theirs!.Rules.HoldOffDays.ShouldBe(7);
        (await house.ReadAsync("select verb || ' ' || target from audit where verb like '% partner' order by id")).ShouldBe(["add partner site1", "change partner site1"]);
        await Should.ThrowAsync<RightMissingException>(() =>
            house.Partners.SaveAsync(new PartnerDraft(0, "x", "memory", "{}", Takes), null, new Operator("d", [Role.DirectoryApprover], ""), default));
    }

    [Fact]
    public async Task Deleting_a_partner_says_what_stays_and_its_entries_stay_as_our_own()
    {
        await using var house = await DirsyncHouse.CreateAsync("""entries: [{displayName: "Ours", native: ours@home.example}]""");
        house.Kind["site1"].Put("Doe, Jane", "jane@site1.example");
        var partner = await house.AddAsync("site1", Takes with { GivesEntries = true });
        await house.RunAsync(partner);

        var effect = (await house.Partners.DeletionAsync(partner.Id, default))!;
        (await house.ReadAsync("select (select count(*) from plan) || ' ' || (select count(*) > 0 from plan_row)")).ShouldBe(["2 true"]);
        (await house.Partners.DeleteAsync(partner.Id, partner.Version, DirsyncHouse.Admin, default)).IsDone.ShouldBeTrue();
        (await house.ReadAsync("select (select count(*) from plan) || ' ' || (select count(*) from plan_row)")).ShouldBe(["0 0"]);

        effect.Sentences.ShouldBe(
        [
            "1 entry of the directory loses site1 as its giver and stays as our own. Carry out a plan that empties site1 first if it is to leave.",
            "1 entry of ours stays in the directory of site1; nothing takes it out any more.",
            "SMTP:site1.example belongs to no partner any more.",
        ]);
        (await house.ListingAsync()).ShouldBe(["Doe, Jane (jane@site1.example)", "Ours (ours@home.example)"]);
        (await house.Partners.ListAsync(default)).ShouldBeEmpty();
        (await house.File.ExportAsync(default)).ShouldContain("jane@site1.example");
    }

    [Fact]
    public async Task The_entries_of_a_partner_leave_by_a_plan_that_waits_for_consent_like_any_other()
    {
        await using var house = await DirsyncHouse.CreateAsync();
        house.Kind["site1"].Put("Doe, Jane", "jane@site1.example");
        var partner = await house.AddAsync("site1", Takes);
        await house.RunAsync(partner);
        (await house.Cycles.EmptyAsync(partner.Id, DirsyncHouse.Admin, default)).Fault.ShouldContain("switch it off first");
        partner = (await house.Partners.SaveAsync(
            new PartnerDraft(partner.Id, "site1", "memory", partner.Settings, partner.Rules with { ImportConsent = new ConsentRules() }, IsEnabled: false), partner.Version, DirsyncHouse.Admin, default)).Saved!;

        var result = await house.Cycles.EmptyAsync(partner.Id, DirsyncHouse.Admin, default);

        (await house.SentencesAsync(result.Plans[0])).ShouldBe(["Doe, Jane (jane@site1.example) is deleted: the source no longer has it."]);
        await house.ApproveAsync(result.Plans[0]);
        (await house.ListingAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_partner_gives_is_no_part_of_the_configuration_and_is_not_edited_past_it()
    {
        await using var house = await DirsyncHouse.CreateAsync("""entries: [{displayName: "Ours", native: ours@home.example}]""");
        house.Kind["site1"].Put("Doe, Jane", "jane@site1.example");
        await house.RunAsync(await house.AddAsync("site1", Takes));
        var edits = new DirectoryEdits(house.Database.DataSource, house.View);
        var jane = (await house.View.PageAsync(new DirectoryFilter("jane"), "", default)).Rows[0];

        var export = await house.File.ExportAsync(default);
        var replaced = await house.File.ApplyAsync("""entries: [{displayName: "Another", native: another@home.example}]""", DirsyncHouse.Admin, default);
        var clash = await house.File.PlanAsync("""entries: [{displayName: "Thief", native: thief@home.example, proxies: [jane@site1.example]}]""", default);
        var saved = await edits.SaveAsync(new EntryDraft(jane.Id, "Doe, J", "person", jane.Native, []), jane, DirsyncHouse.Admin, default);
        var deleted = await edits.DeleteAsync(jane, DirsyncHouse.Admin, default);

        export.ShouldContain("ours@home.example");
        export.ShouldNotContain("jane@site1.example");
        replaced.Faults.ShouldBeEmpty();
        (await house.ListingAsync()).ShouldBe(["Another (another@home.example)", "Doe, Jane (jane@site1.example) < site1"]);
        clash.Faults.ShouldHaveSingleItem().Text.ShouldBe("The address jane@site1.example of Thief is taken: the partner site1 gives it to Doe, Jane.");
        jane.Giver.ShouldBe("site1");
        saved.Faults.ShouldHaveSingleItem().Text.ShouldBe("Doe, Jane is given by site1, and the next cycle would undo this. Change it at site1, or decide about it in a plan.");
        deleted.IsDone.ShouldBeFalse();
        deleted.Faults.ShouldHaveSingleItem().Text.ShouldBe(saved.Faults[0].Text);
    }

    [Fact]
    [Trait("source", "Q148718")]
    public async Task Schedules_begin_cycles_missed_ones_are_said_once_and_a_dry_run_leaves_a_note()
    {
        await using var house = await DirsyncHouse.CreateAsync();
        house.Kind["site1"].Put("Doe, Jane", "jane@site1.example");
        var partner = await house.AddAsync("site1", Takes with { Schedule = new ScheduleRules { Grid = "Mon-Sun 02:00" } });
        var created = DateTimeOffset.Parse((await house.ReadAsync("select to_char(schedule_from at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') from partner"))[0], System.Globalization.CultureInfo.InvariantCulture);
        var night = new DateTimeOffset(created.UtcDateTime.Date, TimeSpan.Zero).AddDays(1).AddHours(2);

        (await house.Worker.RunOnceAsync(default, night.AddMinutes(-1))).ShouldBe(0);
        (await house.Partners.FindAsync("site1", default))!.NextRunAt!.Value.TimeOfDay.ShouldBe(TimeSpan.FromHours(2));
        // Nobody was there in the first two nights, and the third one is still within its window.
        (await house.Worker.RunOnceAsync(default, night.AddDays(1).AddHours(20))).ShouldBe(0);
        (await house.Worker.RunOnceAsync(default, night.AddDays(2).AddHours(1))).ShouldBe(1);
        (await house.ListingAsync()).Count.ShouldBe(1);
        await house.Partners.RunAsync(partner.Id, isDry: true, DirsyncHouse.Admin, default);
        (await house.Worker.RunOnceAsync(default, created)).ShouldBe(1);

        (await house.ReadAsync("select text from event where code = 6001")).ShouldHaveSingleItem().ShouldStartWith("2 cycles of site1 were missed, the first one of ");
        (await house.Partners.NotesAsync(partner.Id, null, 10, default)).Select(note => note.Kind).ShouldBe(["said", "missed"]);
        (await house.NotesAsync())[^1].ShouldBe("Dry run, nothing was stored: no changes.");
    }
}
