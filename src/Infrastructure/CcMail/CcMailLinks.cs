using Npgsql;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.CcMail;

/// <summary>Links to post offices as they are configured, for what is done beside a running connector.</summary>
/// <param name="make">Makes a link from a connector and changes to its settings.</param>
public sealed class CcMailLinks(NpgsqlDataSource database, Func<ConnectorDefinition, Func<CcMailConnectorSettings, CcMailConnectorSettings>, CcMailLink> make)
{
    /// <summary>The names of all connectors of this kind.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select name from connector where kind = 'ccmail' order by name");
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await row.ReadAsync(cancellationToken))
        {
            names.Add(row.GetString(0));
        }

        return names;
    }

    /// <summary>The link of a connector; null when there is none of this name and kind, or when its settings make none.</summary>
    internal async Task<CcMailLink?> FindAsync(string name, int? codePage, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select id, settings::text from connector where kind = 'ccmail' and name = $1");
        command.Parameters.Add(new() { Value = name });
        long id;
        string settings;
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await row.ReadAsync(cancellationToken))
            {
                return null;
            }

            (id, settings) = (row.GetInt64(0), row.GetString(1));
        }

        try
        {
            return make(
                new ConnectorDefinition(id, name, "ccmail", settings, IsStarted: true), set => codePage is { } page ? set with { CodePage = page } : set);
        }
        catch (Exception e) when (e is CcMailSettingsException or PathRefusedException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
