using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.MsMail;
using Postern.Infrastructure.Tests.Dirsync.Support;
using Postern.Lab.MsMail;

namespace Postern.Infrastructure.Tests.Dirsync.MsMail;

/// <summary>The address lists of PIER1, through MS Mail's IMPORT as a child process.</summary>
public sealed class MsMailPartnerTests : PartnerContract
{
    private static readonly RowValues None = RowValues.None;

    private protected override async Task<PartnerRoom> EnterAsync() => await PierRoom.EnterAsync();

    [Fact]
    [Trait("source", "Q118947")]
    [Trait("source", "Q152424")]
    [Trait("source", "Q140961")]
    [Trait("source", "Q117260")]
    [Trait("source", "Q246833")]
    [Trait("source", "Q123398")]
    public async Task A_new_name_is_one_M_of_two_lines_and_another_post_office_is_a_delete_and_an_add()
    {
        await using var room = await PierRoom.EnterAsync();
        await room.CycleAsync(("Abcdefghij, Klmnopqrstuvwxy 90", "MS:POSTERN/SITE1/ABCDEFGHIJ", None), ("Falk, Erik", "MS:POSTERN/SITE1/F", None));

        var round = await room.CycleAsync(("Abcdefghij, Klmnopqrstuvwxy 9", "MS:POSTERN/SITE1/ABCDEFGHIJ", None), ("Falk, Erik", "MS:POSTERN/SITE2/F", None));
        var last = await room.CycleAsync(("Abcdefghij, Klmnopqrstuvwxy 9", "MS:POSTERN/SITE1/ABCDEFGHIJ", None), ("Falk, Erik", "MS:POSTERN/SITE2/F", None));

        round.Faults.ShouldBeEmpty();
        last.Sentences.ShouldBeEmpty();
        AddressLists.Load(room.Pier).Entries.Select(entry => (entry.Name, entry.Address)).ShouldBe(
            [("Abcdefghij, Klmnopqrstuvwxy 9", "PCM:POSTERN/SITE1/ABCDEFGHIJ"), ("Falk, Erik", "PCM:POSTERN/SITE2/F")], ignoreOrder: true);
    }

    [Fact]
    [Trait("source", "Q107754")]
    [Trait("source", "Q117198")]
    [Trait("source", "Q196892")]
    [Trait("source", "Q228601")]
    [Trait("source", "Q175482")]
    public async Task Fields_are_sent_where_both_sides_have_that_on_and_all_of_them_with_every_change()
    {
        await using var room = await PierRoom.EnterAsync();
        room.Settings = room.Settings with { SendsFields = true };
        RowValues Values(string phone) => RowValues.Of((ValueNames.Phone, phone), (ValueNames.City, "Turku/Åbo, 20100"), (ValueNames.Notes, "not a field there"));

        await room.CycleAsync(("Falk, Erik", "MS:POSTERN/SITE1/FALK", Values("555 0101")));
        var changed = await room.CycleAsync(("Falk, Erik", "MS:POSTERN/SITE1/FALK", Values("555 0202")));
        var last = await room.CycleAsync(("Falk, Erik", "MS:POSTERN/SITE1/FALK", Values("555 0202")));

        changed.Changes.Select(change => change.Class).ShouldBe([ChangeClass.Modify]);
        changed.Faults.ShouldBeEmpty();
        last.Sentences.ShouldBeEmpty();
        AddressLists.Load(room.Pier).Entries.Single().Values.ShouldBe(["- Phone:/555 0202", "- City//ST//Zip:/Turku/Åbo, 20100"], ignoreOrder: true);
    }

    [Fact]
    [Trait("source", "Q156996")]
    [Trait("source", "Q112285")]
    [Trait("source", "Q126611")]
    [Trait("source", "Q155727")]
    [Trait("source", "Q247182")]
    public async Task Whole_lists_are_replaced_of_our_own_sites_alone_and_nobody_of_another_post_office_is_written()
    {
        await using var room = await PierRoom.EnterAsync();
        room.Settings = room.Settings with { ReplacesLists = true, SendsFields = true };
        var lists = AddressLists.Load(room.Pier);
        lists.Entries.Add(new ListEntry("Holm, Gustava", "PCM:HARBOR/PIER2/GUSTH", []));
        lists.Entries.Add(new ListEntry("Left, Over", "PCM:POSTERN/SITE1/LEFT", []));
        lists.Save();

        var round = await room.CycleAsync(("Falk, Erik", "MS:POSTERN/SITE1/FALK", RowValues.Of((ValueNames.Phone, "12"))), ("Foreign, Fee", "MS:BAY/DOCK/FEE", None));
        var last = await room.CycleAsync(("Falk, Erik", "MS:POSTERN/SITE1/FALK", RowValues.Of((ValueNames.Phone, "12"))));

        round.Faults.ShouldBeEmpty();
        round.Unholdable.ShouldBe(["Foreign, Fee has the address MS:BAY/DOCK/FEE, which is at none of our sites; MS Mail lists only who lives at one of them."]);
        last.Sentences.ShouldBeEmpty();
        AddressLists.Load(room.Pier).Entries.Select(entry => entry.Name).ShouldBe(["Holm, Gustava", "Falk, Erik"], ignoreOrder: true);
        AddressLists.Load(room.Pier).Templates["POSTERN/SITE1"].ShouldContain(" Phone:~15~40~A~~");
    }

    [Fact]
    [Trait("source", "Q112204")]
    [Trait("source", "Q118447")]
    [Trait("source", "Q96001")]
    [Trait("source", "Q236900")]
    public async Task The_log_tells_what_IMPORT_refused_and_a_fatal_message_stops_the_cycle()
    {
        await using var room = await PierRoom.EnterAsync();
        room.Lab.Harbor.Faults("msimport refuse=20 to=\"Grau, Ina\" text=\"Name too long\"", "msimport mangle to=Mohn");

        var round = await room.CycleAsync(("Grau, Ina", "MS:POSTERN/SITE1/GRAU", None), ("Mohn, Rolf", "MS:POSTERN/SITE1/MOHN", None), ("Zeller, Max", "MS:POSTERN/SITE1/ZELLER", None));
        room.Lab.Password = "WRONG";
        room.Lab.Restart();
        var password = await Should.ThrowAsync<PartnerException>(room.ReadAsync());

        round.Faults.ShouldBe(["IMPORT refused it: [20] Name too long Grau, Ina.", "IMPORT ended well, and the list that it wrote afterwards does not show it."]);
        password.Message.ShouldBe("IMPORT says [2] Cannot open a file of the post office, or the administrator is not known.");
    }

    [Fact]
    [Trait("source", "Q100703")]
    public async Task Through_a_folder_nothing_is_laid_on_top_of_what_was_not_taken_and_no_list_from_before_is_believed()
    {
        await using var room = await PierRoom.EnterAsync(ImportTransport.Folder);

        var first = await room.CycleAsync(("Falk, Erik", "MS:POSTERN/SITE1/FALK", None));
        var early = await Should.ThrowAsync<PartnerException>(room.ReadAsync());
        File.Delete(Path.Combine(room.Lab.Harbor.Exchange, "POSTERN.IMP"));
        var old = await Should.ThrowAsync<PartnerException>(room.ReadAsync());

        await room.WorkAsync();
        var again = await room.CycleAsync(("Falk, Erik", "MS:POSTERN/SITE1/FALK", None));
        await room.WorkAsync();
        var last = await room.CycleAsync(("Falk, Erik", "MS:POSTERN/SITE1/FALK", None));

        first.Faults.ShouldBeEmpty();
        again.Sentences.ShouldBe(["Falk, Erik (MS:POSTERN/SITE1/FALK) is added."]);
        last.Sentences.ShouldBeEmpty();
        (await room.ListedAsync()).ShouldBe(["Falk, Erik"]);
        early.Message.ShouldContain("was not taken yet");
        old.Message.ShouldContain("MSLIST.TXT is from before POSTERN.IMP");
    }

    [Fact]
    [Trait("source", "Q117260")]
    public async Task Through_a_folder_changes_are_laid_once_also_when_the_process_that_laid_them_ended_before_it_could_say_so()
    {
        await using var room = await PierRoom.EnterAsync(ImportTransport.Folder);
        await room.CycleAsync(("Falk, Erik", "MS:POSTERN/SITE1/FALK", None), ("Holm, Eva", "MS:POSTERN/SITE1/HOLM", None));
        await room.WorkAsync();
        var renamed = await room.CycleAsync(("Falk-Lind, Erik", "MS:POSTERN/SITE1/FALK", None), ("Holm-Lind, Eva", "MS:POSTERN/SITE1/HOLM", None));
        await room.WorkAsync();

        await using (var taken = await room.OpenAsync())
        {
            (await room.WriteAsync(taken, renamed.Steps)).Select(result => result.Fault).ShouldBe(["", ""]);
            await room.WorkAsync();
            (await room.ListedAsync()).ShouldBe(["Falk-Lind, Erik", "Holm-Lind, Eva"]);
            (await room.WriteAsync(taken, [renamed.Steps[1]])).Select(result => result.Fault).ShouldBe([""], "what is left of it was laid with the rest");
        }

        await room.WorkAsync();
        (await room.ListedAsync()).ShouldBe(["Falk-Lind, Erik", "Holm-Lind, Eva"]);
        var back = await room.CycleAsync(("Falk, Erik", "MS:POSTERN/SITE1/FALK", None), ("Holm-Lind, Eva", "MS:POSTERN/SITE1/HOLM", None));
        await using (var waiting = await room.OpenAsync())
        {
            (await room.WriteAsync(waiting, back.Steps)).Select(result => result.Fault).ShouldBe([""], "it lies there already");
        }

        await room.WorkAsync();
        (await room.ListedAsync()).ShouldBe(["Falk, Erik", "Holm-Lind, Eva"]);
    }
}
