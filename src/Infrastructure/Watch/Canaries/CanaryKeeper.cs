using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Watch.Canaries;

/// <summary>Sends the canaries that are due, through Postern's own queue, and forgets old ones.</summary>
/// <remarks>One is not sent while the one before still waits in the queue, nor while its connector is stopped or paused: nothing is learned from a pile of them.</remarks>
public sealed partial class CanaryKeeper(
    NpgsqlDataSource database, CanaryConnector connector, DeliveryDispatcher dispatcher, AcceptMessage accept, LiveRouting routing, TimeProvider clock, ILogger<CanaryKeeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WishPeriod = TimeSpan.FromSeconds(3);

    // Only one process sends; whoever comes second finds it sent.
    private const string TakeTurn = "select pg_try_advisory_xact_lock(7205020)";

    private const string IsDueSql =
        """
        -- is it time for the next canary of a connector, or does somebody want one, and has the last one left the queue?
        select coalesce((select (c.sent_at <= now() - $2 or exists (select from connector_act a where a.connector_id = $1 and a.kind = 'canary' and a.until > now()))
                                and not exists (select from delivery d where d.id = c.message_id + 1)
                           from canary c where c.connector_id = $1 order by c.sent_at desc limit 1), true)
        """;

    // Before the queue has it: an answer may be here before the queue's own answer is.
    private const string EnterSql =
        """
        -- a canary that is about to be sent, be it wanted or due
        with wish as (delete from connector_act where connector_id = $1 and kind = 'canary')
        insert into canary (connector_id, token, recipient) values ($1, $2, $3)
        """;

    private const string SentSql = "update canary set message_id = $2 where token = $1";

    private const string NotSentSql = "delete from canary where token = $1";

    private const string ForgetSql =
        """
        -- what is old, what the queue never had, and what nobody waits for any more because its connector or its canary was switched off
        delete from canary
         where sent_at < now() - interval '90 days'
            or (back_at is null and (connector_id <> all ($1) or (message_id is null and sent_at < now() - interval '10 minutes')))
        """;

    private readonly CanaryView view = new(database);
    private readonly CanaryMail mail = new(clock);
    private readonly Dictionary<long, string> told = [];

    /// <summary>Sends what is due; how many.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var wanted = (await view.ListAsync(cancellationToken)).Where(canary => canary.IsWanted).ToList();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var sent = 0;
        foreach (var canary in wanted)
        {
            sent += await SendAsync(connection, canary, cancellationToken) ? 1 : 0;
        }

        await ExecuteAsync(connection, ForgetSql, cancellationToken, wanted.Select(canary => canary.ConnectorId).ToArray());
        return sent;
    }

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        dispatcher.Attach(connector.Runtime);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A canary that was just switched on is sent at once: whoever did it waits to see it.
        using var changed = new SemaphoreSlim(0, 1);
        routing.Changed += Wake;
        try
        {
            while (true)
            {
                var start = clock.GetTimestamp();
                while (!await changed.WaitAsync(WishPeriod, stoppingToken) && clock.GetElapsedTime(start) < Period && !await IsWantedAsync(stoppingToken))
                {
                    // nobody wants one, and none is due yet
                }

                await TryAsync(stoppingToken);
            }
        }
        finally
        {
            routing.Changed -= Wake;
        }

        void Wake()
        {
            if (changed.CurrentCount == 0)
            {
                changed.Release();
            }
        }
    }

    private async Task<bool> IsWantedAsync(CancellationToken stoppingToken)
    {
        try
        {
            await using var command = database.CreateCommand("select exists (select from connector_act where kind = 'canary')");
            return (bool)(await command.ExecuteScalarAsync(stoppingToken))!;
        }
        catch (NpgsqlException)
        {
            return false; // the next look at all of them says what is wrong
        }
    }

    private async Task TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunOnceAsync(stoppingToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever goes wrong here must not end the process that moves the mail.
            Log.Failed(logger, e.Message);
        }
    }

    private async Task<bool> SendAsync(NpgsqlConnection connection, CanaryRow canary, CancellationToken cancellationToken)
    {
        if (mail.Write(canary, routing.Current, out var fault) is not { } draft)
        {
            Tell(canary, fault);
            return false;
        }

        using var content = draft.Message.Content;
        told.Remove(canary.ConnectorId);
        if (!await EnterAsync(connection, canary, draft.Token, cancellationToken))
        {
            return false;
        }

        if (await accept(draft.Message, cancellationToken) is not IntakeResult.Accepted accepted)
        {
            await ExecuteAsync(connection, NotSentSql, CancellationToken.None, draft.Token);
            return false;
        }

        await ExecuteAsync(connection, SentSql, CancellationToken.None, draft.Token, accepted.MessageId);
        return true;
    }

    private static async Task<bool> EnterAsync(NpgsqlConnection connection, CanaryRow canary, string token, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!(bool)(await ScalarAsync(connection, TakeTurn, cancellationToken))!
            || !(bool)(await ScalarAsync(connection, IsDueSql, cancellationToken, canary.ConnectorId, canary.Settings.Interval))!)
        {
            return false;
        }

        await ExecuteAsync(connection, EnterSql, cancellationToken, canary.ConnectorId, token, canary.Settings.Recipient);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    // Once for each reason, not every quarter of a minute.
    private void Tell(CanaryRow canary, string fault)
    {
        if (told.GetValueOrDefault(canary.ConnectorId) != fault)
        {
            told[canary.ConnectorId] = fault;
            Log.NotSent(logger, canary.Connector, fault);
        }
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }

    private static partial class Log
    {
        [LoggerMessage(2350, LogLevel.Warning, "Canaries could not be sent and are tried again: {Fault}")]
        public static partial void Failed(ILogger logger, string fault);

        [LoggerMessage(2351, LogLevel.Warning, "The canary of {Connector} is not sent: {Fault}")]
        public static partial void NotSent(ILogger logger, string connector, string fault);
    }
}
