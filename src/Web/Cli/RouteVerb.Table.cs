using System.CommandLine;
using System.Globalization;
using Postern.Infrastructure.Routing;

namespace Postern.Web.Cli;

internal static partial class RouteVerb
{
    private static Command Table(VerbRunner verbs)
    {
        var version = new Argument<long?>("VERSION") { Description = "As route history lists it; the one in force when it is left out", Arity = ArgumentArity.ZeroOrOne };
        var isBefore = new Option<bool>("--previous") { Description = "The generation before it" };
        var table = new Command("table", "The routing table line by line, in the order in which an address is compared with it") { version, isBefore };
        verbs.Set(table, (verb, token) => WithStateAsync(
            verb, (services, _) => TableAsync(verb, services.GetRequiredService<RouteActivations>(), verb.Parsed.GetValue(version), verb.Parsed.GetValue(isBefore), token), token));
        return table;
    }

    private static async Task<int> TableAsync(Verb verb, RouteActivations activations, long? version, bool isBefore, CancellationToken cancellationToken)
    {
        var found = await activations.TableAsync(version, cancellationToken);
        if (isBefore && found is { Previous: null })
        {
            return await verb.RefuseAsync(ExitCode.NotFound, string.Create(CultureInfo.InvariantCulture, $"No routing before version {found.Version} is known."));
        }

        if ((isBefore ? await activations.TableAsync(found?.Previous, cancellationToken) : found) is not { } shown)
        {
            return await verb.RefuseAsync(ExitCode.NotFound, string.Create(CultureInfo.InvariantCulture, $"There is no routing version {version}."));
        }

        if (verb.Answer.IsJson)
        {
            await verb.Answer.JsonAsync(shown);
        }
        else
        {
            await verb.Answer.TableAsync(
                ["TYPE", "PATTERN", "COST", "CONNECTOR", "HOW"],
                shown.Lines.Select(line => (IReadOnlyList<string>)[line.Type, line.Pattern, line.Cost, line.Connector, line.How]));
        }

        return ExitCode.Done;
    }
}
