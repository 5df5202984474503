using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Entries;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Entries;

/// <summary>Old addresses of people who moved, and the mail that still comes to them.</summary>
public sealed class OldAddressesTests : IAsyncLifetime
{
    private readonly TestClock clock = new();
    private TestDatabase database = null!;
    private OldAddresses addresses = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        (await new ConfigurationFile(database.DataSource, SettingsCatalog.Known).ApplyAsync(
            """
            entries:
              - {displayName: Berg Anna, native: MS:HARBOR/PIER2/ANNAB, proxies: [anna.berg@site1.example, MS:HARBOR/PIER1/ANNAB, anna@old.example]}
              - {displayName: Dahl Carl, native: carl@new.example, proxies: ["CCMAIL:Dahl, Carl at SITE1", "CCMAIL:Dahl, Carl at SALES"]}
            """, new Operator("kim", [Role.Administrator], ""), default)).Faults.ShouldBeEmpty();
        addresses = new OldAddresses(database.DataSource, clock);
        await using var numbers = database.DataSource.CreateCommand("create sequence test_mail");
        await numbers.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync()
    {
        addresses.Dispose();
        return database.DisposeAsync();
    }

    [Fact]
    [Trait("source", "Q246279")]
    [Trait("source", "Q121951")]
    public async Task Mail_to_the_old_address_of_somebody_who_moved_is_counted_with_its_last_day_so_that_it_is_known_when_it_may_go()
    {
        await MailAsync("delivery_history", "MS:HARBOR/PIER1/ANNAB", "MS:HARBOR/PIER2/ANNAB", 3);
        await MailAsync("delivery_history", "MS:Harbor/Pier1/annab", "MS:HARBOR/PIER2/ANNAB", 1);
        await MailAsync("delivery", "MS:HARBOR/PIER1/ANNAB", "MS:HARBOR/PIER2/ANNAB", 2);
        await MailAsync("delivery_history", "anna.berg@site1.example", "MS:HARBOR/PIER2/ANNAB", 4);

        var page = await addresses.PageAsync(new OldAddressFilter(), "", default);

        page.Rows.Select(row => $"{row.Address} of {row.DisplayName} to {row.Native}: {row.Uses}, {row.LastUsedAt:d MMM}").ShouldBe(
        [
            "MS:HARBOR/PIER1/ANNAB of Berg Anna to MS:HARBOR/PIER2/ANNAB: 6, 28 Nov",
            "anna@old.example of Berg Anna to MS:HARBOR/PIER2/ANNAB: 0, ",
            "CCMAIL:Dahl, Carl at SALES of Dahl Carl to carl@new.example: 0, ",
        ]);
        (page.Used, page.Unused, page.Next).ShouldBe((1, 2, null));
    }

    [Fact]
    [Trait("source", "Q246279")]
    public async Task The_ones_that_nobody_uses_any_more_are_listed_by_themselves_and_those_of_one_entry_too()
    {
        await MailAsync("delivery_history", "CCMAIL:dahl, carl at Sales", "carl@new.example", 5);

        var used = await addresses.PageAsync(new OldAddressFilter(IsUsed: true), "", default);
        var unused = await addresses.PageAsync(new OldAddressFilter(IsUsed: false), "", default);
        var ofAnna = await addresses.PageAsync(new OldAddressFilter(EntryId: unused.Rows[0].EntryId), "", default);

        used.Rows.ShouldHaveSingleItem().Address.ShouldBe("CCMAIL:Dahl, Carl at SALES");
        unused.Rows.Select(row => row.Address).ShouldBe(["MS:HARBOR/PIER1/ANNAB", "anna@old.example"]);
        ofAnna.Rows.ShouldAllBe(row => row.DisplayName == "Berg Anna");
        (ofAnna.Used, ofAnna.Unused).ShouldBe((0, 2));
    }

    [Fact]
    public async Task The_original_recipient_that_a_sender_names_counts_whatever_form_it_has()
    {
        await MailAsync("delivery_history", "rfc822;Anna@OLD.example", "MS:HARBOR/PIER2/ANNAB", 1);
        await MailAsync("delivery_history", "x400;/G=Anna/", "MS:HARBOR/PIER2/ANNAB", 1);

        var used = await addresses.PageAsync(new OldAddressFilter(IsUsed: true), "", default);

        used.Rows.ShouldHaveSingleItem().Address.ShouldBe("anna@old.example");
    }

    [Fact]
    public async Task The_history_is_looked_through_once_a_minute_however_many_ask()
    {
        (await addresses.PageAsync(new OldAddressFilter(), "", default)).Used.ShouldBe(0);
        await MailAsync("delivery_history", "anna@old.example", "MS:HARBOR/PIER2/ANNAB", 1);

        (await addresses.PageAsync(new OldAddressFilter(), "", default)).Used.ShouldBe(0);
        clock.Advance(OldAddresses.CountedFor);
        (await addresses.PageAsync(new OldAddressFilter(), "", default)).Used.ShouldBe(1);
    }

    [Fact]
    public async Task A_hundred_and_more_are_paged_each_once()
    {
        var entries = string.Concat(Enumerable.Range(0, 130).Select(i => $"\n  - {{displayName: Same Name, native: p{i}@new.example, proxies: [p{i}@old.example]}}"));
        (await new ConfigurationFile(database.DataSource, SettingsCatalog.Known).ApplyAsync($"entries:{entries}", new Operator("kim", [Role.Administrator], ""), default)).Faults.ShouldBeEmpty();

        var first = await addresses.PageAsync(new OldAddressFilter(), "", default);
        var second = await addresses.PageAsync(new OldAddressFilter(), first.Next!, default);

        (first.Rows.Count, second.Rows.Count, second.Next).ShouldBe((100, 30, null));
        first.Rows.Concat(second.Rows).Select(row => row.Address).ShouldBeUnique();
    }

    // What waits was accepted a day before what is over.
    private async Task MailAsync(string table, string written, string recipient, int number)
    {
        for (var i = 0; i < number; i++)
        {
            await using var command = database.DataSource.CreateCommand(table == "delivery"
                ? """
                  insert into delivery (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, original_recipient, sender, size, state, due_at, expires_at, route_version)
                       values (nextval('test_mail'), 1, 1, 1, '2026-11-27 08:00Z', 1, 'X', $2, $1, '', 1, 'queued', now(), now(), 1)
                  """
                : """
                  insert into delivery_history (id, message_id, last_id, transfer_id, accepted_at, connector_id, destination, recipient, original_recipient, sender, size, state, attempts, route_version, finished_at)
                       values (nextval('test_mail'), 1, 1, 1, '2026-11-28 08:00Z', 1, 'X', $2, $1, '', 1, 'delivered', 1, 1, now())
                  """);
            command.Parameters.Add(new() { Value = written });
            command.Parameters.Add(new() { Value = recipient });
            await command.ExecuteNonQueryAsync();
        }
    }
}
