using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Entries;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Entries;

public sealed class DirectoryEditsTests : IAsyncLifetime
{
    private static readonly Operator Approver = new("d.approver", [Role.DirectoryApprover], "moved");

    private TestDatabase database = null!;

    private DirectoryView View => new(database.DataSource);

    private DirectoryEdits Edits => new(database.DataSource, View);

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        (await new ConfigurationFile(database.DataSource, SettingsCatalog.Known).ApplyAsync(
            """
            sites:
              - {name: SITE1, smtpDomains: [site1.example], ccMailPostOffice: SITE1}
              - {name: SITE2, smtpDomains: [site2.example], unknownRecipients: forward}
            entries:
              - {displayName: "Novak, Petra", native: "CCMAIL:Novak, Petra at SALES", proxies: [petra.novak@site1.example, p.novak@site2.example]}
              - {displayName: "Doe, 100%_Jane", native: "CCMAIL:Doe, Jane at SALES"}
              - {displayName: "all", kind: list, native: all@lists.example}
            """, new Operator("kim", [Role.Administrator], ""), default)).Faults.ShouldBeEmpty();
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task An_entry_is_changed_address_by_address_in_the_order_given()
    {
        var petra = await FindAsync("Petra");

        var result = await Edits.SaveAsync(
            new EntryDraft(petra.Id, "Novak, Petra Maria", "person", petra.Native, ["p.novak@site2.example", "petra.novak@site1.example", "CCMAIL:Novak, P at SITE1"]), petra, Approver, default);

        result.IsDone.ShouldBeTrue();
        var now = (await View.FindAsync(petra.Id, default))!;
        now.Proxies.ShouldBe(["p.novak@site2.example", "petra.novak@site1.example", "CCMAIL:Novak, P at SITE1"]);
        now.DisplayName.ShouldBe("Novak, Petra Maria");
        (await TextAsync("select actor || ' ' || verb || ' ' || target || ' ' || reason from audit order by id desc limit 1"))
            .ShouldBe("d.approver change entry CCMAIL:Novak, Petra at SALES moved");
    }

    [Fact]
    public async Task An_address_that_somebody_holds_is_told_with_the_entry_that_holds_it()
    {
        var petra = await FindAsync("Petra");

        var result = await Edits.SaveAsync(new EntryDraft(0, "Novak, Paul", "person", "CCMAIL:Novak, Paul at SALES", ["x@site1.example", "PETRA.NOVAK@site1.example"]), null, Approver, default);

        result.Faults.ShouldHaveSingleItem().ShouldBe(new EntryFault("proxies[1]", "petra.novak@site1.example is taken: Novak, Petra holds it.", petra.Id));
        (await View.PageAsync(new DirectoryFilter("Paul"), "", default)).Matching.ShouldBe(0);
    }

    [Fact]
    public async Task What_cannot_be_read_is_told_at_its_field()
    {
        var result = await Edits.SaveAsync(new EntryDraft(0, "", "robot", "nobody", ["a@b.example", "A@b.example"]), null, Approver, default);

        result.Faults.Select(fault => fault.Path).ShouldBe(["displayName", "kind", "native", "proxies[1]"], ignoreOrder: true);
    }

    [Fact]
    public async Task Of_two_who_change_an_entry_the_second_sees_what_the_first_saved()
    {
        var petra = await FindAsync("Petra");
        (await Edits.SaveAsync(new EntryDraft(petra.Id, "Novak-Berg, Petra", "person", petra.Native, petra.Proxies), petra, Approver, default)).IsDone.ShouldBeTrue();

        var second = await Edits.SaveAsync(new EntryDraft(petra.Id, "Novak, Petra", "person", petra.Native, []), petra, Approver, default);

        (second.IsDone, second.Theirs?.DisplayName).ShouldBe((false, "Novak-Berg, Petra"));
        (await Edits.DeleteAsync(petra, Approver, default)).IsDone.ShouldBeFalse();
        (await Edits.SaveAsync(new EntryDraft(petra.Id, "Novak, Petra", "person", petra.Native, []), second.Theirs, Approver, default)).IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task Before_an_entry_goes_it_is_told_what_its_mail_meets_afterwards()
    {
        var petra = await FindAsync("Petra");

        (await View.AfterwardsAsync(petra.Id, default)).ShouldBe(
        [
            "New mail to petra.novak@site1.example is refused: the site SITE1 takes nobody who is not in the directory.",
            "New mail to p.novak@site2.example is forwarded by the best address space, as the site SITE2 says.",
        ]);
        (await Edits.DeleteAsync(petra, Approver, default)).IsDone.ShouldBeTrue();
        (await View.FindAsync(petra.Id, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Only_who_decides_about_the_directory_changes_it()
    {
        var petra = await FindAsync("Petra");

        await Should.ThrowAsync<RightMissingException>(() => Edits.DeleteAsync(petra, new Operator("o", [Role.Operator, Role.RoutingEditor], ""), default));
    }

    [Fact]
    public async Task Pages_follow_each_other_by_name_and_a_search_takes_its_letters_as_they_are()
    {
        await using (var command = database.DataSource.CreateCommand(
            """
            with made as (insert into entry (display_name) select 'Person ' || lpad(n::text, 4, '0') from generate_series(1, 250) n returning id, display_name)
            insert into entry_address (entry_id, type, address, key, is_native) select id, 'SMTP', id || '@x.example', decode(md5(id::text), 'hex'), true from made
            """))
        {
            await command.ExecuteNonQueryAsync();
        }

        var seen = new List<string>();
        for (var (after, pages) = ("", 0); pages < 5; pages++)
        {
            var page = await View.PageAsync(new DirectoryFilter(), after, default);
            page.Matching.ShouldBe(253);
            seen.AddRange(page.Rows.Select(row => row.DisplayName));
            if (page.Next is null)
            {
                break;
            }

            after = page.Next;
        }

        seen.Count.ShouldBe(253);
        seen.ShouldBe(seen.Order(StringComparer.OrdinalIgnoreCase));
        (await View.PageAsync(new DirectoryFilter("100%_"), "", default)).Rows.ShouldHaveSingleItem().DisplayName.ShouldBe("Doe, 100%_Jane");
        (await View.PageAsync(new DirectoryFilter("%"), "", default)).Matching.ShouldBe(1);
        (await View.PageAsync(new DirectoryFilter(Kind: "list"), "", default)).Rows.ShouldHaveSingleItem().DisplayName.ShouldBe("all");
        (await View.PageAsync(new DirectoryFilter(System: "CCMAIL"), "garbage", default)).Matching.ShouldBe(2);
    }

    private async Task<EntryRow> FindAsync(string text) => (await View.PageAsync(new DirectoryFilter(text), "", default)).Rows.ShouldHaveSingleItem();

    private async Task<string> TextAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
