using System.CommandLine;
using Postern.Domain.Routing;
using Postern.Infrastructure.Routing;
using Postern.Web.Api;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

internal static partial class RouteVerb
{
    private static Command Prove(VerbRunner verbs)
    {
        var prove = new Command("prove", "Prove that mail reaches everybody and answers come back, given what each post office must know; ends with 1 and each counter-example when it does not hold");
        verbs.Set(prove, (verb, token) => WithStateAsync(verb, (_, state) => ProveAsync(verb, state), token));
        return prove;
    }

    private static async Task<int> ProveAsync(Verb verb, RouteState state)
    {
        var table = state.Model.Table;
        var warnings = PostOfficeNames.Check(table).Where(fault => fault.IsWarning).ToList();
        var required = table.PostOffices.OrderBy(office => office.Key, StringComparer.Ordinal)
            .Select(office => (Office: office, Rows: (IReadOnlyList<Knowledge>)[.. state.RequiredOf(office.Key).Select(row => row.Needed)])).ToList();
        await (verb.Answer.IsJson
            ? verb.Answer.JsonAsync(RouteProofAnswer.Of(state))
            : WriteAsync(verb.Answer, state.Proof, warnings, required));
        return state.Proof.Holds ? ExitCode.Done : ExitCode.No;
    }

    private static async Task WriteAsync(
        Answer answer, StructureProof proof, IReadOnlyList<NameFault> warnings, IReadOnlyList<(PostOffice Office, IReadOnlyList<Knowledge> Rows)> required)
    {
        foreach (var example in proof.CounterExamples)
        {
            await answer.LineAsync(VisibleText.Of(example.Sentence, LongestLine));
            if (example.Path.Count > 0)
            {
                await answer.LineAsync($"  {VisibleText.Of(string.Join(" → ", example.Path.Select(Stop)), LongestLine)}");
            }

            if (example.Fix is { } fix)
            {
                await answer.LineAsync($"  What mends it: {VisibleText.Of(fix.ToString(), LongestLine)}");
            }
        }

        foreach (var warning in warnings)
        {
            await answer.LineAsync(VisibleText.Of(warning.Sentence, LongestLine));
        }

        foreach (var (office, rows) in required.Where(post => post.Rows.Count > 0))
        {
            await answer.LineAsync($"{office.System} {VisibleText.Of(office.Name)} must know {VisibleText.Of(string.Join("; ", rows.Select(row => $"{row.Definition.Destination}, {row.Definition.How}")), LongestLine)}.");
        }

        await answer.LineAsync(proof.Holds
            ? "Everybody is reached and every answer comes back, where the post offices know this."
            : $"The proof does not hold: {proof.CounterExamples.Count} {(proof.CounterExamples.Count == 1 ? "counter-example" : "counter-examples")}.");
    }

    private static string Stop(PathHop hop) => hop.State switch
    {
        HopState.Fails => $"{hop.Name} (fails here)",
        HopState.NotReached => $"{hop.Name} (not reached)",
        _ => hop.Name,
    };
}
