using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Connectors;

/// <summary>Runs the connectors that operators want to run: starts, stops and restarts them as the configuration moves.</summary>
/// <remarks>A connector that cannot start or whose pickup fails is shown with the reason and tried again with growing pauses, for ever.</remarks>
public sealed partial class ConnectorSupervisor(
    NpgsqlDataSource database,
    ConnectorCatalog catalog,
    DeliveryDispatcher dispatcher,
    DeliveryClaims claims,
    DeliveryRecorder recorder,
    ConnectorStatusBoard board,
    LiveRouting routing,
    TimeProvider clock,
    ILoggerFactory loggers,
    ConnectorCopies? copies = null,
    StorageRoom? room = null) : BackgroundService
{
    // A setting whose name ends in Secret holds the name of one.
    private const string LoadSql =
        """
        -- every connector, and when the newest of its secrets was set
          select id, name, kind, settings::text, desired_state = 'started',
                 (select max(secret.set_at)
                    from jsonb_each_text(case jsonb_typeof(settings) when 'object' then settings else '{}' end) as setting
                    join secret on secret.name = setting.value
                   where setting.key like '%Secret')
            from connector
        order by name
        """;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ILogger logger = loggers.CreateLogger<ConnectorSupervisor>();
    private readonly Dictionary<long, RunningConnector> running = [];
    private readonly ConnectorActStore actStore = new(database);
    private IReadOnlyList<ConnectorAct> acts = [];
    private long seenVersion = -1;

    /// <summary>One round: what runs is brought in line with what is configured. The number of connectors started or stopped.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        await ObeyAsync(cancellationToken);
        var version = routing.Current.Version;
        if (version == seenVersion && running.Values.All(connector => connector.IsHealthy))
        {
            return 0;
        }

        var changes = 0;
        var wanted = (await LoadAsync(cancellationToken)).Where(definition => definition.IsStarted).ToDictionary(definition => definition.Id);
        foreach (var (id, connector) in running.ToArray())
        {
            if (!wanted.TryGetValue(id, out var definition) || definition != connector.Definition)
            {
                await connector.DisposeAsync();
                running.Remove(id);
                changes++;
            }
        }

        foreach (var definition in wanted.Values.Where(definition => !running.ContainsKey(definition.Id)))
        {
            var connector = new RunningConnector(
                definition, catalog, dispatcher, claims, recorder, board, room, clock, loggers.CreateLogger<RunningConnector>());
            running[definition.Id] = connector;
            connector.Obey(ActsOf(definition.Id));
            connector.Start();
            changes++;
        }

        seenVersion = version;
        return changes;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                Log.RoundFailed(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(running.Values.Select(connector => connector.DisposeAsync().AsTask()));
        running.Clear();
    }

    // What operators told connectors meanwhile; it survives a restart, because it is read and not remembered.
    private async Task ObeyAsync(CancellationToken cancellationToken)
    {
        await actStore.EndAsync(acts, running.Keys, cancellationToken);
        acts = await actStore.ListAsync(cancellationToken);
        copies?.Obey(acts);
        await dispatcher.PauseAsync([.. acts.Where(act => act.Kind == ConnectorActKind.PauseDelivery).Select(act => act.ConnectorId)]);
        await dispatcher.DrainAsync(acts.Where(act => act.Kind == ConnectorActKind.Drain).ToDictionary(act => act.ConnectorId, act => act.Since));
        foreach (var (id, connector) in running)
        {
            if (connector.Obey(ActsOf(id)))
            {
                dispatcher.Wake(forgetFailures: true);
            }
        }
    }

    private IReadOnlyList<ConnectorAct> ActsOf(long id) => [.. acts.Where(act => act.ConnectorId == id)];

    private async Task<IReadOnlyList<ConnectorDefinition>> LoadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(LoadSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var definitions = new List<ConnectorDefinition>();
        while (await reader.ReadAsync(cancellationToken))
        {
            definitions.Add(new ConnectorDefinition(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetBoolean(4),
                reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5)));
        }

        return definitions;
    }

    private static partial class Log
    {
        [LoggerMessage(2070, LogLevel.Warning, "The connectors could not be brought in line with the configuration; tried again: {Fault}")]
        public static partial void RoundFailed(ILogger logger, string fault);
    }
}
