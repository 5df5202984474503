using System.Reflection;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Database.Migrations;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Database;

public sealed class DatabaseMigratorTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    private DatabaseMigrator Migrator => new(database.ConnectionString);

    public async ValueTask InitializeAsync() => database = await TestDatabase.CreateEmptyAsync();

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task Brings_an_empty_database_to_the_newest_schema_once()
    {
        await Should.ThrowAsync<DatabaseVersionException>(() => Migrator.CheckAsync(default));

        (await Migrator.MigrateAsync(default)).ShouldBe(SqlFiles());
        (await Migrator.MigrateAsync(default)).ShouldBeEmpty();
        await Migrator.CheckAsync(default);

        await using var count = database.DataSource.CreateCommand("select count(*) from pg_inherits where inhparent = 'message'::regclass");
        (await count.ExecuteScalarAsync()).ShouldBe(1L + 1 + DatabaseMigrator.DaysAhead); // the net, today, the days ahead
    }

    [Fact]
    public async Task Refuses_a_database_of_a_newer_program_and_names_both()
    {
        await Migrator.MigrateAsync(default);
        await using var add = database.DataSource.CreateCommand("""insert into "__EFMigrationsHistory" values ('9999_Future', '99.0')""");
        await add.ExecuteNonQueryAsync();

        var refusal = await Should.ThrowAsync<DatabaseVersionException>(() => Migrator.MigrateAsync(default));

        refusal.Message.ShouldContain("9999_Future");
        refusal.Message.ShouldContain(SqlFiles()[^1]);
    }

    [Fact]
    public async Task Programs_that_migrate_at_the_same_time_do_not_disturb_each_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Migrator.MigrateAsync(default)));

        await Migrator.CheckAsync(default);
    }

    [Theory]
    [InlineData("Host=/nowhere;Username=u;Password=p")]
    [InlineData("Host=127.0.0.1;Port=1;Username=u;Password=p")]
    public async Task A_server_that_is_not_there_is_said_to_be_unavailable(string connectionString)
    {
        await Should.ThrowAsync<DatabaseUnavailableException>(() => new DatabaseMigrator(connectionString).MigrateAsync(default));
    }

    [Fact]
    public async Task A_wrong_password_is_said_to_be_unavailable()
    {
        var wrong = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = "nobody-of-this-name" }.ConnectionString;

        await Should.ThrowAsync<DatabaseUnavailableException>(() => new DatabaseMigrator(wrong).MigrateAsync(default));
    }

    [Fact]
    public void Every_file_has_its_class_and_every_class_its_file()
    {
        var classes = typeof(SqlMigration).Assembly.GetTypes()
            .Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id).OfType<string>().Order(StringComparer.Ordinal);

        classes.ShouldBe(SqlFiles());
    }

    private static string[] SqlFiles() =>
        [.. typeof(SqlMigration).Assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name => Path.GetFileNameWithoutExtension(name)).Order(StringComparer.Ordinal)];
}
