using System.Data.Common;
using Npgsql;
using Postern.Domain.Queue;
using Postern.Infrastructure.Configuration;

namespace Postern.Infrastructure.Connectors;

/// <summary>A connector as it is configured and as it is doing.</summary>
/// <param name="Settings">JSON of the settings record of its kind.</param>
/// <param name="State">running, starting, waiting, failed, stopped; empty when no process has ever had it.</param>
/// <param name="Detail">One sentence on that.</param>
/// <param name="AliveAt">The last transaction, run or poll that ended well.</param>
/// <param name="Failure">The last failure, though it may be mended since.</param>
/// <param name="PostOffices">What it reaches directly.</param>
/// <param name="AddressSpaces">What it claims to reach, as <c>SMTP:*</c>.</param>
public sealed record ConnectorRow(
    long Id, string Name, string Kind, string Settings, bool IsWanted, string State, string Detail, DateTimeOffset? AliveAt,
    DateTimeOffset? FailedAt, string Failure, DateTimeOffset? UpdatedAt, IReadOnlyList<string> PostOffices, IReadOnlyList<string> AddressSpaces)
{
    /// <summary>What operators have told it for a while: pauses, a drain, a capture.</summary>
    public IReadOnlyList<ConnectorAct> Acts { get; init; } = [];

    /// <summary>One of them; null when it does not hold.</summary>
    public ConnectorAct? Act(ConnectorActKind kind) => Acts.FirstOrDefault(act => act.Kind == kind);

    /// <summary>Which of its settings cannot be read; empty when all can.</summary>
    public string SettingsFault { get; init; } = "";

    /// <summary>What was said last is about a failure that no sign of life has followed.</summary>
    public bool IsFailed => IsWanted && State == "failed";

    /// <summary>The part of it that explains why a delivery waits.</summary>
    public ConnectorSituation Situation => new(IsWanted, State, Detail)
    {
        DeliveryPause = ConnectorView.PauseOf(Act(ConnectorActKind.PauseDelivery)),
        Drain = ConnectorView.PauseOf(Act(ConnectorActKind.Drain)),
    };
}

/// <summary>An SMTP listener as it is configured.</summary>
public sealed record ListenerRow(string Name, string Host, int Port, bool IsEnabled);

/// <summary>What pages ask about connectors.</summary>
public sealed class ConnectorView(NpgsqlDataSource database)
{
    private const string ListSql =
        """
        -- connectors, how they are doing, and what they reach
          select c.id, c.name, c.kind, c.settings::text, c.desired_state = 'started', coalesce(s.state, ''), coalesce(s.detail, ''), s.alive_at,
                 s.failed_at, coalesce(s.failure, ''), s.updated_at,
                 array(select p.name from post_office p where p.connector_id = c.id order by p.name limit 50),
                 array(select a.type || ':' || a.pattern from address_space a where a.connector_id = c.id order by a.type, a.pattern limit 50)
            from connector c left join connector_status s on s.connector_id = c.id
        order by c.name
        """;

    /// <summary>All connectors, by name.</summary>
    public async Task<IReadOnlyList<ConnectorRow>> ListAsync(CancellationToken cancellationToken)
    {
        var acts = (await new ConnectorActStore(database).ListAsync(cancellationToken)).ToLookup(act => act.ConnectorId);
        await using var command = database.CreateCommand(ListSql);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<ConnectorRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(new ConnectorRow(
                row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetBoolean(4), row.GetString(5), row.GetString(6),
                Instant(row, 7), Instant(row, 8), row.GetString(9), Instant(row, 10), row.GetFieldValue<string[]>(11), row.GetFieldValue<string[]>(12))
            {
                Acts = [.. acts[row.GetInt64(0)]],
                SettingsFault = SettingsCatalog.Known.Connector(row.GetString(2))?.Salvage(row.GetString(3)).Fault ?? "",
            });
        }

        return rows;
    }

    /// <summary>All listeners, by name.</summary>
    public async Task<IReadOnlyList<ListenerRow>> ListenersAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select name, host, port, enabled from listener order by name");
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<ListenerRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(new ListenerRow(row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetBoolean(3)));
        }

        return rows;
    }

    /// <summary>How the connector of a delivery is doing.</summary>
    public async Task<ConnectorSituation> SituationAsync(string name, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            -- how one connector is doing, and whether somebody has paused its delivery or drains it
            select c.desired_state = 'started', coalesce(s.state, ''), coalesce(s.detail, ''), a.actor, a.reason, a.since, a.until, d.actor, d.reason, d.since
              from connector c left join connector_status s on s.connector_id = c.id
              left join connector_act a on a.connector_id = c.id and a.kind = 'pause delivery' and (a.until is null or a.until > now())
              left join connector_act d on d.connector_id = c.id and d.kind = 'drain'
             where c.name = $1
            """);
        command.Parameters.Add(new() { Value = name });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new ConnectorSituation(row.GetBoolean(0), row.GetString(1), row.GetString(2))
            {
                DeliveryPause = row.IsDBNull(3) ? null : new ConnectorPause(row.GetString(3), row.GetString(4), row.GetFieldValue<DateTimeOffset>(5), Instant(row, 6)),
                Drain = row.IsDBNull(7) ? null : new ConnectorPause(row.GetString(7), row.GetString(8), row.GetFieldValue<DateTimeOffset>(9), null),
            }
            : ConnectorSituation.Deleted;
    }

    internal static ConnectorPause? PauseOf(ConnectorAct? act) => act is null ? null : new ConnectorPause(act.Actor, act.Reason, act.Since, act.Until);

    private static DateTimeOffset? Instant(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
