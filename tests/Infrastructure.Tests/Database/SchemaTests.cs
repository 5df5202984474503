using Microsoft.EntityFrameworkCore;
using Npgsql;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Database;

public sealed class SchemaTests
{
    private const string Columns =
        """
          select table_name || '.' || column_name || ' ' || data_type || ' ' || udt_name || ' ' || is_nullable || ' ' || is_identity
            from information_schema.columns
           where table_schema = 'public' and table_name = any($1)
        order by 1
        """;

    [Fact]
    public async Task The_model_and_the_migrated_tables_are_the_same()
    {
        await using var migrated = await TestDatabase.CreateAsync();
        await using var modelled = await TestDatabase.CreateEmptyAsync();
        await using var context = new ConsoleDbContext(ConsoleDbContext.OptionsFor(modelled.DataSource));
        var tables = context.Model.GetEntityTypes().Select(type => type.GetTableName()!).Distinct().ToArray();

        await context.Database.ExecuteSqlRawAsync(context.Database.GenerateCreateScript());

        tables.Length.ShouldBe(9);
        (await ColumnsAsync(modelled.DataSource, tables)).ShouldBe(await ColumnsAsync(migrated.DataSource, tables));
    }

    private static async Task<List<string>> ColumnsAsync(NpgsqlDataSource database, string[] tables)
    {
        await using var command = database.CreateCommand(Columns);
        command.Parameters.Add(new() { Value = tables });
        await using var row = await command.ExecuteReaderAsync();
        var columns = new List<string>();
        while (await row.ReadAsync())
        {
            columns.Add(row.GetString(0));
        }

        return columns;
    }
}
