using Postern.Infrastructure.Database;

namespace Postern.Web.Tests.Support;

/// <summary>Questions to the database of a server that runs.</summary>
internal static class ServerDatabase
{
    /// <summary>The rows of a query, each column as text.</summary>
    public static async Task<List<string[]>> QueryAsync(string dataFolder, string sql)
    {
        await using var postgres = (await EmbeddedPostgres.AttachAsync(dataFolder, CancellationToken.None)).ShouldNotBeNull();
        await using var database = PosternDataSource.Create(postgres.ConnectionString);
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string[]>();
        while (await reader.ReadAsync())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => Convert.ToString(reader.GetValue(column), System.Globalization.CultureInfo.InvariantCulture) ?? "")]);
        }

        return rows;
    }
}
