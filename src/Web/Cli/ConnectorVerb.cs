using System.CommandLine;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Connectors;

namespace Postern.Web.Cli;

/// <summary><c>connector start</c> and <c>connector stop</c>.</summary>
internal static class ConnectorVerb
{
    private delegate Task<string> Act(ConnectorActions actions, string name, Operator who, CancellationToken cancellationToken);

    public static Command Create(VerbRunner verbs) => new("connector", "Connectors: start them and stop them")
    {
        Action(verbs, "start", "Let a connector work", (actions, name, who, token) => actions.StartAsync(name, who, token)),
        Action(verbs, "stop", "Stop a connector; what it has begun it finishes", (actions, name, who, token) => actions.StopAsync(name, who, token)),
    };

    private static Command Action(VerbRunner verbs, string name, string description, Act act)
    {
        var connector = new Argument<string>("NAME") { Description = "Name of the connector" };
        var reason = new Option<string>("--reason") { Description = "Why; kept in the audit", HelpName = "TEXT" };
        var command = new Command(name, description) { connector, reason };
        verbs.Set(command, async (verb, token) =>
        {
            var called = verb.Parsed.GetValue(connector)!;
            if (!await ConnectorNames.ExistsAsync(verb.Database.Source, called, token))
            {
                return await verb.RefuseAsync(ExitCode.NotFound, ConnectorNames.Missing(called));
            }

            var who = Operator.Local(verb.Parsed.GetValue(reason)?.Trim() ?? "");
            var refusal = await act(new ConnectorActions(verb.Database.Source), called, who, token);
            return refusal.Length == 0 ? ExitCode.Done : await verb.RefuseAsync(ExitCode.Refused, refusal);
        });
        return command;
    }
}
