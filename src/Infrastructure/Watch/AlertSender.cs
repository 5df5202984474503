using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;

namespace Postern.Infrastructure.Watch;

/// <summary>One notice that is due.</summary>
internal sealed record DueNotice(Guid Id, string Target, string Body, int Attempts, DateTimeOffset MadeAt)
{
    public AlertBody Read() => JsonSerializer.Deserialize<AlertBody>(Body, AlertText.Json)!;
}

/// <summary>Tells people and programs of alerts: one mail with all that is new, one call for each change. What fails is tried again with growing pauses for a day, and shows.</summary>
/// <remarks>
/// A notice that is taken up is due again two minutes later, until it is marked as taken: a process that dies in between costs a repeat, not a loss, and the
/// repeat bears the same id. The notices of one way go in order.
/// </remarks>
public sealed partial class AlertSender(
    NpgsqlDataSource database, AlertSettingsStore settings, AlertMail mail, AlertWebhooks webhooks, EventLog events, TimeProvider clock, ILogger<AlertSender> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromDays(1);

    private const string ClaimSql =
        """
        -- notices that are due; nobody else takes them for two minutes
        update alert_notice n set due_at = now() + interval '2 minutes', attempts = attempts + 1
          from (select id from alert_notice where done_at is null and due_at <= now() order by due_at, id limit 200 for update skip locked) due
         where n.id = due.id
        returning n.id, n.target, n.body::text, n.attempts, n.made_at
        """;

    private const string DoneSql = "update alert_notice set done_at = now(), failure = '' where id = any($1)";

    private const string AgainSql =
        """
        -- it was not taken: later, or never when it is too old
        update alert_notice
           set due_at = now() + $2, failure = $3, done_at = case when made_at < now() - $4 then now() end
         where id = any($1)
        """;

    // Of the way as a whole: was the attempt before this one a failure?
    private const string WasFailingSql = "select exists (select from alert_notice where target = $1 and failure <> '' and id <> all($2) and (done_at is null or done_at > now() - interval '1 hour'))";

    /// <summary>Sends what is due; how many notices were taken.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var due = await ClaimAsync(cancellationToken);
        if (due.Count == 0)
        {
            return 0;
        }

        var told = await settings.ReadAsync(cancellationToken);
        var taken = 0;
        foreach (var way in due.GroupBy(notice => notice.Target))
        {
            var notices = way.OrderBy(notice => notice.MadeAt).ThenBy(notice => notice.Id).ToList();
            taken += way.Key == AlertStore.MailTarget
                ? await TogetherAsync(notices, () => mail.SendAsync(notices, told.Recipients, cancellationToken), cancellationToken)
                : await OneByOneAsync(way.Key, notices, told, cancellationToken);
        }

        return taken;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Whatever goes wrong with a notice must not end the process it speaks of.
                Log.Failed(logger, e.Message);
            }
        }
    }

    private async Task<int> TogetherAsync(List<DueNotice> notices, Func<Task<string>> send, CancellationToken cancellationToken)
    {
        var fault = await send();
        if (fault.Length > 0)
        {
            await AgainAsync(notices, fault, cancellationToken);
            return 0;
        }

        await ExecuteAsync(DoneSql, cancellationToken, Ids(notices));
        await TellBackAsync(notices);
        return notices.Count;
    }

    private async Task<int> OneByOneAsync(string target, List<DueNotice> notices, AlertSettings told, CancellationToken cancellationToken)
    {
        var taken = 0;
        for (; taken < notices.Count; taken++)
        {
            // A way that was taken out of the settings gets nothing more.
            var fault = told.Webhooks.Contains(target) ? await webhooks.SendAsync(target, notices[taken], told.WebhookSecret, cancellationToken) : "";
            if (fault.Length > 0)
            {
                await AgainAsync(notices[taken..], fault, cancellationToken);
                break;
            }

            await ExecuteAsync(DoneSql, cancellationToken, Ids([notices[taken]]));
        }

        await TellBackAsync(notices[..taken]);
        return taken;
    }

    private async Task TellBackAsync(List<DueNotice> taken)
    {
        if (taken.Any(notice => notice.Attempts > 1))
        {
            await TellAsync(taken[0].Target, EventSeverity.Information, $"{Name(taken[0].Target)} takes alerts again.", "");
        }
    }

    private async Task AgainAsync(List<DueNotice> notices, string fault, CancellationToken cancellationToken)
    {
        var target = notices[0].Target;
        await using (var command = database.CreateCommand(WasFailingSql))
        {
            command.Parameters.Add(new() { Value = target });
            command.Parameters.Add(new() { Value = Ids(notices) });
            if (notices[0].Attempts == 1 && !(bool)(await command.ExecuteScalarAsync(cancellationToken))!)
            {
                await TellAsync(
                    target, EventSeverity.Warning, target == AlertStore.MailTarget ? $"Alerts cannot be mailed: {fault}" : $"{Name(target)} does not take alerts: {fault}",
                    "It is tried again for a day. See Alerts, Settings.");
            }
        }

        var pause = Math.Min(FirstPause.TotalSeconds * Math.Pow(2, Math.Min(notices[0].Attempts - 1, 20)), LongestPause.TotalSeconds);
        await ExecuteAsync(AgainSql, cancellationToken, Ids(notices), TimeSpan.FromSeconds(pause), Storable.Text(fault, 500), GivesUpAfter);
    }

    private Task TellAsync(string target, EventSeverity severity, string text, string nextStep) => events.WriteAsync(
        target == AlertStore.MailTarget ? EventCodes.AlertMailFailed : EventCodes.AlertWebhookFailed, severity, "", text, nextStep);

    // The path of a webhook often is its key.
    private static string Name(string target) =>
        target == AlertStore.MailTarget ? "The queue" : Uri.TryCreate(target, UriKind.Absolute, out var uri) ? uri.Authority : "A webhook";

    private static Guid[] Ids(List<DueNotice> notices) => [.. notices.Select(notice => notice.Id)];

    private async Task<List<DueNotice>> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ClaimSql);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<DueNotice>();
        while (await row.ReadAsync(cancellationToken))
        {
            due.Add(new DueNotice(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetFieldValue<DateTimeOffset>(4)));
        }

        return due;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(2320, LogLevel.Warning, "Alerts could not be sent and are tried again: {Fault}")]
        public static partial void Failed(ILogger logger, string fault);
    }
}
