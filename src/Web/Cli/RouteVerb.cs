using System.CommandLine;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

/// <summary><c>route</c>: where an address goes and why, whether everybody reaches everybody, what to enter at old post offices, and the versions of routing.</summary>
internal static partial class RouteVerb
{
    private const int LongestLine = 2_000;

    public static Command Create(VerbRunner verbs) => new("route", "Ask about routes, and change them")
    {
        Explain(verbs),
        Prove(verbs),
        Table(verbs),
        Sheet(verbs),
        Drafts(verbs),
        Activate(verbs),
        History(verbs),
        Return(verbs),
    };

    // Works on what is stored at this moment; what could not be read is said.
    private static async Task<int> WithStateAsync(Verb verb, Func<ServiceProvider, RouteState, Task<int>> work, CancellationToken cancellationToken)
    {
        await using var services = VerbServices.ForRouting(verb.Database);
        var state = await services.GetRequiredService<RouteModels>().CurrentAsync(cancellationToken);
        foreach (var fault in state.Faults)
        {
            await verb.Error.WriteLineAsync($"Left out of routing: {VisibleText.Of(fault, 1_000)}");
        }

        return await work(services, state);
    }

    // SALES, NETWORK/POSTOFFICE, or with the system in front where both systems have the name.
    internal static PostOffice? FindPostOffice(RouteState state, string text, out string fault)
    {
        var found = state.Model.Table.PostOffices
            .Where(office => office.Key == PostOffice.KeyOf(office.System, text) || string.Equals($"{office.System}:{office.Name}", text, StringComparison.OrdinalIgnoreCase)).ToList();
        fault = found.Count switch
        {
            0 => $"There is no post office {VisibleText.Of(text)}.",
            1 => "",
            _ => $"There are two post offices {VisibleText.Of(text)}; write {string.Join(" or ", found.Select(office => $"{office.System}:{VisibleText.Of(office.Name)}"))}.",
        };
        return found.Count == 1 ? found[0] : null;
    }

    private static async Task LinesAsync(Answer answer, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            await answer.LineAsync(VisibleText.Of(line, LongestLine));
        }
    }
}
