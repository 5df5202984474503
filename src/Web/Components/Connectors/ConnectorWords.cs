using Postern.Infrastructure.Connectors;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Connectors;

/// <summary>Says how a connector is doing: what is true, what failed last, what comes next.</summary>
public static class ConnectorWords
{
    /// <summary>The explanation of a connector.</summary>
    public static Explanation Of(ConnectorRow connector, long waiting, DateTimeOffset now)
    {
        var look = ConnectorLook.Of(connector);
        var points = new List<ExplanationPoint>();
        if (connector.AliveAt is { } alive)
        {
            points.Add(new("Last proof of life", $"{Quantity.Span(now - alive)} ago, at {Quantity.Clock(alive, now)}: a transaction, a run or a poll ended well."));
        }
        else
        {
            points.Add(new("Last proof of life", "None yet."));
        }

        if (connector.FailedAt is { } failed)
        {
            points.Add(new("Last failure", $"{Quantity.Span(now - failed)} ago, at {Quantity.Clock(failed, now)}.", connector.Failure));
        }

        if (connector.State == "waiting")
        {
            points.Add(new("Why it fetches nothing", connector.Detail));
        }

        foreach (var act in connector.Acts.Where(act => act.Kind != ConnectorActKind.Run))
        {
            points.Add(new("What it was told", ConnectorActWords.Sentence(act)));
        }

        points.Add(new("What comes next", Next(connector, waiting)));
        return new Explanation(Title(connector), look.IsBad ? Tone.Bad : connector.IsWanted ? Tone.Calm : Tone.Warn, look.Icon, points);
    }

    private static string Title(ConnectorRow connector) => connector switch
    {
        { SettingsFault.Length: > 0 } => "Its settings cannot be read",
        { IsWanted: false, State: "running" } => "Stopping: it finishes what it has begun",
        { IsWanted: false } => "Stopped by an operator",
        { State: "failed" } => "It has failed and is tried again by itself",
        { State: "running" } when ConnectorActWords.Look(connector) is { } told => char.ToUpperInvariant(told.Word[0]) + told.Word[1..],
        { State: "running" } => "Running",
        { State: "waiting" } => "It fetches nothing now, and delivers as always",
        { State: "starting" } => "Starting",
        _ => "No process has it running",
    };

    private static string Next(ConnectorRow connector, long waiting) => connector switch
    {
        { SettingsFault.Length: > 0 } => $"Nothing with these settings: {connector.SettingsFault}. Open them, set what is missing and save. What already runs goes on as it began.",
        { IsWanted: false } => waiting > 0 ? $"{Quantity.Of(waiting, "delivery waits", "deliveries wait")} until it is started." : "Nothing, until it is started.",
        { State: "running" } when connector.Act(ConnectorActKind.Drain) is not null =>
            waiting > 0 ? $"It stops when what waited has gone; {Quantity.Of(waiting, "delivery waits", "deliveries wait")}." : "It stops at once: nothing waits.",
        { State: "running" } when connector.Act(ConnectorActKind.PauseDelivery) is { } pause =>
            $"{Quantity.Of(waiting, "delivery waits", "deliveries wait")} until {(pause.Until is null ? "somebody resumes it" : "the pause is over")}.",
        { State: "failed" } => "Postern tries again with growing pauses of up to a minute. Deliveries wait meanwhile; none is lost.",
        { State: "waiting" } => "It fetches again by itself as soon as there is room. What is not fetched stays in its post office.",
        { State: "running" } => waiting > 0 ? $"{Quantity.Of(waiting, "delivery waits", "deliveries wait")} for it." : "It takes the next delivery as soon as one is due.",
        _ => "A process that may have it takes it within seconds.",
    };
}
