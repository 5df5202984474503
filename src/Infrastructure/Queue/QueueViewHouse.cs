using Npgsql;

namespace Postern.Infrastructure.Queue;

/// <summary>What stands around every page: the site, the connectors, who works.</summary>
/// <param name="Site">Name of the first site; empty while none is configured.</param>
/// <param name="Workers">Machines whose processes have shown life within a minute or so.</param>
/// <param name="OpenAlerts">Alerts that are open.</param>
/// <param name="PlansWaiting">Plans of directory changes that somebody has to decide about now.</param>
public sealed record House(string Site, int Connectors, IReadOnlyList<string> Workers, int OpenAlerts, long PlansWaiting);

/// <summary>Reads <see cref="House"/>.</summary>
public sealed class QueueViewHouse(NpgsqlDataSource database)
{
    private const string ReadSql =
        """
        -- what stands around every page; a process that is alive says so every half minute
        select coalesce((select name from site order by id limit 1), ''), (select count(*) from connector)::int,
               array(select distinct split_part(node, ':', 1) from worker where seen_at > now() - interval '90 seconds' order by 1 limit 5),
               (select count(*) from alert where closed_at is null)::int,
               (select count(*) from plan where state = 'waiting' and (postponed_until is null or postponed_until <= now()))
        """;

    public async Task<House> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ReadSql);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new House(row.GetString(0), row.GetInt32(1), row.GetFieldValue<string[]>(2), row.GetInt32(3), row.GetInt64(4));
    }
}
