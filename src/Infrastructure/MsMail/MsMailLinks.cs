using System.Text.Json.Nodes;
using Npgsql;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.MsMail;

/// <summary>Links to MS Mail post offices as they are configured, for what is done beside a running connector.</summary>
/// <param name="make">Makes a link from a connector.</param>
public sealed class MsMailLinks(NpgsqlDataSource database, Func<ConnectorDefinition, MsMailLink> make)
{
    /// <summary>The names of all connectors of this kind.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command("select name from connector where kind = 'msmail' order by name");
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await row.ReadAsync(cancellationToken))
        {
            names.Add(row.GetString(0));
        }

        return names;
    }

    /// <summary>The link of a connector; null when there is none of this name and kind, or when its settings make none.</summary>
    internal Task<MsMailLink?> FindAsync(string name, CancellationToken cancellationToken) => FindAsync(name, null, cancellationToken);

    /// <summary>The same, with another code page in place of the one that is set.</summary>
    internal async Task<MsMailLink?> FindAsync(string name, int? codePage, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select id, settings::text from connector where kind = 'msmail' and name = $1", name);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
        {
            return null;
        }

        try
        {
            return make(new ConnectorDefinition(row.GetInt64(0), name, "msmail", codePage is { } page ? With(row.GetString(1), page) : row.GetString(1), IsStarted: true));
        }
        catch (Exception e) when (e is MsMailSettingsException or PathRefusedException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static string With(string settings, int codePage)
    {
        var changed = JsonNode.Parse(settings) as JsonObject ?? [];
        changed["codePage"] = codePage;
        return changed.ToJsonString();
    }
}
