using System.Security.Cryptography;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Database;

public sealed class SecretStoreTests : IAsyncLifetime
{
    private readonly TestFolder folder = new();
    private TestDatabase database = null!;

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
        await Store.SetAsync("relay", "one", default);
        await Store.SetAsync("relay", "two", default);

        (await Store.GetAsync("relay", default)).ShouldBe("two");
        (await Store.NamesAsync(default)).ShouldBe(["relay"]);
    }

    [Fact]
    public async Task A_removed_or_unknown_name_has_no_value()
    {
        await Store.SetAsync("relay", "one", default);

        (await Store.RemoveAsync("relay", default)).ShouldBeTrue();
        (await Store.RemoveAsync("relay", default)).ShouldBeFalse();
        (await Store.GetAsync("relay", default)).ShouldBeNull();
    }

    [Fact]
    public async Task The_table_shows_nothing_and_a_lost_key_is_named()
    {
        await Store.SetAsync("relay", "one", default);
        File.Delete(folder["key"]);

        (await Should.ThrowAsync<CryptographicException>(() => Store.GetAsync("relay", default))).Message.ShouldContain("another key file");
    }
}
