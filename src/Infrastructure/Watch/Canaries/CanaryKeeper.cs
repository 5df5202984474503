using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Domain.Routing;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Watch.Canaries;

/// <summary>Sends the canaries that are due, through Postern's own queue, and forgets old ones.</summary>
/// <remarks>
/// Each connector has one of its own; another tries each way on which a post office must know something that nothing has shown yet.
/// One is not sent while the one before still waits in the queue, nor while its connector is stopped or paused: nothing is learned from a pile of them.
/// </remarks>
public sealed partial class CanaryKeeper(
    NpgsqlDataSource database, CanaryConnector connector, DeliveryDispatcher dispatcher, AcceptMessage accept, LiveRouting routing, RouteModels models, TimeProvider clock,
    ILogger<CanaryKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WishPeriod = TimeSpan.FromSeconds(3);

    // Only one process sends; whoever comes second finds it sent.
    private const string TakeTurn = "select pg_try_advisory_xact_lock(7205020)";

    private const string IsDueSql =
        """
        -- is it time for the next canary of a connector or a way, or does somebody want one, and has the last one left the queue?
        select coalesce((select (c.sent_at <= now() - $2 or $5 or ($3 = '' and exists (select from connector_act a where a.connector_id = $1 and a.kind = 'canary' and a.until > now())))
                                and not exists (select from delivery d where d.id = c.message_id + 1)
                           from canary c where c.connector_id = $1 and c.post_office = $3 and ($3 = '' or c.shadow = $4) order by c.sent_at desc limit 1), true)
        """;

    // Before the queue has it: an answer may be here before the queue's own answer is.
    private const string EnterSql =
        """
        -- a canary that is about to be sent, be it wanted or due; was it wanted?
        with wish as (delete from connector_act where connector_id = $1 and kind = 'canary' and $4 = '' returning until)
        insert into canary (connector_id, token, recipient, post_office, shadow) values ($1, $2, $3, $4, $5)
        returning (select count(*) from wish where until > now()) > 0
        """;

    private const string SentSql = "update canary set message_id = $2 where token = $1";

    private const string NotSentSql = "delete from canary where token = $1";

    private const string ForgetSql =
        """
        -- what is old, what the queue never had, and what nobody waits for any more because its connector or its canary was switched off, or because it tried a way that is tried again;
        -- with the mailboxes that stood for the senders of old ones
        with old_alias as (delete from msmail_alias where starts_with(address, 'canary-') and made_at < now() - interval '90 days')
        delete from canary
         where sent_at < now() - interval '90 days'
            or (back_at is null and (connector_id <> all ($1) or (message_id is null and sent_at < now() - interval '10 minutes') or (post_office <> '' and sent_at < now() - interval '8 days')))
        """;

    private readonly CanaryView view = new(database);
    private readonly CanaryMail mail = new(clock);
    private readonly Dictionary<string, string> told = [];

    /// <summary>Sends what is due; how many.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var wanted = (await view.ListAsync(cancellationToken)).Where(canary => canary.IsWanted).ToList();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var sent = 0;
        var wished = new HashSet<long>();
        foreach (var canary in wanted)
        {
            var (isSent, isWished) = await SendAsync(connection, canary, null, false, cancellationToken);
            sent += isSent ? 1 : 0;
            if (isWished)
            {
                wished.Add(canary.ConnectorId);
            }
        }

        sent += await TryWaysAsync(connection, wanted, wished, cancellationToken);
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

    // Whether it was sent, and whether somebody had asked for one.
    private async Task<(bool IsSent, bool IsWished)> SendAsync(NpgsqlConnection connection, CanaryRow canary, UnprovenWay? way, bool isWished, CancellationToken cancellationToken)
    {
        var name = $"{canary.ConnectorId} {way?.PostOffice.Key} {way?.Shadow}";
        if (mail.Write(canary, way, routing.Current, out var fault) is not { } draft)
        {
            Tell(canary, name, fault);
            return (false, false);
        }

        using var content = draft.Message.Content;
        told.Remove(name);
        if (await EnterAsync(connection, canary, draft, way?.PostOffice.Key ?? "", isWished, cancellationToken) is not { } wasWished)
        {
            return (false, false);
        }

        if (await accept(draft.Message, cancellationToken) is not IntakeResult.Accepted accepted)
        {
            await ExecuteAsync(connection, NotSentSql, CancellationToken.None, draft.Token);
            return (false, wasWished);
        }

        await ExecuteAsync(connection, SentSql, CancellationToken.None, draft.Token, accepted.MessageId);
        return (true, wasWished);
    }

    // Null when it is not due; else whether somebody had asked for one.
    private static async Task<bool?> EnterAsync(
        NpgsqlConnection connection, CanaryRow canary, CanaryDraft draft, string postOffice, bool isWished, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!(bool)(await ScalarAsync(connection, TakeTurn, cancellationToken))!
            || !(bool)(await ScalarAsync(connection, IsDueSql, cancellationToken, canary.ConnectorId, canary.Settings.Interval, postOffice, draft.Shadow, isWished))!)
        {
            return null;
        }

        var wasWished = (bool)(await ScalarAsync(
            connection, EnterSql, cancellationToken, canary.ConnectorId, draft.Token, draft.Recipient.ToString(), postOffice, draft.Shadow))!;
        await transaction.CommitAsync(cancellationToken);
        return wasWished;
    }

    // Once for each reason, not every quarter of a minute.
    private void Tell(CanaryRow canary, string name, string fault)
    {
        if (told.GetValueOrDefault(name) != fault)
        {
            told[name] = fault;
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
