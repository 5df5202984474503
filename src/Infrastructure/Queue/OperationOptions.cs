using System.Text.Json;
using Postern.Domain.Queue;

namespace Postern.Infrastructure.Queue;

/// <summary>How much one person may end within an hour without a second one.</summary>
/// <param name="Ended">Deliveries that they ended within the last hour and that were not taken back; what a second operator confirmed is not counted.</param>
/// <param name="Limit">More than so many need a second operator.</param>
/// <param name="UndoFor">How long what is started now can be taken back.</param>
public sealed record OperationAllowance(long Ended, int Limit, TimeSpan UndoFor)
{
    /// <summary>Would ending so many more need a second operator?</summary>
    public bool IsExceededBy(long more) => Ended + more > Limit;
}

/// <summary>What a verb needs beside the deliveries, as it is stored with the operation.</summary>
internal static class OperationOptions
{
    /// <summary>JSON with only what differs from the usual.</summary>
    public static string Write(DeliveryAct act)
    {
        var options = new Dictionary<string, object>();
        if (act.Connector.Length > 0)
        {
            options["connector"] = act.Connector;
        }

        if (act.AsRouted)
        {
            options["asRouted"] = true;
        }

        if (act.Priority != DeliveryPriority.Normal)
        {
            options["priority"] = (int)act.Priority;
        }

        if (act.WritesReport)
        {
            options["report"] = true;
        }

        return JsonSerializer.Serialize(options);
    }

    /// <summary>The act that was stored.</summary>
    public static DeliveryAct Read(string verb, string json)
    {
        using var options = JsonDocument.Parse(json);
        return new DeliveryAct(Enum.Parse<DeliveryVerb>(verb, ignoreCase: true))
        {
            Connector = options.RootElement.TryGetProperty("connector", out var connector) ? connector.GetString() ?? "" : "",
            AsRouted = options.RootElement.TryGetProperty("asRouted", out var routed) && routed.GetBoolean(),
            Priority = options.RootElement.TryGetProperty("priority", out var priority) ? (DeliveryPriority)priority.GetInt32() : DeliveryPriority.Normal,
            WritesReport = options.RootElement.TryGetProperty("report", out var report) && report.GetBoolean(),
        };
    }
}
