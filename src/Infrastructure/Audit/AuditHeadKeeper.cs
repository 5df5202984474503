using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Domain.Addresses;
using Postern.Domain.Mime;
using Postern.Domain.Queue;
using Postern.Domain.Routing;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Routing;

namespace Postern.Infrastructure.Audit;

/// <summary>Checks the audit once a day and takes its head out of the database: into the log and into a mail, where nobody who can write to the database can change it.</summary>
public sealed partial class AuditHeadKeeper(
    NpgsqlDataSource database, AuditChain chain, AcceptMessage accept, LiveRouting routing, EventLog events, string hostName, TimeProvider clock,
    ILogger<AuditHeadKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    private const string DueSql =
        """
        -- whom to write to, when today's head has not been told yet
        select mail_to, (now() at time zone 'UTC')::date::text from audit_head where told_on is distinct from (now() at time zone 'UTC')::date
        """;

    private const string ToldSql = "update audit_head set told_on = $1::date";

    /// <summary>Tells today's head, once for all processes of the installation. True when this call did.</summary>
    public async Task<bool> RunOnceAsync(CancellationToken cancellationToken)
    {
        if (await DueAsync(cancellationToken) is not var (mailTo, day))
        {
            return false;
        }

        var verdict = await chain.VerifyAsync(null, cancellationToken);
        if (!await MailAsync(mailTo, day, verdict, cancellationToken))
        {
            return false;
        }

        await using var command = database.CreateCommand(ToldSql);
        command.Parameters.Add(new() { Value = day });
        await command.ExecuteNonQueryAsync(cancellationToken);
        if (verdict.Holds)
        {
            Log.Head(logger, verdict.Head.ToString(), verdict.Rows);
        }
        else
        {
            await events.WriteAsync(
                EventCodes.AuditBroken, EventSeverity.Error, "", $"The audit does not hold. {verdict.Fault}",
                "Compare with a head that was kept: postern audit verify --head H. A backup from before has the rows as they were.");
        }

        return true;
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
                Log.Failed(logger, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<(string MailTo, string Day)?> DueAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(DueSql);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? (row.GetString(0), row.GetString(1)) : null;
    }

    // False: not now, try again. The identity of the day makes it one mail, whoever sends it and however often it is tried.
    private async Task<bool> MailAsync(string mailTo, string day, AuditVerdict verdict, CancellationToken cancellationToken)
    {
        if (mailTo.Length == 0)
        {
            return true;
        }

        if (!MailAddress.TryParse(mailTo, out var address, out _) || routing.Current.Resolve(address) is not RouteDecision.Routed route)
        {
            await events.WriteAsync(
                EventCodes.AuditHeadNotSent, EventSeverity.Warning, "", $"The head of the audit cannot be mailed to {mailTo}: no route leads there.",
                "Give an address that postern route explain finds a way to.");
            return true;
        }

        using var content = Write(address, day, verdict);
        var answer = await accept(
            new IncomingMessage
            {
                Source = "postern",
                Sender = null,
                Recipients = [new IncomingRecipient(route, address.ToString(), Notify.Never, RecipientClass.To)],
                Content = content,
                HeaderId = MessageIdOf(day),
                Subject = Subject(verdict),
                IsReport = true,
                Identity = new PickupIdentity($"audit head {day}", 0),
            },
            cancellationToken);
        return answer is not IntakeResult.TryLater;
    }

    private MessageContent Write(MailAddress address, string day, AuditVerdict verdict)
    {
        var output = new ArrayBufferWriter<byte>();
        MessageWriter.Write(
            new MessageDraft
            {
                From = new Mailbox("Postern", $"postmaster@{Domain}"),
                To = [new Mailbox("", routing.Current.SmtpFaceOf(address)?.Text ?? address.Text)],
                Subject = Subject(verdict),
                Date = clock.GetUtcNow(),
                MessageId = $"<{MessageIdOf(day)}>",
                MoreFields = [new("Auto-Submitted", "auto-generated")],
                Parts = [new DraftPart.Text(Text(verdict))],
            },
            output);
        return MessageContent.FromMemory(output.WrittenMemory);
    }

    private string Domain => routing.Current.Sites.SelectMany(site => site.SmtpDomains).FirstOrDefault() ?? hostName;

    private string MessageIdOf(string day) => $"audit-{day}.{hostName}@{Domain}";

    private string Subject(AuditVerdict verdict) =>
        string.Create(CultureInfo.InvariantCulture, $"{hostName}: {(verdict.Holds ? $"the audit holds, {verdict.Rows} rows" : "the audit does not hold")}");

    private static string Text(AuditVerdict verdict) => (verdict.Holds
        ? $"""
          The head of the audit is

          {verdict.Head}

          Keep this mail where nobody who administers Postern can change it. Whether a row up to here was changed, removed or put in since, is
          told by

          postern audit verify --head {verdict.Head}
          """
        : $"""
          The audit is not what Postern wrote.

          {verdict.Fault}
          """) + "\r\n";

    private static partial class Log
    {
        [LoggerMessage(EventCodes.AuditHead, LogLevel.Information, "The head of the audit is {Head}, after {Rows} rows")]
        public static partial void Head(ILogger logger, string head, long rows);

        [LoggerMessage(7003, LogLevel.Warning, "The head of the audit could not be told and is tried again: {Fault}")]
        public static partial void Failed(ILogger logger, string fault);
    }
}
