using Npgsql;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.Connectors;

/// <summary>What operators have told connectors, as the database holds it; ends what is over.</summary>
internal sealed class ConnectorActStore(NpgsqlDataSource database)
{
    private const string EndSql =
        """
        -- pauses whose time is over, and wishes that every process has seen; an event says that a pause has ended
        with ended as (
          delete from connector_act
           where until <= now() or (kind = 'run' and since < now() - interval '10 seconds')
        returning connector_id, kind, actor)
        insert into event (code, severity, connector, text)
             select $1, 'information', connector.name,
                    case ended.kind when 'pause pickup' then 'Pickup' else 'Delivery' end || ' of ' || connector.name || ' goes on: the pause by ' || ended.actor || ' is over.'
               from ended join connector on connector.id = ended.connector_id
              where ended.kind in ('pause pickup', 'pause delivery')
        """;

    private const string FinishDrainsSql =
        """
        -- a drain is over when nothing that waited at its beginning is left: the connector stops, and an event says so. Its bound
        -- holds until the connector ($2: those that run) has stopped, or mail that came later would slip out in between
        with empty as (
          select act.connector_id, connector.name, act.actor
            from connector_act act join connector on connector.id = act.connector_id
           where act.kind = 'drain' and connector.desired_state = 'started'
             and not exists (select from delivery
                              where delivery.connector_id = act.connector_id and state in ('queued', 'leased') and accepted_at <= act.since)),
        stopped as (
          update connector set desired_state = 'stopped' where id in (select connector_id from empty)),
        ended as (
          delete from connector_act where kind = 'drain'
             and connector_id <> all($2) and connector_id in (select id from connector where desired_state = 'stopped')),
        moved as (
          update configuration set version = version + 1, changed_at = now() where exists (select from empty))
        insert into event (code, severity, connector, text, next_step)
             select $1, 'information', name, name || ' is drained, as ' || actor || ' asked, and has stopped.', 'Start it when it shall work again.'
               from empty
        """;

    private const string ListSql =
        """
        select connector_id, kind, actor, reason, since, until, coalesce(keep_days, 0), coalesce(keep_megabytes, 0)
          from connector_act
         where until is null or until > now()
         order by connector_id, kind
        """;

    /// <summary>What holds now.</summary>
    public async Task<IReadOnlyList<ConnectorAct>> ListAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ListSql);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var acts = new List<ConnectorAct>();
        while (await row.ReadAsync(cancellationToken))
        {
            acts.Add(new ConnectorAct(
                row.GetInt64(0), ConnectorAct.Parse(row.GetString(1)), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4),
                row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5), row.GetInt32(6), row.GetInt32(7)));
        }

        return acts;
    }

    /// <summary>Ends what is over by itself: pauses, and drains whose mail has gone.</summary>
    /// <param name="acts">What held a moment ago; without a candidate nothing is asked of the database.</param>
    /// <param name="running">The connectors that run in this process.</param>
    public async Task EndAsync(IReadOnlyList<ConnectorAct> acts, IEnumerable<long> running, CancellationToken cancellationToken)
    {
        if (acts.Any(act => act.Until is not null || act.Kind == ConnectorActKind.Run))
        {
            await ExecuteAsync(EndSql, [EventCodes.ConnectorPauseEnded], cancellationToken);
        }

        if (acts.Any(act => act.Kind == ConnectorActKind.Drain))
        {
            await ExecuteAsync(FinishDrainsSql, [EventCodes.ConnectorDrained, running.ToArray()], cancellationToken);
        }
    }

    private async Task ExecuteAsync(string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
