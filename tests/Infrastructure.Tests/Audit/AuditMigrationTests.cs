using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Audit;

public sealed class AuditMigrationTests
{
    [Fact]
    public async Task Acts_that_stood_there_before_the_chain_are_sealed_in_their_order_and_verified_with_those_that_follow()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await ExecuteAsync("""create table "__EFMigrationsHistory" ("MigrationId" varchar(150) primary key, "ProductVersion" varchar(32) not null)""");
        foreach (var file in Files().TakeWhile(file => file != "0011_AuditChain.sql"))
        {
            using var reader = new StreamReader(typeof(DatabaseMigrator).Assembly.GetManifestResourceStream(file)!);
            await ExecuteAsync(await reader.ReadToEndAsync());
            await ExecuteAsync($"""insert into "__EFMigrationsHistory" values ('{file[..^4]}', '10.0')""");
        }

        // One instant for several, an id that is left out, and every kind of value that a row may hold.
        await ExecuteAsync(
            """
            insert into audit (at, actor, verb, target, reason, details) values
              ('2026-01-02 03:04:05.678901+00', 'm.keller', 'hold', 'delivery 7', 'Wrong day', null),
              ('2026-01-02 03:04:05.678901+00', 'local:root', 'apply configuration', 'version 2', '', '{"b": [1, 2], "a": "ü€😀", "c": {"d": null}}'),
              ('1999-12-31 23:59:59+00', '', '', '', E'line\nline\ttab', '[]');
            select nextval(pg_get_serial_sequence('audit', 'id'));
            insert into audit (actor, verb, target) select 'many', 'do', 'thing ' || n from generate_series(1, 500) n
            """);

        await new DatabaseMigrator(database.ConnectionString).MigrateAsync(default);
        var chain = new AuditChain(database.DataSource);
        var before = await chain.VerifyAsync(null, default);
        await using (var connection = await database.DataSource.OpenConnectionAsync())
        {
            await AuditLog.WriteAsync(connection, new Operator("m.keller", [Role.Administrator], "because"), "release", "delivery 7", null, default);
        }

        (before.Holds, before.Rows, before.Fault).ShouldBe((true, 503, ""));
        var after = await chain.VerifyAsync(before.Head, default);
        (after.Holds, after.Rows).ShouldBe((true, 504));
        (await new AuditView(database.DataSource).PageAsync(new AuditFilter(), new Operator("m.keller", [Role.Administrator], ""), default)).Rows[0].Verb.ShouldBe("release");

        async Task ExecuteAsync(string sql)
        {
            await using var command = database.DataSource.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static IEnumerable<string> Files() =>
        typeof(DatabaseMigrator).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
