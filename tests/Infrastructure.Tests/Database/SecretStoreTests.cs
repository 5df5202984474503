using System.Security.Cryptography;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Database;

public sealed class SecretStoreTests : IAsyncLifetime
{
    private readonly TestFolder folder = new();
    private TestDatabase database = null!;

    private static readonly Operator Kim = new("kim", [Role.Administrator], "");

    private SecretNames Names => new(database.DataSource);

    private SecretStore Store => new(database.DataSource, KeyFile.Open(folder["key"]));

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task The_last_value_of_a_name_counts()
    {
        await Store.SetAsync("relay", "one", Kim, default);
        await Store.SetAsync("relay", "two", Kim, default);

        (await Store.GetAsync("relay", default)).ShouldBe("two");
        var secret = (await Names.ListAsync(default)).ShouldHaveSingleItem();
        (secret.Name, secret.SetBy, secret.UsedBy.Count).ShouldBe(("relay", "kim", 0));
        secret.SetAt.ShouldNotBeNull().ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_removed_or_unknown_name_has_no_value()
    {
        await Store.SetAsync("relay", "one", Kim, default);

        (await Names.RemoveAsync("relay", isForced: false, Kim, default)).IsRemoved.ShouldBeTrue();
        (await Names.RemoveAsync("relay", isForced: false, Kim, default)).ShouldBe(new SecretRemoval(false, null));
        (await Store.GetAsync("relay", default)).ShouldBeNull();
    }

    [Fact]
    public async Task What_settings_name_stays_unless_forced()
    {
        await ConfigureAsync();
        await Store.SetAsync("relay", "one", Kim, default);

        var kept = await Names.RemoveAsync("relay", isForced: false, Kim, default);
        var value = await Store.GetAsync("relay", default);
        var gone = await Names.RemoveAsync("relay", isForced: true, Kim, default);

        (kept.IsRemoved, value, gone.IsRemoved).ShouldBe((false, "one", true));
        kept.Found!.UsedBy.ShouldBe(["connector backbone, password"]);
        var named = (await Names.ListAsync(default)).ShouldHaveSingleItem();
        (named.Name, named.SetAt).ShouldBe(("relay", null));
    }

    [Fact]
    public async Task Every_act_is_audited_without_the_value()
    {
        await Store.SetAsync("relay", "sesame", Kim, default);
        await Names.RemoveAsync("relay", isForced: false, Kim with { Reason = "old" }, default);

        await using var command = database.DataSource.CreateCommand("select string_agg(audit::text, '|' order by id) from audit");
        var rows = (string)(await command.ExecuteScalarAsync())!;
        rows.ShouldContain("kim,\"set secret\",relay");
        rows.ShouldContain("kim,\"remove secret\",relay,old");
        rows.ShouldNotContain("sesame");
    }

    [Fact]
    public async Task The_table_shows_nothing_and_a_lost_key_is_named()
    {
        await Store.SetAsync("relay", "one", Kim, default);
        File.Delete(folder["key"]);

        (await Should.ThrowAsync<CryptographicException>(() => Store.GetAsync("relay", default))).Message.ShouldContain("another key file");
    }

    private async Task ConfigureAsync() => (await new ConfigurationFile(database.DataSource, SettingsCatalog.Known).ApplyAsync(
        """
        connectors:
          - name: backbone
            kind: smtp
            settings: { smartHosts: [relay.example], userName: postern, password: { secret: relay } }
        """, Kim, default)).Faults.ShouldBeEmpty();
}
