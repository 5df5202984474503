using Npgsql;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Connectors;

/// <summary>What operators do to connectors. Every act is one transaction with its audit row; the processes follow within a second or two.</summary>
public sealed partial class ConnectorActions(NpgsqlDataSource database)
{
    private const string SetSql =
        """
        -- an operator's wish about a connector; the version moves only when something changes. A start ends what is left of a drain
        with changed as (
          update connector set desired_state = $2 where name = $1 and desired_state <> $2
        returning id, name),
        undrained as (
          delete from connector_act where kind = 'drain' and $2 = 'started' and connector_id in (select id from changed)),
        moved as (
          update configuration set version = version + 1, changed_at = now() where exists (select from changed)),
        noted as (
          insert into audit (actor, verb, target, reason)
               select $3, $4, 'connector ' || name, $5 from changed)
        select exists (select from connector where name = $1), exists (select from changed)
        """;

    /// <summary>Lets the connector work. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not run connectors.</exception>
    public Task<string> StartAsync(string name, Operator who, CancellationToken cancellationToken) => SetAsync(name, "started", "start", who, cancellationToken);

    /// <summary>Stops it: what it has begun it finishes, what waits stays. Empty when it was done; else a sentence that says why not.</summary>
    /// <exception cref="RightMissingException">They may not run connectors.</exception>
    public Task<string> StopAsync(string name, Operator who, CancellationToken cancellationToken) => SetAsync(name, "stopped", "stop", who, cancellationToken);

    private async Task<string> SetAsync(string name, string wanted, string verb, Operator who, CancellationToken cancellationToken)
    {
        who.Demand(Right.RunConnectors);
        await using var command = database.CreateCommand(SetSql);
        command.Parameters.Add(new() { Value = name });
        command.Parameters.Add(new() { Value = wanted });
        command.Parameters.Add(new() { Value = who.Name });
        command.Parameters.Add(new() { Value = verb });
        command.Parameters.Add(new() { Value = Storable.Text(who.Reason) });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetBoolean(0), row.GetBoolean(1)) switch
        {
            (false, _) => $"There is no connector {name}.",
            (_, false) => $"The connector {name} is {wanted} already.",
            _ => "",
        };
    }
}
