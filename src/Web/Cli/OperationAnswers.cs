using System.Globalization;
using Postern.Infrastructure.Queue;
using Postern.Web.Api;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

/// <summary>How operations look in a terminal.</summary>
internal static class OperationAnswers
{
    private static readonly string[] Heads = ["ID", "STARTED", "VERB", "BY", "STATE", "DONE", "LEFT", "RESTORED", "UNDO UNTIL", "REASON"];

    /// <summary>What an act would touch; nothing is done.</summary>
    public static async Task<int> EffectAsync(Verb verb, DeliveryAct act, QueueEffect effect, OperationAllowance allowance, RerouteForecast? ways)
    {
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(EffectAnswer.Of(act, effect, allowance, TimeProvider.System.GetUtcNow(), ways));
            return ExitCode.Done;
        }

        var shown = EffectWords.Of(act, effect, allowance, TimeProvider.System.GetUtcNow(), ways);
        await verb.Answer.FieldsAsync(
        [
            ("Would " + act.Verb.ToWord(), Count(shown.Applies)),
            ("Messages", Count(effect.Messages)),
            ("Connectors", Count(effect.Connectors)),
            ("Oldest", Instant(effect.Oldest)),
            ("Reports written", act.Reports() ? Count(effect.Reports) : ""),
            .. shown.Lines.Select((line, index) => (index == 0 ? "Of these" : "and", $"{Count(line.Count)} {line.Text}")),
            ("Afterwards", shown.Consequence),
            ("Second operator", shown.SecondOperator?.Text ?? ""),
        ]);
        return ExitCode.Done;
    }

    /// <summary>Nothing was done: it is more than one person may end within an hour.</summary>
    public static async Task<int> AwaitsAsync(Verb verb, OperationSnapshot operation)
    {
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(operation);
        }

        return await verb.RefuseAsync(
            ExitCode.Refused,
            $"Operation {operation.Id} waits for a second operator: {operation.Verb.ToWord()} {Count(operation.Total)} deliveries is more than one person may end within an hour. Somebody else has to confirm it in the console, within a day.");
    }

    /// <summary>What came of it, and how it is taken back.</summary>
    public static async Task<int> EndedAsync(Verb verb, OperationSnapshot operation)
    {
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(operation);
        }
        else
        {
            await verb.Answer.LineAsync($"{operation.Verb.ToWord()}: {Count(operation.Done)} of {Count(operation.Total)} deliveries.");
            await HintAsync(verb, operation);
        }

        return operation.Refused == 0 ? ExitCode.Done : ExitCode.Refused;
    }

    /// <summary>How it is taken back, where a person reads.</summary>
    public static Task HintAsync(Verb verb, OperationSnapshot operation) => operation.WhyNotUndone(TimeProvider.System.GetUtcNow()) is null
        ? verb.Error.WriteLineAsync($"Operation {operation.Id}; until {Instant(operation.UndoUntil)} taken back by: postern operation undo {operation.Id}")
        : Task.CompletedTask;

    public static async Task<int> ListAsync(Verb verb, IReadOnlyList<OperationSnapshot> operations)
    {
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(operations);
        }
        else if (operations.Count == 0)
        {
            await verb.Answer.LineAsync("Nobody has acted on the queue yet.");
        }
        else
        {
            await verb.Answer.TableAsync(Heads, operations.Select(Row));
        }

        return ExitCode.Done;
    }

    public static async Task<int> ShowAsync(Verb verb, OperationSnapshot operation, IReadOnlyList<ActionResult> left)
    {
        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(new OperationDetails(operation, [.. left.Select(item => new LeftItem(item.DeliveryId, item.State, item.Refusal))]));
            return ExitCode.Done;
        }

        await verb.Answer.FieldsAsync(Heads.Zip(Row(operation)).Select(field => (Sentence(field.First), field.Second)));
        foreach (var item in left)
        {
            await verb.Answer.LineAsync($"{item.DeliveryId}: {item.Refusal}");
        }

        return ExitCode.Done;
    }

    /// <summary>Open consoles show what has changed at once.</summary>
    public static async Task TellConsolesAsync(Verb verb, CancellationToken cancellationToken)
    {
        await using var notify = verb.Database.Source.CreateCommand($"notify {ChangeNotifier.Channel}");
        await notify.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string[] Row(OperationSnapshot operation) =>
    [
        operation.Id.ToString(CultureInfo.InvariantCulture),
        Instant(operation.StartedAt),
        operation.Verb.ToWord(),
        VisibleText.Of(operation.Actor, 60),
        operation.State.ToString().ToLowerInvariant(),
        $"{Count(operation.Done)} of {Count(operation.Total)}",
        Count(operation.Refused),
        Count(operation.Restored),
        operation.State == OperationState.Undone ? $"by {VisibleText.Of(operation.UndoneBy, 60)}" : Instant(operation.UndoUntil),
        VisibleText.Of(operation.Reason, 200),
    ];

    private static string Sentence(string head) => head[..1] + head[1..].ToLowerInvariant();

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Instant(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
