using Postern.Infrastructure.Quarantine;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Messages;

/// <summary>A run of a foreign program, and whether its file can be had.</summary>
/// <param name="WhyNot">Why there is no copy of its file; null when there is one.</param>
public sealed record RunSeen(TracedRun Run, string? WhyNot);

/// <summary>What a message belongs to and went by, as its page shows it.</summary>
public sealed record TraceSeen(TraceFound Found, IReadOnlyList<RunSeen> Runs, IReadOnlyList<MessageVersion> Versions)
{
    public static readonly TraceSeen Nothing = new(TraceFound.Nothing, [], []);

    /// <summary>What this message reports on, when it is a report.</summary>
    public TracedMessage? Original => Found.Chain.LastOrDefault(traced => traced.Relation == TraceRelation.Original);
}

/// <summary>Makes steps of a timeline out of messages that belong together, the files they went by and the copies that were changed.</summary>
public static class TraceSteps
{
    /// <summary>The steps, in no order.</summary>
    public static IEnumerable<TimelineStep> Of(TraceSeen trace, long messageId) =>
    [
        .. trace.Found.Chain.Select(Step),
        .. trace.Runs.Select(run => Step(run, messageId)),
        .. trace.Versions.Select(version => Step(version, messageId)),
    ];

    private static TimelineStep Step(TracedMessage traced)
    {
        var message = traced.Message;
        var (icon, text) = traced.Relation switch
        {
            TraceRelation.Original => ("return", traced.IsCertain ? "The message it reports on came in" : "The message it most likely reports on came in"),
            TraceRelation.Report => ("return", message.Source == "postern" ? "A report on it was written" : "A report on it came in"),
            TraceRelation.Parent => ("mail", "The message it answers came in"),
            _ => ("mail", "An answer to it came in"),
        };
        var detail = $"{(message.Sender.Length > 0 ? $"From {VisibleText.Of(message.Sender, 120)}" : "Without a sender")}, “{VisibleText.Of(message.Subject, 120)}”."
            + (traced.IsCertain ? "" : " Sender and subject are the same; it names no Message-ID.");
        return new TimelineStep(message.AcceptedAt, icon, "c-accent", text, detail) { Links = [new($"Open message {message.Id}", Urls.Message(message.Id))] };
    }

    private static TimelineStep Step(RunSeen seen, long messageId)
    {
        var run = seen.Run;
        var isOut = run.FileName.Length > 0;
        var end = run switch
        {
            { EndedAt: null } => "The run has no end yet.",
            { ExitCode: { } code } => $"The run ended with code {code}.",
            _ => $"The run: {VisibleText.Of(run.Ending, 60)}.",
        };
        var links = new List<StepLink>();
        if (seen.WhyNot is null)
        {
            links.Add(new("Download the file", Urls.MessageRun(messageId, run.RunId, run.FileName), IsDownload: true));
        }

        links.AddRange(run.Refusals.Select(name => new StepLink($"Download {VisibleText.Of(name, 40)}", Urls.MessageRefusal(messageId, run.RunId, name), IsDownload: true)));
        return new TimelineStep(
            run.StartedAt, "sheet", "c-leased",
            isOut ? $"{Given(run)} as {VisibleText.Of(run.FileName, 40)}, run {run.RunId}" : $"{Brought(run)}, run {run.RunId}",
            $"{end} {seen.WhyNot}".TrimEnd(), null, run.DeliveryIds.Count == 1 ? run.DeliveryIds[0] : null)
        {
            Links = links,
        };
    }

    // Where the programs of a post office run elsewhere, files are laid into a folder and taken from it.
    private static string Given(TracedRun run) => run.Program == "lay" ? $"Laid into the exchange folder of {run.Connector}" : $"Given to {run.Program.ToUpperInvariant()} of {run.Connector}";

    private static string Brought(TracedRun run) => run.Program == "fetch" ? $"Taken from the exchange folder of {run.Connector}" : $"Brought by {run.Program.ToUpperInvariant()} of {run.Connector}";

    private static TimelineStep Step(MessageVersion version, long messageId) => new(
        version.MadeAt, "pen", "c-held", $"A changed copy was made by {VisibleText.Of(version.MadeBy, 60)}",
        version.Deliveries.Count > 0 ? $"{Quantity.Of(version.Deliveries.Count, "delivery goes", "deliveries go")} with it; the original stays as it came." : "Its replay was taken back; nothing goes with it.")
    {
        Links = [new("Download the copy", Urls.MessageVersion(messageId, version.Id), IsDownload: true)],
    };
}
