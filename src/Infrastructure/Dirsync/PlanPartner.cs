using System.Text.Json;
using Npgsql;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Dirsync;

/// <summary>The partner of a plan, as it is stored.</summary>
internal static class PlanPartner
{
    public static async Task<Partner> FindAsync(NpgsqlConnection connection, long id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select id, name, kind, settings::text, rules::text, is_enabled, cycle, version from partner where id = $1", connection);
        command.Parameters.Add(new() { Value = id });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new Partner(
            row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), JsonSerializer.Deserialize<SyncRules>(row.GetString(4), SettingsJson.Options)!,
            row.GetBoolean(5), row.GetInt64(6), row.GetInt64(7));
    }
}
