namespace Postern.Infrastructure.Queue;

/// <summary>Lets attempts run side by side, except those that must run alone because an earlier one ended with the process.</summary>
internal sealed class AloneGate
{
    private readonly Lock gate = new();
    private readonly Queue<TaskCompletionSource> aloneWaiting = new();
    private readonly Queue<TaskCompletionSource> sharedWaiting = new();
    private int shared;
    private bool isAlone;

    public Task EnterAsync(bool alone)
    {
        lock (gate)
        {
            if (alone ? shared == 0 && !isAlone : !isAlone && aloneWaiting.Count == 0)
            {
                isAlone = alone;
                shared += alone ? 0 : 1;
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            (alone ? aloneWaiting : sharedWaiting).Enqueue(turn);
            return turn.Task;
        }
    }

    public void Leave(bool alone)
    {
        lock (gate)
        {
            isAlone = !alone && isAlone;
            shared -= alone ? 0 : 1;
            if (isAlone || shared > 0)
            {
                return;
            }

            // Those who have waited side by side go between two that run alone, so that neither kind starves the other.
            if (sharedWaiting.Count > 0 && (alone || aloneWaiting.Count == 0))
            {
                while (sharedWaiting.TryDequeue(out var turn))
                {
                    shared++;
                    turn.SetResult();
                }
            }
            else if (aloneWaiting.TryDequeue(out var turn))
            {
                isAlone = true;
                turn.SetResult();
            }
        }
    }
}
