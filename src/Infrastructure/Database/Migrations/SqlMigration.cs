using System.Reflection;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Postern.Infrastructure.Database.Migrations;

/// <summary>A migration that is the embedded SQL file of its own name. The class only gives EF Core its identity.</summary>
public abstract class SqlMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Read());

    private string Read()
    {
        var id = GetType().GetCustomAttribute<MigrationAttribute>()?.Id;
        using var file = typeof(SqlMigration).Assembly.GetManifestResourceStream($"{id}.sql")
            ?? throw new InvalidOperationException($"{GetType().Name} has no file {id}.sql among the embedded migrations.");
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }
}
