namespace Postern.Infrastructure.Connectors;

/// <summary>What an operator can tell a connector besides start and stop.</summary>
public enum ConnectorActKind
{
    /// <summary>Fetch nothing new, deliver what waits, then stop.</summary>
    Drain,

    /// <summary>Fetch nothing for a while.</summary>
    PausePickup,

    /// <summary>Deliver nothing for a while.</summary>
    PauseDelivery,

    /// <summary>Poll and try what waits, now.</summary>
    Run,

    /// <summary>Keep copies before and after conversion.</summary>
    Capture,

    /// <summary>Send a canary, now.</summary>
    Canary,
}

/// <summary>Something an operator told a connector, and until when it holds.</summary>
/// <param name="Until">It ends by itself then; null: until somebody ends it.</param>
public sealed record ConnectorAct(
    long ConnectorId, ConnectorActKind Kind, string Actor, string Reason, DateTimeOffset Since, DateTimeOffset? Until, int KeepDays, int KeepMegabytes)
{
    /// <summary>The kind as it is stored and written.</summary>
    public static string WordOf(ConnectorActKind kind) => kind switch
    {
        ConnectorActKind.Drain => "drain",
        ConnectorActKind.PausePickup => "pause pickup",
        ConnectorActKind.PauseDelivery => "pause delivery",
        ConnectorActKind.Run => "run",
        ConnectorActKind.Canary => "canary",
        _ => "capture",
    };

    internal static ConnectorActKind Parse(string word) => Enum.GetValues<ConnectorActKind>().First(kind => WordOf(kind) == word);
}
