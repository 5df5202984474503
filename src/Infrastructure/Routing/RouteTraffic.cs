using Npgsql;
using Postern.Domain.Addresses;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Routing;

/// <summary>How much mail each home sends and gets through Postern.</summary>
public sealed class RouteTraffic(NpgsqlDataSource database)
{
    private const string HomesSql =
        """
        -- where the people live whose mail arrived: of each delivery its sender and its recipient
          select case when address like 'MS:%/%/%' then split_part(address, '/', 1) || '/' || split_part(address, '/', 2) || '/X'
                      when address like 'CCMAIL:% at %' then 'CCMAIL:X at ' || split_part(address, ' at ', -1)
                      else 'x@' || lower(split_part(address, '@', -1)) end as somebody, count(*)
            from delivery_history, lateral (values (sender), (recipient)) both_ends (address)
           where accepted_at >= now() - $1 and state = 'delivered' and address <> ''
        group by 1
        """;

    /// <summary>Deliveries of the past to and from each home, by <see cref="MailAddress.HomeKey"/>. It goes through all of that time's history.</summary>
    public async Task<IReadOnlyDictionary<string, long>> HomesAsync(TimeSpan back, CancellationToken cancellationToken)
    {
        await using var connection = await OneProcess.OpenAsync(database, cancellationToken);
        await using var command = new NpgsqlCommand(HomesSql, connection) { Parameters = { new() { Value = back } } };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var homes = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await row.ReadAsync(cancellationToken))
        {
            if (MailAddress.TryParse(row.GetString(0), out var somebody, out _))
            {
                homes[somebody.HomeKey] = homes.GetValueOrDefault(somebody.HomeKey) + row.GetInt64(1);
            }
        }

        return homes;
    }
}
