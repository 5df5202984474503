using System.DirectoryServices.Protocols;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Ldap;

namespace Postern.Infrastructure.Tests.Dirsync;

public sealed class LdapWriteTests(SlapdFixture fixture) : IClassFixture<SlapdFixture>
{
    private readonly SlapdServer server = fixture.Server;

    public static TheoryData<string> HostileNames =>
    [
        "Straße, Jörg", "İstanbul ısı", "ＦＵＬＬ width", "e\u0301 combining", "a,b+c\"d\\e<f>g;h=i", "#first", "in # the = middle", "* ( ) \\2a", "ends with a dot.", "two  blanks", "Ünïcödé 𝔘𐐀", "tab\there",
        "\"quoted\"", "'", "\\", "=", "cn=Somebody,ou=Else", "日本語", "שלום", "x\u202Ey", "Ⅷ ﬁ ㎞",
    ];

    [Fact]
    public async Task What_is_written_is_read_back_so_that_the_second_cycle_has_nothing_to_do()
    {
        using var room = new LdapRoom(server);
        DirectoryRow[] wanted =
        [
            LdapRoom.Row("Doe, Jane", "jane@site2.example", "1", ("given", "Jane"), ("phone", "+47 22 33 (44)"), ("department", "Sales"), ("notes", "one\ntwo"), ("custom1", "has no attribute")),
            LdapRoom.Row("Doe", "doe@site2.example", "2", ("phone", "22 ☎ 33"), ("alias", "doe")),
        ];

        var first = await room.SyncAsync(wanted);

        first.ShouldAllBe(result => result.Fault.Length == 0 && result.Place.EndsWith(room.Container, StringComparison.Ordinal));
        room.Names(room.Container).ShouldBe(["Doe", "Doe, Jane"]);
        (await room.SyncAsync(wanted)).ShouldBeEmpty();
        (await room.ReadAsync()).Held.Select(record => record.Place).Order().ShouldBe(first.Select(result => result.Place).Order(), "a row is found again by where it stands");
        (await room.ReadAsync()).Names.ShouldBeEmpty("ours are not the partner's own entries");
    }

    [Theory]
    [MemberData(nameof(HostileNames))]
    public async Task A_name_of_any_characters_goes_there_and_back(string name)
    {
        using var room = new LdapRoom(server);
        var row = LdapRoom.Row(name, "a@site2.example", "1");

        (await room.SyncAsync(row)).Single().Fault.ShouldBe("");

        (await room.SyncAsync(row)).ShouldBeEmpty();
        (await room.ReadAsync()).Held.Single().Held!.Name.ShouldBe(row.Name);
        (await room.SyncAsync(row with { Address = "b@site2.example", AddressKey = "SMTP:b@site2.example" })).ShouldAllBe(result => result.Fault.Length == 0);
        (await room.SyncAsync()).Single().Fault.ShouldBe("");
        room.Names(room.Container).ShouldBeEmpty();
    }

    [Fact]
    public async Task Names_that_the_server_takes_for_one_are_one_for_us()
    {
        using var room = new LdapRoom(server);
        (string One, string Other)[] pairs = [("Smith, Jimmy", "SMITH, jimmy"), ("Ａ wide", "a WIDE"), ("Jose\u0301", "JOSÉ"), ("a  b", "A b"), ("Ünal", "ÜNAL"), ("ﬁsh", "FISH"), ("σίγμα", "ΣΊΓΜΑ")];
        foreach (var (one, other) in pairs)
        {
            var row = LdapRoom.Row(one, "a@site2.example");
            room.Put(room.Container, other, ("mail", "other@site1.example"));

            var refused = (await room.WriteAsync(room.Step(Add(row)))).Single();

            refused.Fault.ShouldContain("EntryAlreadyExists", Case.Sensitive, $"{one} and {other}");
            row.Key.ShouldBe(LdapRoom.Row(other, "b@site2.example").Key, $"{one} and {other}");
        }
    }

    [Fact]
    [Trait("source", "Q237588")]
    public async Task Another_spelling_of_a_name_is_a_rename_in_place_and_the_entry_keeps_its_id()
    {
        using var room = new LdapRoom(server);
        await room.SyncAsync(LdapRoom.Row("smith, jimmy", "jim@site2.example", "1"));
        var id = room.Names(room.Container, "entryUUID");

        (await room.SyncAsync(LdapRoom.Row("Smith, Jimmy", "jim@site2.example", "1"))).Single().Fault.ShouldBe("");
        room.Names(room.Container).ShouldBe(["Smith, Jimmy"]);
        (await room.SyncAsync(LdapRoom.Row("Smith, James", "jim@site2.example", "1", ("title", "Pilot")))).Single().Fault.ShouldBe("");

        room.Names(room.Container, "cn").ShouldBe(["Smith, James"]);
        room.Names(room.Container, "displayName").ShouldBe(["Smith, James"]);
        room.Names(room.Container, "title").ShouldBe(["Pilot"]);
        room.Names(room.Container, "entryUUID").ShouldBe(id);
    }

    [Fact]
    public async Task A_step_that_is_done_twice_changes_nothing_and_is_done()
    {
        using var room = new LdapRoom(server);
        var (old, after) = (LdapRoom.Row("Doe, Jane", "jane@site2.example", "1", ("title", "Pilot")), LdapRoom.Row("Roe, Jane", "jane@site2.example", "1", ("title", "Captain")));
        WriteStep[] steps =
        [
            room.Step(Add(old)),
            room.Step(new ApplyStep(StepKind.Change, old, after, new Change(ChangeClass.Rename, old, after)), $"cn=Doe\\, Jane,{room.Container}"),
            room.Step(new ApplyStep(StepKind.Delete, after, null, new Change(ChangeClass.Delete, after, null))),
        ];

        foreach (var (step, names) in steps.Zip((string[][])[["Doe, Jane"], ["Roe, Jane"], []]))
        {
            (await room.WriteAsync(step, step)).ShouldAllBe(result => result.Fault.Length == 0);
            room.Names(room.Container).ShouldBe(names);
        }
    }

    [Fact]
    public async Task A_rename_that_was_half_done_is_finished()
    {
        using var room = new LdapRoom(server);
        var (old, after) = (LdapRoom.Row("Doe, Jane", "jane@site2.example", "1", ("title", "Pilot")), LdapRoom.Row("Roe, Jane", "jane@site2.example", "1"));
        await room.SyncAsync(old);
        room.Send(new ModifyDNRequest($"cn=Doe\\, Jane,{room.Container}", null, "cn=Roe\\, Jane"));

        var result = (await room.WriteAsync(room.Step(new ApplyStep(StepKind.Change, old, after, new Change(ChangeClass.Rename, old, after)), $"cn=Doe\\, Jane,{room.Container}"))).Single();

        (result.Fault, result.Place).ShouldBe(("", $"cn=Roe\\, Jane,{room.Container}"));
        (room.Names(room.Container, "displayName").Single(), room.Names(room.Container, "title").Single()).ShouldBe(("Roe, Jane", ""));
    }

    [Fact]
    public async Task Two_entries_swap_their_names_in_one_plan()
    {
        using var room = new LdapRoom(server);
        await room.SyncAsync(LdapRoom.Row("One", "one@site2.example", "1"), LdapRoom.Row("Two", "two@site2.example", "2"));

        (await room.SyncAsync(LdapRoom.Row("Two", "one@site2.example", "1"), LdapRoom.Row("One", "two@site2.example", "2"))).ShouldAllBe(result => result.Fault.Length == 0);

        room.Names(room.Container, "mail").Count.ShouldBe(2);
        (await room.SyncAsync(LdapRoom.Row("Two", "one@site2.example", "1"), LdapRoom.Row("One", "two@site2.example", "2"))).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_others_put_into_the_container_or_elsewhere_is_never_touched()
    {
        using var room = new LdapRoom(server);
        var printer = room.Put(room.Container, "Printer", ("objectClass", "device"));
        var person = room.Put(room.People, "Doe, Jane", ("mail", "jane@site1.example"));
        var (device, outside) = (LdapRoom.Row("Printer", "printer@site2.example", "1"), LdapRoom.Row("Doe, Jane", "jane@site1.example", "2"));

        var results = await room.WriteAsync(
            room.Step(Delete(device), printer),
            room.Step(new ApplyStep(StepKind.Change, device, device, new Change(ChangeClass.Modify, device, device)), printer),
            room.Step(Delete(outside), person),
            room.Step(Add(device)));
        var read = await room.ReadAsync();

        results.Select(result => result.Fault).ShouldBe(
        [
            $"{printer} is no entry that Postern wrote into {room.Container}, and is left alone.",
            $"{printer} is no entry that Postern wrote into {room.Container}, and is left alone.",
            $"{person} is no entry that Postern wrote into {room.Container}, and is left alone.",
            $"{printer} is there already and is not ours to change: EntryAlreadyExists (68).",
        ]);
        room.Names(room.Container, "objectClass").ShouldBe(["device"]);
        room.Names(room.People).ShouldBe(["Doe, Jane"]);
        (read.Held.Single().IsOurs, read.Held.Single().Held!.Name).ShouldBe((false, "Printer"), "it has its name, and keeps it");
    }

    [Fact]
    public async Task An_entry_that_became_somebody_else_since_the_plan_was_made_is_left_for_the_next_cycle()
    {
        using var room = new LdapRoom(server);
        var row = LdapRoom.Row("Doe, Jane", "jane@site2.example", "1");
        await room.SyncAsync(row);
        var place = $"cn=Doe\\, Jane,{room.Container}";
        room.Change(place, "mail", "another@site2.example");

        (await room.WriteAsync(room.Step(Delete(row), place))).Single().Fault.ShouldBe($"{place} has another address now than the plan says; the next cycle looks at it again.");

        room.Names(room.Container).ShouldBe(["Doe, Jane"]);
    }

    [Fact]
    public async Task What_somebody_adds_to_an_entry_of_ours_stays_and_what_somebody_changes_in_it_is_put_right()
    {
        using var room = new LdapRoom(server);
        var row = LdapRoom.Row("Doe, Jane", "jane@site2.example", "1", ("title", "Pilot"));
        await room.SyncAsync(row);
        var place = $"cn=Doe\\, Jane,{room.Container}";
        room.Change(place, "description");
        room.Change(place, "labeledURI", "http://site1.example/");
        room.Change(place, "title", "Captain");
        room.Change(place, "displayName", "Somebody else");

        (await room.SyncAsync(row)).Single().Fault.ShouldBe("");

        (room.Names(room.Container, "title").Single(), room.Names(room.Container, "displayName").Single(), room.Names(room.Container, "labeledURI").Single()).ShouldBe(("Pilot", "Doe, Jane", "http://site1.example/"));
        (await room.SyncAsync(row)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_entry_that_the_server_refuses_has_its_words_and_the_next_one_is_written()
    {
        using var room = new LdapRoom(server);
        room.Settings = room.Settings with { Attributes = ["title = seeAlso"] };

        var results = await room.WriteAsync(room.Step(Add(LdapRoom.Row("Doe, Jane", "jane@site2.example", "1", ("title", "no name of an entry")))), room.Step(Add(LdapRoom.Row("Roe, Rick", "rick@site2.example", "2"))));

        results.Select(result => result.Fault).ShouldBe(["InvalidAttributeSyntax (21): seeAlso: value #0 invalid per syntax.", ""]);
        room.Names(room.Container).ShouldBe(["Roe, Rick"]);
    }

    [Fact]
    public async Task A_directory_without_a_target_of_mail_holds_internet_addresses_of_plain_letters_only()
    {
        using var room = new LdapRoom(server);
        await using var directory = await room.OpenAsync();

        directory.AddressTypes.ShouldBe(["SMTP"]);
        directory.TryHold(LdapRoom.Row("Doe, Jane", "CCMAIL:Doe, Jane at SALES"), out _, out var fault).ShouldBeFalse();
        fault.ShouldBe("Doe, Jane has the address CCMAIL:Doe, Jane at SALES, and this directory holds internet addresses only.");
        directory.TryHold(LdapRoom.Row("Doe, Jane", "jörg@site1.example"), out _, out fault).ShouldBeFalse();
        fault.ShouldBe("Doe, Jane has the address jörg@site1.example, and this directory holds addresses of plain letters only.");
    }

    [Theory]
    [InlineData(LdapShape.ActiveDirectory)]
    [InlineData(LdapShape.Exchange55)]
    public async Task Directories_of_exchange_hold_old_addresses_and_come_to_rest_too(LdapShape shape)
    {
        using var room = new LdapRoom(server);
        // OpenLDAP wants the attribute in the entry that the entry is named by; Exchange 5.5 calls the two by different names.
        room.Settings = room.Settings with { Shape = shape, Attributes = shape == LdapShape.Exchange55 ? ["naming = initials", "initials ="] : [] };
        DirectoryRow[] wanted =
        [
            LdapRoom.Row("Doe, Jane", "CCMAIL:Doe, Jane at SALES", "1", ("alias", "jdoe"), ("custom1", "x"), ("initials", "J. Q. Public")),
            LdapRoom.Row("Roe, Rick", "rick@site2.example", "2", ("department", "Sales")),
            LdapRoom.Row("Poe, Ann", "MS:NET/PO/APOE", "3"),
        ];

        (await room.SyncAsync(wanted)).ShouldAllBe(result => result.Fault.Length == 0);
        (await room.SyncAsync(wanted)).ShouldBeEmpty();
        wanted[0] = LdapRoom.Row("Smith, Jane", "CCMAIL:Smith, Jane at SALES", "1");
        wanted[1] = LdapRoom.Row("Roe, Richard", "rick@site2.example", "2");
        (await room.WriteAsync([.. Changes(await room.ReadAsync(), wanted).Select(step => room.Step(step.Step, step.Place))])).ShouldAllBe(result => result.Fault.Length == 0);

        room.Names(room.Container, "targetAddress").ShouldBe(["CCMAIL:Smith, Jane at SALES", "MS:NET/PO/APOE", "SMTP:rick@site2.example"]);
        (await room.SyncAsync(wanted)).ShouldBeEmpty();
        (await room.SyncAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_made_up_name_that_is_taken_gets_a_number()
    {
        using var room = new LdapRoom(server);
        room.Settings = room.Settings with { Shape = LdapShape.Exchange55, Attributes = ["naming = initials", "initials ="] };
        var (jane, moved) = (LdapRoom.Row("Doe, Jane", "jane@site2.example", "1"), LdapRoom.Row("Doe, Jane", "doe@site2.example", "1"));
        await room.WriteAsync(room.Step(Add(jane)));
        var place = (await room.ReadAsync()).Held.Single().Place;
        await room.WriteAsync(room.Step(new ApplyStep(StepKind.Change, jane, moved, new Change(ChangeClass.Move, jane, moved)), place));

        // Her old address goes to somebody else, twice over because nobody saw that it was done.
        var add = Add(LdapRoom.Row("Roe, Jane", "jane@site2.example", "2"));
        (await room.WriteAsync(room.Step(add), room.Step(add))).ShouldAllBe(result => result.Fault.Length == 0);

        room.Names(room.Container, "mail").ShouldBe(["doe@site2.example", "jane@site2.example"]);
    }

    [Fact]
    public async Task A_container_that_is_gone_ends_the_writing_and_not_entry_by_entry()
    {
        using var room = new LdapRoom(server);
        room.Settings = room.Settings with { Container = $"ou=Gone,{room.Base}" };

        (await Should.ThrowAsync<PartnerException>(() => room.WriteAsync(room.Step(Add(LdapRoom.Row("Doe, Jane", "jane@site2.example"))))))
            .Message.ShouldStartWith($"The container ou=Gone,{room.Base} is gone: NoSuchObject (32)");
        (await Should.ThrowAsync<PartnerException>(() => room.ReadAsync())).Message.ShouldStartWith($"127.0.0.1 has no ou=Gone,{room.Base}");
    }

    private static IEnumerable<(ApplyStep Step, string Place)> Changes(LdapReading read, DirectoryRow[] wanted)
    {
        foreach (var record in read.Held)
        {
            var after = wanted.FirstOrDefault(row => row.AddressKey == record.Held!.AddressKey || row.Identity == (record.Held.Name == "Doe, Jane" ? "1" : ""))!;
            yield return (new ApplyStep(StepKind.Change, record.Held, after, new Change(ChangeClass.Modify, record.Held, after)), record.Place);
        }
    }

    private static ApplyStep Add(DirectoryRow row) => new(StepKind.Add, null, row, new Change(ChangeClass.Add, null, row));

    private static ApplyStep Delete(DirectoryRow row) => new(StepKind.Delete, row, null, new Change(ChangeClass.Delete, row, null));
}
