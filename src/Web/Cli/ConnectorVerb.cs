using System.CommandLine;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Connectors;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

/// <summary><c>connector start</c>, <c>stop</c>, <c>drain</c>, <c>pause</c>, <c>resume</c>, <c>run</c>, <c>canary</c> and <c>capture</c>.</summary>
internal static class ConnectorVerb
{
    private delegate Task<string> Act(ConnectorActions actions, string name, Operator who, CancellationToken cancellationToken);

    private delegate Task<string> ActWithOptions(ConnectorActions actions, ParseResult parsed, string name, Operator who, CancellationToken cancellationToken);

    public static Command Create(VerbRunner verbs) => new("connector", "Connectors: start, stop, drain, pause, resume and run them")
    {
        Action(verbs, "start", "Let a connector work", (actions, name, who, token) => actions.StartAsync(name, who, token)),
        Action(verbs, "stop", "Stop a connector; what it has begun it finishes", (actions, name, who, token) => actions.StopAsync(name, who, token)),
        Action(verbs, "drain", "Fetch nothing new, deliver what waits, then stop", (actions, name, who, token) => actions.DrainAsync(name, who, token)),
        Pause(verbs),
        Action(verbs, "resume", "End pauses and a drain", (actions, name, who, token) => actions.ResumeAsync(name, who, token)),
        Action(verbs, "run", "Poll at once, and try at once what waits for its next attempt", (actions, name, who, token) => actions.RunAsync(name, who, token)),
        Action(verbs, "canary", "Send a canary now; canaries says when it is back", (actions, name, who, token) => actions.SendCanaryAsync(name, who, token)),
        Capture(verbs),
    };

    private static Command Pause(VerbRunner verbs)
    {
        var pickup = new Option<bool>("--pickup") { Description = "Fetch nothing; without --delivery only this" };
        var delivery = new Option<bool>("--delivery") { Description = "Deliver nothing; without --pickup only this" };
        var length = new Option<string>("--for") { Description = "Go on by itself after 90s, 15m, 4h or 5d", HelpName = "TIME" };
        return Action(verbs, "pause", "Pause pickup, delivery, or both, for a while", async (actions, parsed, name, who, token) =>
        {
            TimeSpan? pause = null;
            if (parsed.GetValue(length) is { } text)
            {
                if (!SettingTime.TryRead(text, out var span))
                {
                    return $"“{VisibleText.Of(text, 40)}” is no time; it is written as 90s, 15m, 4h or 5d.";
                }

                pause = span;
            }

            var (only, both) = (parsed.GetValue(pickup), !parsed.GetValue(pickup) && !parsed.GetValue(delivery));
            var refusal = only || both ? await actions.PausePickupAsync(name, pause, who, token) : "";
            return refusal.Length == 0 && (parsed.GetValue(delivery) || both) ? await actions.PauseDeliveryAsync(name, pause, who, token) : refusal;
        }, pickup, delivery, length);
    }

    private static Command Capture(VerbRunner verbs)
    {
        var off = new Option<bool>("--off") { Description = "Keep no more copies" };
        var days = new Option<int>("--days") { Description = "Days a copy is kept, 1 to 90", DefaultValueFactory = _ => ConnectorActions.DefaultKeepDays };
        var megabytes = new Option<int>("--megabytes") { Description = "All copies together, 1 to 10240", DefaultValueFactory = _ => ConnectorActions.DefaultKeepMegabytes };
        return Action(verbs, "capture", "Keep copies before and after conversion", (actions, parsed, name, who, token) => parsed.GetValue(off)
            ? actions.EndCaptureAsync(name, who, token)
            : actions.CaptureAsync(name, parsed.GetValue(days), parsed.GetValue(megabytes), who, token), off, days, megabytes);
    }

    private static Command Action(VerbRunner verbs, string name, string description, Act act) =>
        Action(verbs, name, description, (actions, _, called, who, token) => act(actions, called, who, token));

    private static Command Action(VerbRunner verbs, string name, string description, ActWithOptions act, params IReadOnlyList<Option> options)
    {
        var connector = new Argument<string>("NAME") { Description = "Name of the connector" };
        var reason = new Option<string>("--reason") { Description = "Why; kept in the audit", HelpName = "TEXT" };
        var command = new Command(name, description) { connector, reason };
        foreach (var option in options)
        {
            command.Add(option);
        }

        verbs.Set(command, async (verb, token) =>
        {
            var called = verb.Parsed.GetValue(connector)!;
            if (!await ConnectorNames.ExistsAsync(verb.Database.Source, called, token))
            {
                return await verb.RefuseAsync(ExitCode.NotFound, ConnectorNames.Missing(called));
            }

            var who = Operator.Local(verb.Parsed.GetValue(reason)?.Trim() ?? "");
            var refusal = await act(new ConnectorActions(verb.Database.Source), verb.Parsed, called, who, token);
            return refusal.Length == 0 ? ExitCode.Done : await verb.RefuseAsync(ExitCode.Refused, refusal);
        });
        return command;
    }
}
