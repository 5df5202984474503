using System.CommandLine;
using System.Globalization;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Routing;
using Postern.Web.Api;
using Postern.Web.Components.Shared;

namespace Postern.Web.Cli;

internal static partial class RouteVerb
{
    private static Command Sheet(VerbRunner verbs)
    {
        var office = new Argument<string>("POSTOFFICE") { Description = "SALES, NETWORK/POSTOFFICE, or with CCMAIL: or MS: in front" };
        var issue = new Option<bool>("--issue") { Description = "Give it out: it gets its number, and its rows count as issued" };
        var reason = Reason();
        var sheet = new Command("sheet", "What to enter at a post office, screen by screen; ends with 1 when there is something to enter") { office, issue, reason };
        verbs.Set(sheet, (verb, token) => WithStateAsync(
            verb, (services, state) => SheetAsync(verb, services, state, verb.Parsed.GetValue(office)!, verb.Parsed.GetValue(issue), verb.Parsed.GetValue(reason) ?? "", token), token));
        return sheet;
    }

    internal static Option<string> Reason() => new("--reason") { Description = "Why; kept in the audit", HelpName = "TEXT" };

    private static async Task<int> SheetAsync(
        Verb verb, ServiceProvider services, RouteState state, string name, bool issues, string reason, CancellationToken cancellationToken)
    {
        if (FindPostOffice(state, name, out var fault) is not { } office)
        {
            return await verb.RefuseAsync(ExitCode.NotFound, fault);
        }

        var sheets = services.GetRequiredService<ChangeSheets>();
        var shown = (await sheets.OfAsync(office.Key, cancellationToken))!;
        if (issues && await sheets.IssueAsync(shown, Operator.Local(reason), cancellationToken) is { IsDone: false } refused)
        {
            return await verb.RefuseAsync(ExitCode.Refused, VisibleText.Of(refused.Refusal, LongestLine));
        }

        await (verb.Answer.IsJson ? verb.Answer.JsonAsync(SheetAnswer.Of(shown, issues)) : WriteAsync(verb.Answer, shown, issues));
        return issues || shown.Sheet.Lines.Count == 0 ? ExitCode.Done : ExitCode.No;
    }

    private static async Task WriteAsync(Answer answer, ChangeSheetView shown, bool isIssued)
    {
        if (shown.Sheet.Lines.Count == 0)
        {
            await answer.LineAsync($"There is nothing to enter at {VisibleText.Of(shown.PostOffice.Name)}.");
            return;
        }

        await answer.LineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{(isIssued ? "Sheet" : "Draft of sheet")} {shown.NextNumber} for the post office {VisibleText.Of(shown.PostOffice.Name)}"));
        foreach (var (line, number) in shown.Sheet.Lines.Select((line, index) => (line, index + 1)))
        {
            await answer.LineAsync();
            await LinesAsync(answer, [$"{number}. {line.Title}", .. line.Steps.Select(step => $"   {step.Verb}: {step.Text}")]);
        }

        if (shown is { Since: { } since, Last: { } last })
        {
            await answer.LineAsync();
            await answer.LineAsync(string.Create(CultureInfo.InvariantCulture, $"Since sheet {last.Number}: {since.New.Count} new, {since.Changed.Count} changed, {since.Gone.Count} done or no longer wanted."));
        }
    }
}
