using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.CcMail;
using Postern.Infrastructure.Tests.CcMail;
using Postern.Infrastructure.Tests.Dirsync.Support;
using Postern.Lab.CcMail;

namespace Postern.Infrastructure.Tests.Dirsync.CcMail;

/// <summary>The directory of SALES, through EXPORT and IMPORT as child processes.</summary>
public sealed class CcMailPartnerTests : PartnerContract
{
    private static readonly RowValues None = RowValues.None;

    private protected override async Task<PartnerRoom> EnterAsync() => await SalesRoom.EnterAsync();

    [Fact]
    [Trait("source", "Q237588")]
    public async Task Three_sites_with_one_name_in_three_spellings_get_one_entry_and_the_second_cycle_proposes_nothing()
    {
        await using var room = await SalesRoom.EnterAsync();
        (string, string, RowValues)[] people =
            [("Smith, Jimmy", "CCMAIL:Smith, Jimmy at SITE1", None), ("SMITH, Jimmy", "CCMAIL:SMITH, Jimmy at SITE2", None)];

        var first = await room.CycleAsync(people);
        var second = await room.CycleAsync(people);

        first.Changes.Select(change => (change.Class, change.After!.Name)).ShouldBe([(ChangeClass.Add, "Smith, Jimmy")]);
        second.Sentences.ShouldBeEmpty();
        (await room.ListedAsync()).ShouldBe(["Smith, Jimmy"]);
    }

    [Fact]
    [Trait("source", "Q166581")]
    [Trait("source", "Q295753")]
    [Trait("source", "Q197255")]
    [Trait("source", "Q153487")]
    public async Task Deletes_are_a_run_of_their_own_before_the_adds_and_a_site_that_moves_converges_in_one_cycle()
    {
        await using var room = await SalesRoom.EnterAsync();
        await room.CycleAsync(("Falk, Erik", "CCMAIL:Falk, Erik at SITE1", None), ("Holm, Eva", "CCMAIL:Holm, Eva at SITE1", None));

        var moved = await room.CycleAsync(("Falk, Erik", "CCMAIL:Falk, Erik at SITE2", None), ("Holm, Eva", "CCMAIL:Holm, Eva at SITE2", None));
        var last = await room.CycleAsync(("Falk, Erik", "CCMAIL:Falk, Erik at SITE2", None), ("Holm, Eva", "CCMAIL:Holm, Eva at SITE2", None));

        moved.Faults.ShouldBeEmpty();
        last.Sentences.ShouldBeEmpty();
        room.Directory().Where(entry => entry.Location == 'r').Select(entry => (entry.Name, entry.Address)).ShouldBe(
            [("Falk, Erik", "SITE2 Falk, Erik"), ("Holm, Eva", "SITE2 Holm, Eva")], ignoreOrder: true);
        (await room.Lab.ScalarAsync<long>("select count(*) from program_run where program = 'import directory'")).ShouldBe(3);
    }

    [Fact]
    public async Task Where_IMPORT_is_not_trusted_with_deletes_they_stand_on_a_sheet_and_leave_it_by_themselves()
    {
        await using var room = await SalesRoom.EnterAsync();
        room.Settings = room.Settings with { AllowsDeletes = false };
        await room.CycleAsync(("Falk, Erik", "CCMAIL:Falk, Erik at SITE1", None), ("Holm, Eva", "CCMAIL:Holm, Eva at SITE1", None));

        var refused = await room.CycleAsync(("Holm-Berg, Eva", "CCMAIL:Holm, Eva at SITE1", None));
        var sheet = Path.Combine(room.Lab.Link.Settings.WorkFolder, "Dirsync", "delete-sales.txt");
        var text = File.ReadAllText(sheet);
        room.Edit(entries => entries.RemoveAll(entry => entry.Location == 'r'));
        var after = await room.CycleAsync(("Holm-Berg, Eva", "CCMAIL:Holm, Eva at SITE1", None));

        text.ShouldContain("To delete from the directory of SALES: 2 entries.");
        text.ShouldContain("[ ] Falk, Erik   (SITE1 Falk, Erik)");
        refused.Faults.Count.ShouldBe(3);
        refused.Faults[0].ShouldStartWith("To delete by hand: SALES is not trusted to take deletes through IMPORT. It stands on the sheet /");
        refused.Faults[0].ShouldEndWith("/ccmcdata/Dirsync/delete-sales.txt.");
        refused.Faults[2].ShouldStartWith("It is not added while its old entry is there");
        after.Faults.ShouldBeEmpty();
        (await room.ListedAsync()).ShouldBe(["Holm-Berg, Eva"]);
    }

    [Fact]
    [Trait("source", "Q197255")]
    [Trait("source", "Q156063")]
    public async Task Post_office_entries_of_ours_are_marked_and_kept_right_and_those_of_others_are_only_told()
    {
        await using var room = await SalesRoom.EnterAsync();
        room.Edit(entries =>
        {
            entries.RemoveAll(entry => entry.Name == "SITE2");
            entries.Add(new DirectoryEntry("Abel, Ida", 'L', "", ""));
        });

        var first = await room.CycleAsync(("Okafor, Ngozi", "CCMAIL:Okafor, Ngozi at SITE2", None));
        room.Edit(entries => entries[entries.FindIndex(entry => entry.Name == "SITE2")] = new DirectoryEntry("SITE2", 'p', "DEPOT", "Postern SITE2"));
        var (told, _) = await room.ReadAsync();
        await room.CycleAsync(("Okafor, Ngozi", "CCMAIL:Okafor, Ngozi at SITE2", None), ("Falk, Erik", "CCMAIL:Falk, Erik at SITE2", None));

        first.Faults.ShouldBeEmpty();
        first.Read.Notes.ShouldContain("SALES has no post office entry SITE2. Postern adds it with the first entries behind it.");
        told.Notes.ShouldHaveSingleItem().ShouldBe("The post office entry SITE1 of SALES was not made by Postern and is not changed by it. To hand it over, give it the comment “Postern SITE1” in ADMIN.");
        room.Directory().Single(entry => entry.Name == "SITE2").ShouldBe(new DirectoryEntry("SITE2", 'p', "SITE1", "Postern SITE2"));
        room.Directory().Single(entry => entry.Name == "SITE1").Comment.ShouldBe("Gateway to the backbone");
    }

    [Fact]
    [Trait("source", "Q295753")]
    [Trait("source", "Q241988")]
    [Trait("source", "Q196255")]
    [Trait("source", "Q217040")]
    [Trait("source", "Q197258")]
    public async Task Everything_that_it_lists_is_read_whatever_its_letters_and_names_of_others_are_taken()
    {
        await using var room = await SalesRoom.EnterAsync();
        room.Settings = room.Settings with { CommentRule = "%a;%o;%p" };
        room.Lab.PostOffice.Faults("export truncate exit=0 nth=2");
        room.Edit(entries =>
        {
            entries.Add(new DirectoryEntry("MÜNCHEN", 'p', "SALES", ""));
            entries.Add(new DirectoryEntry("Smith, John Q.", 'l', "MÜNCHEN", "jsmith;43/3019;(425) 936-1111"));
            entries.Add(new DirectoryEntry("#Cranes", 'L', "", ""));
            entries.Add(new DirectoryEntry("Peter Novak", 'A', "Novak, Petra", ""));
            entries.Add(new DirectoryEntry("~ADE_1", 'p', "SALES", ""));
            entries.Add(new DirectoryEntry("Quist, Anders", 'r', "SITE1 anders.quist@partner.example", "Hire"));
        });

        var (result, records) = await room.ReadAsync();
        var (torn, _) = await room.ReadAsync();

        (result.IsComplete, torn.IsComplete).ShouldBe((true, false));
        torn.Notes[0].ShouldBe("The directory file of SALES ends inside a record; nothing is deleted because of it.");
        var smith = records.Select(record => record.Entry).Single(entry => entry?.Name == "Smith, John Q.")!;
        smith.Address.ToString().ShouldBe("CCMAIL:Smith, John Q. at MÜNCHEN");
        (smith.Values["alias"], smith.Values["office"], smith.Values["phone"], smith.Values["initials"]).ShouldBe(("jsmith", "43/3019", "(425) 936-1111", "Q."));
        records.Single(record => record.Entry?.Name == "#Cranes").Entry!.Kind.ShouldBe(RowKind.Board);
        records.Where(record => record.Entry is null && !record.IsOurs).Select(record => record.Held?.Name).ShouldBe(["SALES", "SITE1", "~ADE_1", "MÜNCHEN", "SITE2", "Peter Novak"], ignoreOrder: true);
        records.Single(record => record.IsOurs).Held!.Address.ShouldBe("CCMAIL:anders.quist@partner.example at SITE1");
    }

    [Fact]
    [Trait("source", "Q233164")]
    [Trait("source", "Q168465")]
    [Trait("source", "Q148771")]
    public async Task Each_reason_why_the_directory_cannot_be_had_is_told_by_itself_and_nothing_is_believed()
    {
        await using var room = await SalesRoom.EnterAsync();
        async Task<string> FaultAsync() => (await Should.ThrowAsync<PartnerException>(room.ReadAsync())).Message;

        room.Lab.PostOffice.Faults("export exit=1 nth=1");
        var version = await FaultAsync();
        room.Lab.Password = "WRONG";
        room.Lab.Restart();
        var password = await FaultAsync();
        room.Lab.Password = "LAB";
        room.Lab.Restart();
        File.WriteAllText(room.Lab.PostOffice.At("LOCK"), "");
        var locked = await FaultAsync();
        File.Delete(room.Lab.PostOffice.At("LOCK"));
        await using var directory = await room.OpenAsync();
        var checks = await directory.CheckAsync(CancellationToken.None);

        version.ShouldContain("the version of the program is not that of the post office (the connector says DB8), IE.RI is missing beside it");
        password.ShouldContain("name, password or path of SALES is wrong");
        locked.ShouldStartWith("The post office SALES is locked by another program");
        checks.ShouldAllBe(check => check.IsGood);
        checks[0].Sentence.ShouldBe("EXPORT wrote the directory of SALES: 13 records.");
    }

    [Fact]
    [Trait("source", "Q156063")]
    [Trait("source", "Q223772")]
    public async Task IMPORT_that_stops_at_a_record_goes_on_without_it_and_a_record_it_refuses_says_why()
    {
        await using var room = await SalesRoom.EnterAsync();
        room.Lab.PostOffice.Faults("import exit=1 to=Mohn", "import reject to=Grau reason=\"Mailbox is closed\"");

        var round = await room.CycleAsync(
            [.. new[] { "Arndt, Eva", "Grau, Ina", "Mohn, Rolf", "Zeller, Max" }.Select(name => (name, $"CCMAIL:{name} at SITE1", None))]);

        round.Faults.ShouldBe(["IMPORT refused it: Mailbox is closed.", "IMPORT refused it: IMPORT stopped at it with code 1."], ignoreOrder: true);
        (await room.ListedAsync()).ShouldBe(["Arndt, Eva", "Zeller, Max"]);
        Directory.GetFiles(Path.Combine(room.Lab.Link.Settings.WorkFolder, "Dirsync")).ShouldBeEmpty();
    }

    [Fact]
    [Trait("source", "Q148705")]
    public async Task A_run_never_begins_beside_another_and_one_that_breaks_off_is_told_and_carried_on()
    {
        await using var room = await SalesRoom.EnterAsync();
        room.Lab.Wait(1, "Hello", "To: Farrow, Pia at SITE1");
        room.Lab.PostOffice.Faults("import crash at=during nth=1");

        var crash = await Should.ThrowAsync<PartnerException>(Task.WhenAll(
            room.CycleAsync(("Falk, Erik", "CCMAIL:Falk, Erik at SITE1", None)), room.Lab.Pickup.PickUpAsync(CancellationToken.None)));
        var left = await room.CycleAsync(("Falk, Erik", "CCMAIL:Falk, Erik at SITE1", None));

        crash.Message.ShouldStartWith("IMPORT crashed by signal 9 (killed)");
        left.Faults.ShouldBeEmpty();
        (await room.ListedAsync()).ShouldBe(["Falk, Erik"]);
        File.Exists(room.Lab.PostOffice.At("violations.log")).ShouldBeFalse();
        (await room.Lab.Link.Runs.OpenAsync(CcMailLab.ConnectorId, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public void The_programs_of_the_connector_are_called_for_a_directory_without_what_is_about_messages()
    {
        IReadOnlyList<string> command = ["/lab/FILES/IMPORT", "/N{site}", "/P{password}", "/D{path}", "/ITEMSIZE", "/PARTIAL", "/BATCH", "/FILES/MACBIN2", "/@{file}"];

        DirectoryCommand.Of(command, "/DIRECTORY").ShouldBe(["/lab/FILES/IMPORT", "/N{postoffice}", "/P{password}", "/D{path}", "/BATCH", "/DIRECTORY", "/@{file}"]);
    }
}
