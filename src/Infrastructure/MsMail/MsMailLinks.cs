using Npgsql;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.MsMail;

/// <summary>Links to MS Mail post offices as they are configured, for what is done beside a running connector.</summary>
/// <param name="make">Makes a link from a connector.</param>
public sealed class MsMailLinks(NpgsqlDataSource database, Func<ConnectorDefinition, MsMailLink> make)
{
    /// <summary>The link of a connector; null when there is none of this name and kind, or when its settings make none.</summary>
    internal async Task<MsMailLink?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select id, settings::text from connector where kind = 'msmail' and name = $1", name);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
        {
            return null;
        }

        try
        {
            return make(new ConnectorDefinition(row.GetInt64(0), name, "msmail", row.GetString(1), IsStarted: true));
        }
        catch (Exception e) when (e is MsMailSettingsException or PathRefusedException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
