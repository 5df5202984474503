using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Events;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Watch;

namespace Postern.Infrastructure.Dirsync;

/// <summary>Tells those who approve that a plan waits, with a link to it: once for what is proposed, and not more often than once in an hour for a partner.</summary>
/// <remarks>Every cycle makes a plan anew; one that proposes what was told of before is not told again.</remarks>
public sealed partial class ApproverMail : BackgroundService
{
    /// <summary>What the books call it.</summary>
    public const string Source = "plans";

    private const int ShownRows = 12;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private const string DueSql =
        """
        -- plans that wait, of which nobody was told; what was told in an earlier cycle is not told again, and a partner is not heard of twice within an hour
          select p.id, n.name, p.direction, p.counts, p.needed, p.thresholds::text, p.author, n.rules::text
            from plan p join partner n on n.id = p.partner_id
           where p.state = 'waiting' and p.told_at is null and (p.postponed_until is null or p.postponed_until <= now())
             and not exists (select from plan t
                              where t.partner_id = p.partner_id and t.direction = p.direction and t.told_at is not null and p.author is null and t.author is null
                                and ((t.state = 'superseded' and t.hash = p.hash) or t.told_at > now() - interval '1 hour'))
        order by p.id limit 20
        """;

    private const string ToldSql = "update plan set told_at = now() where id = $1";

    private readonly NpgsqlDataSource database;
    private readonly PlanStore plans;
    private readonly NoticeMail mail;
    private readonly EventLog events;
    private readonly TimeProvider clock;
    private readonly ILogger<ApproverMail> logger;
    private readonly string hostName;
    private readonly Func<long, string> linkTo;
    private readonly HashSet<long> failed = [];

    /// <param name="linkTo">The address of a plan's page, as it is reached from outside.</param>
    public ApproverMail(
        NpgsqlDataSource database, PlanStore plans, AcceptMessage accept, Routing.LiveRouting routing, EventLog events, TimeProvider clock, ILogger<ApproverMail> logger, string hostName,
        Func<long, string> linkTo)
    {
        this.database = database;
        this.plans = plans;
        mail = new NoticeMail(accept, routing, clock, hostName);
        this.events = events;
        this.clock = clock;
        this.logger = logger;
        this.hostName = hostName;
        this.linkTo = linkTo;
    }

    /// <summary>Tells of what waits; of how many plans that was.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var told = 0;
        foreach (var plan in await DueAsync(cancellationToken))
        {
            if (plan.Recipients.Count > 0)
            {
                var rows = await plans.RowsAsync(plan.Id, new PlanRowFilter(Verdict: "open"), 0, ShownRows, cancellationToken);
                var id = string.Create(CultureInfo.InvariantCulture, $"plan-{plan.Id}");
                var fault = await mail.SendAsync(
                    new Notice(Source, id, $"[Postern] {plan.Title}: {plan.Counts}", plan.Recipients, new PickupIdentity(id, 0), lost => TextOf(plan, rows, lost)), cancellationToken);
                if (fault.Length > 0)
                {
                    await TellFaultAsync(plan, fault);
                    continue;
                }
            }

            await using var command = database.CreateCommand(ToldSql);
            command.Parameters.Add(new() { Value = plan.Id });
            await command.ExecuteNonQueryAsync(cancellationToken);
            await events.WriteAsync(
                EventCodes.PlanWaits, EventSeverity.Warning, "", $"{plan.Title}: {plan.Counts}.", "Open the plan, look at its rows, and approve or reject them.",
                new Dictionary<string, string> { ["plan"] = plan.Id.ToString(CultureInfo.InvariantCulture), ["partner"] = plan.Partner });
            told++;
        }

        return told;
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
                // Whatever goes wrong with a mail must not end the process.
                Log.Failed(logger, e.Message);
            }
        }
    }

    private string TextOf(DuePlan plan, IReadOnlyList<PlanRow> rows, IReadOnlyList<string> lost)
    {
        var text = new StringBuilder().Append("This is Postern, the mail connector at ").Append(hostName).Append(".\r\n\r\n");
        text.Append(plan.Direction == "in" ? $"Plan {plan.Id} would change our directory by what {plan.Partner} says" : $"Plan {plan.Id} would change the directory of {plan.Partner}");
        text.Append(plan.Author is { } author ? $"; {author} asked for it:\r\n\r\n  " : ":\r\n\r\n  ").Append(plan.Counts).Append("\r\n");
        foreach (var threshold in plan.Thresholds)
        {
            text.Append("  ").Append(NoticeMail.OneLine(threshold)).Append("\r\n");
        }

        var two = plan.Needed.Where(need => need.Value == ApprovalMode.TwoApprovers && plan.Counts[need.Key] > 0).Select(need => PlanCounts.Words(plan.Counts[need.Key], need.Key)).ToList();
        text.Append(two.Count > 0 ? $"  Two people have to agree to {string.Join(", ", two)}.\r\n" : "").Append("\r\n");
        foreach (var row in rows)
        {
            text.Append("  ").Append(NoticeMail.OneLine(row.Change.Sentence)).Append("\r\n");
        }

        text.Append(plan.Counts.Proposed > rows.Count ? $"  and {plan.Counts.Proposed - rows.Count:N0} more\r\n" : "");
        text.Append("\r\nLook at it and decide:\r\n").Append(linkTo(plan.Id)).Append("\r\n");
        text.Append(lost.Count > 0 ? $"\r\nNot sent to {string.Join(", ", lost)}: no route leads there.\r\n" : "");
        return text.Append("\r\nNobody reads an answer to this mail.\r\n").ToString();
    }

    // Once for a plan: it is tried again all the time.
    private async Task TellFaultAsync(DuePlan plan, string fault)
    {
        if (failed.Add(plan.Id))
        {
            await events.WriteAsync(
                EventCodes.ApproverMailFailed, EventSeverity.Warning, "", $"Those who approve changes of {plan.Partner} cannot be told by mail: {fault.TrimEnd('.')}.",
                "Mend the addresses under the partner's rules, or the route. It is tried again; the plan waits under Plans.");
        }
    }

    private async Task<List<DuePlan>> DueAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(DueSql);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<DuePlan>();
        while (await row.ReadAsync(cancellationToken))
        {
            var thresholds = JsonSerializer.Deserialize<List<PlanThreshold>>(row.GetString(5), PlanRows.Json)!;
            due.Add(new DuePlan(
                row.GetInt64(0), row.GetString(1), row.GetString(2), PlanRows.ReadCounts(row.GetFieldValue<long[]>(3)), PlanRows.ReadNeeded(row.GetFieldValue<string[]>(4)),
                [.. thresholds.Where(limit => limit.IsOver).Select(limit => limit.Sentence)], row.IsDBNull(6) ? null : row.GetString(6),
                SettingsJson.Read<SyncRules>(row.GetString(7)).TellApprovers));
        }

        return due;
    }

    private sealed record DuePlan(
        long Id, string Partner, string Direction, PlanCounts Counts, IReadOnlyDictionary<ChangeClass, ApprovalMode> Needed, IReadOnlyList<string> Thresholds, string? Author,
        IReadOnlyList<string> Recipients)
    {
        public string Title => $"Plan {Id} of {Partner} waits for approval";
    }

    private static partial class Log
    {
        [LoggerMessage(6050, LogLevel.Warning, "Those who approve could not be told of plans; tried again: {Fault}")]
        public static partial void Failed(ILogger logger, string fault);
    }
}
