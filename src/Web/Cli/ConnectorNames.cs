using Npgsql;

namespace Postern.Web.Cli;

/// <summary>Connectors as they are named on the command line.</summary>
internal static class ConnectorNames
{
    public static async Task<bool> ExistsAsync(NpgsqlDataSource database, string name, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select exists (select from connector where name = $1)");
        command.Parameters.Add(new() { Value = name });
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public static string Missing(string name) => $"There is no connector called {Components.Shared.VisibleText.Of(name)}.";
}
