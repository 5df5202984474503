using System.DirectoryServices.Protocols;
using System.Text.Json;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Dirsync;
using Postern.Infrastructure.Dirsync.Ldap;

namespace Postern.Infrastructure.Tests.Dirsync;

public sealed class LdapReadTests(SlapdFixture fixture) : IClassFixture<SlapdFixture>
{
    private readonly SlapdServer server = fixture.Server;

    [Fact]
    public async Task Ten_thousand_entries_come_page_by_page_each_with_the_id_that_never_changes()
    {
        using var room = new LdapRoom(server);
        room.Settings = room.Settings with { Base = SlapdFixture.ManyBase, PageSize = 500 };

        var read = await room.ReadAsync();

        (read.Result.IsComplete, read.Result.IsChangesOnly, read.Faults.Count).ShouldBe((true, false, 0));
        read.Names.Distinct().Count().ShouldBe(SlapdFixture.Many);
        read.Records.ShouldAllBe(record => record.Entry!.SourceId.StartsWith("entryUUID:", StringComparison.Ordinal) && record.Entry.Values["phone"].Length > 0);
    }

    [Fact]
    public async Task The_second_read_brings_what_changed_and_the_ids_of_all_others()
    {
        using var room = new LdapRoom(server);
        room.Settings = room.Settings with { Overlap = TimeSpan.Zero };
        foreach (var name in (string[])["Jane Doe", "Rick Roe", "Gone Soon"])
        {
            room.Put(room.People, name, ("mail", $"{name.Replace(' ', '.')}@site1.example"));
        }

        var first = await room.ReadAsync();
        // The server counts in seconds: what changed in the second of the first read is read again.
        var memory = Later(first.Result.Memory);
        room.Change($"cn=Jane Doe,{room.People}", "title", "Pilot");
        room.Send(new DeleteRequest($"cn=Gone Soon,{room.People}"));
        SetTime(room, $"cn=Jane Doe,{room.People}");

        var second = await room.ReadAsync(memory);

        first.Names.Count.ShouldBe(3);
        (second.Result.IsChangesOnly, second.Result.KnowsAll, second.Result.IsComplete).ShouldBe((true, true, true));
        second.Names.ShouldBe(["Jane Doe"]);
        second.Records.Where(record => record.StillThere.Length > 0).Select(record => record.StillThere)
            .ShouldBe(first.Records.Where(record => record.Entry?.Name == "Rick Roe").Select(record => record.Entry!.SourceId));
    }

    [Fact]
    public async Task A_read_of_changes_reaches_back_behind_the_newest_change_that_was_seen()
    {
        using var room = new LdapRoom(server);
        room.Put(room.People, "Jane Doe", ("mail", "jane@site1.example"));
        var first = await room.ReadAsync();

        var second = await room.ReadAsync(first.Result.Memory);

        second.Result.IsChangesOnly.ShouldBeTrue();
        second.Names.ShouldBe(["Jane Doe"], "a change that became visible late would be lost");
    }

    [Fact]
    public async Task Other_settings_and_a_day_that_has_passed_have_everything_read_anew()
    {
        using var room = new LdapRoom(server);
        room.Put(room.People, "Jane Doe", ("mail", "jane@site1.example"));
        var memory = (await room.ReadAsync()).Result.Memory;
        var yesterday = JsonSerializer.Serialize(LdapMemory.Read(memory) with { WholeAt = TimeProvider.System.GetUtcNow().AddDays(-2) }, SettingsJson.Options);

        (await room.ReadAsync(memory)).Result.IsChangesOnly.ShouldBeTrue();
        (await room.ReadAsync(yesterday)).Result.IsChangesOnly.ShouldBeFalse();
        (await room.ReadAsync("{\"of\":7}")).Result.IsChangesOnly.ShouldBeFalse("what cannot be read is nothing to go on");
        room.Settings = room.Settings with { Filter = "(&(mail=*)(sn=*))" };
        (await room.ReadAsync(memory)).Result.IsChangesOnly.ShouldBeFalse();
        room.Settings = room.Settings with { Filter = "", ReadsChanges = false };
        (await room.ReadAsync(memory)).Result.IsChangesOnly.ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_that_stops_at_its_limit_has_nobody_taken_for_gone_and_the_notes_say_so()
    {
        using var room = new LdapRoom(server);
        room.Settings = room.Settings with { Base = SlapdFixture.ManyBase, BindDn = SlapdServer.LimitedAccount, PageSize = 50 };

        var read = await room.ReadAsync();

        (read.Result.IsComplete, read.Names.Count).ShouldBe((false, 100));
        read.Result.Notes.Single().ShouldStartWith($"127.0.0.1 stopped giving entries of {SlapdFixture.ManyBase}: SizeLimitExceeded (4)");
        LdapMemory.Read(read.Result.Memory).WholeAt.ShouldBeNull("the next read must not go on from here");
    }

    [Fact]
    public async Task Where_the_ids_of_all_cannot_be_read_changes_are_still_taken_and_nobody_is_gone()
    {
        using var room = new LdapRoom(server);
        room.Settings = room.Settings with { Base = SlapdFixture.ManyBase };
        var memory = (await room.ReadAsync()).Result.Memory;
        room.Settings = room.Settings with { BindDn = SlapdServer.LimitedAccount };

        var read = await room.ReadAsync(Later(LdapMemory.Read(memory) with { Of = LdapMemory.FingerprintOf(room.Settings) }));

        (read.Result.IsChangesOnly, read.Result.KnowsAll, read.Result.IsComplete).ShouldBe((true, false, true));
        read.Result.Notes.Single().ShouldStartWith("Which entries are gone cannot be told this time, and none is deleted: 127.0.0.1 stopped");
    }

    [Fact]
    public async Task An_entry_that_shows_no_id_has_everything_read_with_each_cycle()
    {
        using var room = new LdapRoom(server);
        room.Settings = room.Settings with { Attributes = ["id = employeeNumber"] };
        room.Put(room.People, "Jane Doe", ("mail", "jane@site1.example"), ("employeeNumber", "7"));
        room.Put(room.People, "Rick Roe", ("mail", "rick@site1.example"));

        var first = await room.ReadAsync();

        first.Records.Select(record => record.Entry!.Identity).Order().ShouldBe(["SMTP:RICK@site1.example", "employeeNumber:7"], ignoreOrder: true);
        (await room.ReadAsync(first.Result.Memory)).Result.IsChangesOnly.ShouldBeFalse();
    }

    [Fact]
    [Trait("source", "Q156729")]
    [Trait("source", "Q194819")]
    public async Task An_entry_that_cannot_be_read_is_named_and_the_others_are_read()
    {
        using var room = new LdapRoom(server);
        room.Put(room.People, "No Address", ("mail", "nowhere"));
        room.Put(room.People, "Jane Doe", ("mail", "jane@site1.example"));

        var read = await room.ReadAsync();

        read.Names.ShouldBe(["Jane Doe"]);
        read.Records.Single(record => record.Fault is not null).Fault!.Source.ShouldBe($"cn=No Address,{room.People}");
    }

    [Fact]
    public async Task Several_values_are_taken_in_the_same_order_however_the_server_lists_them()
    {
        using var room = new LdapRoom(server);
        room.Put(room.People, "Jane Doe", ("mail", "z@site1.example"), ("mail", "a@site1.example"), ("telephoneNumber", "2"), ("telephoneNumber", "1"), ("cn", "A. Other"));

        var entry = (await room.ReadAsync()).Records.Single().Entry!;
        room.Change($"cn=Jane Doe,{room.People}", "mail", "a@site1.example", "z@site1.example");
        var again = (await room.ReadAsync()).Records.Single().Entry!;

        (entry.Name, entry.Address.ToString(), entry.Values["phone"]).ShouldBe(("Jane Doe", "a@site1.example", "1"));
        (again.Address, again.Values).ShouldBe((entry.Address, entry.Values));
    }

    [Fact]
    [Trait("source", "Q157007")]
    public async Task Of_active_directory_ids_are_bytes_and_the_times_have_a_fraction()
    {
        using var room = new LdapRoom(server);
        room.Settings = room.Settings with { Shape = LdapShape.ActiveDirectory, Overlap = TimeSpan.Zero };
        byte[] id = [0x0a, 0xff, 0x00, 0x7f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        room.Send(new AddRequest(
            $"cn=Jane,{room.People}", new("objectClass", "contact"), new("cn", "Jane"), new("sn", "Doe"), new("displayName", "Doe, Jane"), new("objectGUID", id), new("whenChanged", "20201129004000.5Z"),
            new("mail", "jane@site1.example"), new("proxyAddresses", "smtp:j@old.example", "SMTP:jane@site1.example", "CCMAIL:Doe, Jane at SALES"), new("department", "Sales"), new("msExchHideFromAddressLists", "TRUE")));

        var read = await room.ReadAsync();
        var entry = read.Records.Single().Entry!;
        var second = await room.ReadAsync(read.Result.Memory);

        (entry.SourceId, entry.Name, entry.IsHidden, entry.Values["department"]).ShouldBe(($"objectGUID:{Convert.ToHexStringLower(id)}", "Doe, Jane", true, "Sales"));
        entry.Proxies.Select(proxy => proxy.ToString()).ShouldBe(["CCMAIL:Doe, Jane at SALES", "j@old.example"]);
        LdapMemory.Read(read.Result.Memory).Newest.ShouldBe("20201129004000.5Z");
        (second.Result.IsChangesOnly, second.Names.Single()).ShouldBe((true, "Doe, Jane"));
    }

    [Fact]
    [Trait("source", "Q182503")]
    public async Task Of_exchange_recipients_the_made_up_name_is_never_shown()
    {
        using var room = new LdapRoom(server);
        room.Settings = room.Settings with { Shape = LdapShape.Exchange55 };
        room.Send(new AddRequest(
            $"rdn=B829DF6D,{room.People}", new("objectClass", "remote-address"), new("rdn", "B829DF6D"), new("cn", "Doe, Jane"), new("sn", "Doe"), new("whenChanged", "20201129004000Z"), new("uid", "jdoe"),
            new("mail", "jane@site1.example"), new("targetAddress", "CCMAIL:Doe, Jane at SALES"), new("extension-attribute-1", "x"), new("hide-from-address-book", "FALSE")));

        var entry = (await room.ReadAsync()).Records.Single().Entry!;

        (entry.Name, entry.Address.ToString(), entry.SourceId).ShouldBe(("Doe, Jane", "CCMAIL:Doe, Jane at SALES", $"distinguishedName:rdn=B829DF6D,{room.People}"));
        (entry.Values["alias"], entry.Values["custom1"], entry.IsHidden).ShouldBe(("jdoe", "x", false));
    }

    [Fact]
    public async Task Parts_of_the_tree_on_other_servers_are_counted_and_not_followed()
    {
        using var room = new LdapRoom(server);
        room.Put(room.People, "Jane Doe", ("mail", "jane@site1.example"));
        var referral = new AddRequest($"ou=Elsewhere,{room.People}", new("objectClass", "referral", "extensibleObject"), new("ou", "Elsewhere"), new("ref", "ldap://192.0.2.1/ou=Elsewhere"));
        referral.Controls.Add(new DirectoryControl("2.16.840.1.113730.3.4.2", null, isCritical: true, serverSide: true));
        room.Send(referral);

        var read = await room.ReadAsync();

        (read.Names.Single(), read.Result.IsComplete).ShouldBe(("Jane Doe", true));
        read.Result.Notes.ShouldBe([$"1 parts of {room.Base} are on other servers and were not read."]);
    }

    [Fact]
    public async Task A_list_is_a_list()
    {
        using var room = new LdapRoom(server);
        room.Put(room.People, "Crew", ("objectClass", "groupOfNames"), ("objectClass", "extensibleObject"), ("member", room.Base), ("mail", "crew@site1.example"));

        (await room.ReadAsync()).Records.Single().Entry!.Kind.ShouldBe(RowKind.List);
    }

    [Fact]
    public async Task A_base_that_is_not_there_is_named()
    {
        using var room = new LdapRoom(server);
        room.Settings = room.Settings with { Base = $"ou=Nowhere,{SlapdServer.Suffix}", Container = "" };

        (await Should.ThrowAsync<PartnerException>(() => room.ReadAsync())).Message.ShouldStartWith($"127.0.0.1 has no ou=Nowhere,{SlapdServer.Suffix}, or does not show it to {SlapdServer.Account}: NoSuchObject (32)");
    }

    // As if the next read came a while after the first.
    private static string Later(string memory) => Later(LdapMemory.Read(memory));

    private static string Later(LdapMemory memory) => (memory with { Newest = "20300101000000Z" }).Write();

    // The administrator of OpenLDAP may write what else only the server does.
    private static void SetTime(LdapRoom room, string place)
    {
        var request = new ModifyRequest(place, DirectoryAttributeOperation.Replace, "modifyTimestamp", "20310101000000Z");
        request.Controls.Add(new DirectoryControl("1.3.6.1.4.1.4203.666.5.12", null, isCritical: true, serverSide: true));
        room.Send(request);
    }
}
