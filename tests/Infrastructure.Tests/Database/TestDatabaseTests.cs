using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Database;

public sealed class TestDatabaseTests
{
    [Fact]
    public async Task Every_clone_has_the_schema_and_the_partitions_of_today_and_tomorrow()
    {
        await using var first = await TestDatabase.CreateAsync();
        await using var second = await TestDatabase.CreateAsync();

        await using var command = second.DataSource.CreateCommand("select count(*) from pg_inherits where inhparent = 'message'::regclass");
        (await command.ExecuteScalarAsync()).ShouldBe(3L);
        first.ConnectionString.ShouldNotBe(second.ConnectionString);
    }
}
