using System.Globalization;
using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Web.Api;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

/// <summary>How deliveries look in a terminal.</summary>
internal static class QueueAnswers
{
    private static readonly string[] Heads = ["ID", "STATE", "AGE", "ATTEMPTS", "CONNECTOR", "DESTINATION", "SENDER", "RECIPIENT", "REASON"];

    public static async Task<int> ListAsync(Verb verb, QueueFilter filter, int limit, CancellationToken cancellationToken)
    {
        if (filter.Connector.Length > 0 && !await ConnectorNames.ExistsAsync(verb.Database.Source, filter.Connector, cancellationToken))
        {
            return await verb.RefuseAsync(ExitCode.NotFound, ConnectorNames.Missing(filter.Connector));
        }

        // What waits: the oldest is of interest; of what has ended, the newest.
        var order = QueueOrder.Default with { Descending = !filter.IncludesHistory };
        var page = await new QueueView(verb.Database.Source).PageAsync(filter, order, cancellationToken, limit);
        var shown = page.Rows;
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new DeliveryList(shown, page.Next is not null));
            return ExitCode.Done;
        }

        if (shown.Count == 0)
        {
            await verb.Answer.LineAsync("Nothing matches.");
            return ExitCode.Done;
        }

        var now = TimeProvider.System.GetUtcNow();
        await verb.Answer.TableAsync(Heads, shown.Select(delivery => Row(delivery, now)));
        if (page.Next is not null)
        {
            await verb.Error.WriteLineAsync($"The first {shown.Count}; more match. --limit shows more of them.");
        }

        return ExitCode.Done;
    }

    public static async Task<int> ShowAsync(Verb verb, long id, CancellationToken cancellationToken)
    {
        if (await new DeliveryReader(verb.Database.Source, TimeProvider.System).FindAsync(id, cancellationToken) is not { } found)
        {
            return await verb.RefuseAsync(ExitCode.NotFound, $"There is no delivery {id}.");
        }

        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(found);
            return ExitCode.Done;
        }

        var (delivery, explanation, steps) = found;
        await verb.Answer.FieldsAsync(Fields(delivery));
        await verb.Answer.LineAsync();
        await verb.Answer.LineAsync(VisibleText.Of($"{explanation.Title}.", 500));
        await verb.Answer.FieldsAsync(explanation.Answers.Select(answer => (answer.Question, answer.Said.Length > 0 ? $"{answer.Answer} “{answer.Said}”" : answer.Answer)));
        await verb.Answer.LineAsync();
        await verb.Answer.LineAsync($"{Instant(delivery.AcceptedAt)}  accepted");
        foreach (var step in steps)
        {
            await verb.Answer.LineAsync(VisibleText.Of(Sentence(step), 2_000));
        }

        if (delivery.FinishedAt is { } finished && !steps.Any(step => step.Kind == delivery.State.ToSql()))
        {
            await verb.Answer.LineAsync($"{Instant(finished)}  {delivery.State.ToSql()}");
        }

        return ExitCode.Done;
    }

    /// <summary>Says what became of each delivery that was named; the worst decides the code.</summary>
    public static async Task<int> ResultsAsync(Verb verb, OperationSnapshot operation, IReadOnlyList<ActionResult> results)
    {
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(results.Select(result => new { id = result.DeliveryId, done = result.IsDone, result.State, result.Refusal }));
        }

        foreach (var result in results)
        {
            if (!result.IsDone)
            {
                await verb.Error.WriteLineAsync($"{result.DeliveryId}: {result.Refusal}");
            }
            else if (!verb.Answer.IsJson)
            {
                await verb.Answer.LineAsync($"{result.DeliveryId}: {result.State?.ToSql()}");
            }
        }

        await OperationAnswers.HintAsync(verb, operation);
        return results.All(result => result.IsDone) ? ExitCode.Done
            : results.Any(result => !result.IsDone && result.State is not null) ? ExitCode.Refused
            : ExitCode.NotFound;
    }

    private static string[] Row(DeliverySnapshot delivery, DateTimeOffset now) =>
    [
        delivery.Id.ToString(CultureInfo.InvariantCulture),
        delivery.State.ToSql(),
        Age(now - delivery.AcceptedAt),
        delivery.Attempts.ToString(CultureInfo.InvariantCulture),
        delivery.Connector.Length > 0 ? delivery.Connector : "-",
        delivery.Destination.Length > 0 ? delivery.Destination : "-",
        delivery.Sender.Length > 0 ? delivery.Sender : "<>",
        delivery.Recipient,
        delivery.Reason,
    ];

    private static IEnumerable<(string Name, string Value)> Fields(DeliverySnapshot delivery) =>
    [
        ("Delivery", delivery.Id.ToString(CultureInfo.InvariantCulture)),
        ("Message", delivery.MessageId.ToString(CultureInfo.InvariantCulture)),
        ("State", delivery.State.ToSql()),
        ("Reason", delivery.Reason),
        ("From", delivery.Sender.Length > 0 ? delivery.Sender : "<> (a report or a sender who wants no answer)"),
        ("To", delivery.Recipient),
        ("Written as", delivery.OriginalRecipient == delivery.Recipient ? "" : delivery.OriginalRecipient),
        ("Subject", delivery.Subject),
        ("Size", string.Create(CultureInfo.InvariantCulture, $"{delivery.Size:N0} bytes")),
        ("Connector", delivery.Connector),
        ("Destination", delivery.Destination),
        ("Attempts", delivery.Attempts.ToString(CultureInfo.InvariantCulture)),
        ("Next attempt", delivery.State == DeliveryState.Queued ? Instant(delivery.DueAt) : ""),
        ("Returned after", delivery.State == DeliveryState.Held ? "" : Instant(delivery.ExpiresAt)),
        ("Status", delivery.Status),
        ("Reply", delivery.Reply),
        ("Remote", delivery.Remote),
        ("Report", delivery.ReportId is { } report ? $"{delivery.Report} (message {report})" : delivery.Report),
        ("May repeat", delivery.MayRepeat ? "yes: an earlier attempt may have been taken" : ""),
    ];

    private static string Sentence(DeliveryHappening step)
    {
        var parts = new[]
        {
            step.Attempt > 0 ? $"attempt {step.Attempt}" : "",
            step.Actor.Length > 0 ? $"by {step.Actor}" : "",
            step.Remote,
            step.Status,
            step.Reason,
            step.Reply,
        };
        return $"{Instant(step.At)}  {string.Join(" · ", parts.Where(part => part.Length > 0).Prepend(step.Kind))}";
    }

    private static string Instant(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    private static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 2 } => $"{(int)age.TotalDays} d",
        { TotalHours: >= 2 } => $"{(int)age.TotalHours} h",
        { TotalMinutes: >= 2 } => $"{(int)age.TotalMinutes} min",
        _ => $"{Math.Max(0, (int)age.TotalSeconds)} s",
    };
}
