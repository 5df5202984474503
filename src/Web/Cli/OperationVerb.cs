using System.CommandLine;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Cli;

/// <summary><c>operation</c>: what operators did to the queue; seen, stopped, taken back.</summary>
internal static class OperationVerb
{
    private const int Listed = 100;

    private delegate Task<int> Act(Verb verb, ServiceProvider services, OperationSnapshot operation, CancellationToken cancellationToken);

    public static Command Create(VerbRunner verbs) => new("operation", "What operators did to the queue: see it, stop it, take it back")
    {
        List(verbs),
        One(verbs, "show", "One operation, and what it left as it is", ShowAsync),
        One(verbs, "cancel", "Stop it; what was done stays done", CancelAsync),
        One(verbs, "undo", "Take it back, as far as things are still as it left them", UndoAsync),
    };

    private static Command List(VerbRunner verbs)
    {
        var command = new Command("list", $"The newest {Listed}");
        verbs.Set(command, async (verb, token) =>
        {
            await using var services = await VerbServices.ForQueueAsync(verb.Database, token);
            return await OperationAnswers.ListAsync(verb, await services.GetRequiredService<QueueOperations>().ListAsync(Listed, token));
        });
        return command;
    }

    private static Command One(VerbRunner verbs, string name, string description, Act act)
    {
        var id = new Argument<long>("ID") { Description = "Id of the operation" };
        var command = new Command(name, description) { id };
        verbs.Set(command, async (verb, token) =>
        {
            await using var services = await VerbServices.ForQueueAsync(verb.Database, token);
            var called = verb.Parsed.GetValue(id);
            return await services.GetRequiredService<QueueOperations>().FindAsync(called, token) is { } operation
                ? await act(verb, services, operation, token)
                : await verb.RefuseAsync(ExitCode.NotFound, $"There is no operation {called}.");
        });
        return command;
    }

    private static async Task<int> ShowAsync(Verb verb, ServiceProvider services, OperationSnapshot operation, CancellationToken cancellationToken) =>
        await OperationAnswers.ShowAsync(
            verb, operation, await services.GetRequiredService<QueueOperations>().ResultsAsync(operation.Id, onlyLeft: true, 1000, cancellationToken));

    private static async Task<int> CancelAsync(Verb verb, ServiceProvider services, OperationSnapshot operation, CancellationToken cancellationToken) =>
        await services.GetRequiredService<QueueOperations>().CancelAsync(operation.Id, Operator.Local(), cancellationToken)
            ? ExitCode.Done
            : await verb.RefuseAsync(ExitCode.Refused, $"Operation {operation.Id} runs no more.");

    private static async Task<int> UndoAsync(Verb verb, ServiceProvider services, OperationSnapshot operation, CancellationToken cancellationToken)
    {
        if (await services.GetRequiredService<OperationUndo>().RunAsync(operation.Id, Operator.Local(), null, cancellationToken) is { } refusal)
        {
            return await verb.RefuseAsync(ExitCode.Refused, refusal);
        }

        await OperationAnswers.TellConsolesAsync(verb, cancellationToken);
        var operations = services.GetRequiredService<QueueOperations>();
        var undone = (await operations.FindAsync(operation.Id, cancellationToken))!;
        await OperationAnswers.ShowAsync(verb, undone, await operations.ResultsAsync(operation.Id, onlyLeft: true, 1000, cancellationToken));
        return undone.Restored == undone.Done ? ExitCode.Done : ExitCode.Refused;
    }
}
