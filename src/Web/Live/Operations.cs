using Microsoft.AspNetCore.Components.Authorization;
using Npgsql;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;

namespace Postern.Web.Live;

/// <summary>What an operator can do to deliveries.</summary>
public enum DeliveryVerb
{
    Retry, Hold, Release, Return, Remove,
}

/// <summary>Runs what the operator of one window asks for, and keeps its lines until they are dismissed, whichever page is open.</summary>
public sealed class Operations(DeliveryActions actions, AuthenticationStateProvider session)
{
    // Pieces of this size show progress and leave the queue's workers room in between.
    private const int Piece = 500;

    private readonly List<OperationResult> lines = [];

    /// <summary>Raised on the window's own thread after a line has changed.</summary>
    public event Action? Changed;

    /// <summary>Newest last.</summary>
    public IReadOnlyList<OperationResult> Lines => lines;

    /// <summary>Acts on the deliveries, in pieces. Null when it ran to its end; else a sentence that says why it stopped.</summary>
    public async Task<string?> RunAsync(DeliveryVerb verb, IReadOnlyList<long> ids, string reason)
    {
        var who = new Operator((await session.GetAuthenticationStateAsync()).User.Identity?.Name ?? "unknown", reason);
        var words = Words.Of(verb);
        var note = reason.Length > 0 ? $"by you, reason “{VisibleText.Of(reason, 80)}”" : "by you";
        var line = new OperationResult($"{words.Doing} {Quantity.Of(ids.Count, "delivery", "deliveries")}", note, 0, ids.Count, []);
        lines.Add(line);
        var done = 0;
        var left = new List<string>();
        string? fault = null;
        foreach (var piece in ids.Chunk(Piece))
        {
            try
            {
                var results = await ActAsync(verb, piece, who);
                done += results.Count(result => result.IsDone);
                left.AddRange(results.Where(result => !result.IsDone).Select(result => $"Delivery {result.DeliveryId}: {result.Refusal}"));
            }
            catch (NpgsqlException e)
            {
                fault = $"The database did not take it: {VisibleText.Of(e.Message)}";
                left.Add($"{Quantity.Of(ids.Count - done - left.Count, "delivery", "deliveries")} not tried. {fault}");
                break;
            }

            line = Replace(line, line with { Done = done, Left = [.. left] });
        }

        var text = done > 0 ? $"{words.Done} {Quantity.Of(done, "delivery", "deliveries")}{words.How}" : $"{words.Done} nothing";
        Replace(line, line with { Text = text, Done = done, Total = done + left.Count, Left = left });
        return done == 0 ? fault : null;
    }

    /// <summary>The operator has seen it.</summary>
    public void Dismiss(OperationResult line)
    {
        lines.Remove(line);
        Changed?.Invoke();
    }

    private OperationResult Replace(OperationResult old, OperationResult now)
    {
        var index = lines.IndexOf(old);
        if (index >= 0)
        {
            lines[index] = now;
        }

        Changed?.Invoke();
        return now;
    }

    private Task<IReadOnlyList<ActionResult>> ActAsync(DeliveryVerb verb, long[] ids, Operator who) => verb switch
    {
        DeliveryVerb.Retry => actions.RetryNowAsync(ids, who, CancellationToken.None),
        DeliveryVerb.Hold => actions.HoldAsync(ids, who, CancellationToken.None),
        DeliveryVerb.Release => actions.ReleaseAsync(ids, who, CancellationToken.None),
        DeliveryVerb.Return => actions.ReturnAsync(ids, who, CancellationToken.None),
        _ => actions.RemoveAsync(ids, who, CancellationToken.None),
    };

    private sealed record Words(string Doing, string Done, string How)
    {
        public static Words Of(DeliveryVerb verb) => verb switch
        {
            DeliveryVerb.Retry => new("Retrying", "Retried", ""),
            DeliveryVerb.Hold => new("Holding", "Held", ""),
            DeliveryVerb.Release => new("Releasing", "Released", ""),
            DeliveryVerb.Return => new("Returning", "Returned", " to their senders"),
            _ => new("Removing", "Removed", " without a report"),
        };
    }
}
