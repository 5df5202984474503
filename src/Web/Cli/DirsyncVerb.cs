using System.CommandLine;
using Postern.Domain.Directory.Merging;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Api;

namespace Postern.Web.Cli;

/// <summary><c>dirsync</c>: cycles of directory synchronisation, and the plans that they make.</summary>
internal static class DirsyncVerb
{
    private const int StandardRows = 1_000;

    private delegate Task<DecisionResult> Decide(PlanDecisions decisions, PlanSummary plan, PlanRowFilter filter, IReadOnlyList<int>? rows, Operator who, CancellationToken cancellationToken);

    public static Command Create(VerbRunner verbs) => new("dirsync", "Directory synchronisation: run cycles, look at plans, decide about them")
    {
        Run(verbs),
        Plans(verbs),
        Show(verbs),
        Deciding(verbs, "approve", "Agree to the undecided rows of plans and carry them out", (decisions, plan, filter, rows, who, token) =>
            decisions.ApproveAsync(plan.Id, plan.Hash, filter, rows, who, token)),
        Deciding(verbs, "reject", "Refuse the undecided rows of plans; they are not proposed again until their source changes", (decisions, plan, filter, rows, who, token) =>
            decisions.RejectAsync(plan.Id, plan.Hash, filter, rows, who, token)),
        Revert(verbs),
        Propose(verbs),
    };

    private static Command Run(VerbRunner verbs)
    {
        var chosen = new DirsyncChoice();
        var dry = new Option<bool>("--dry") { Description = "Say what would be proposed; nothing is kept" };
        var empty = Empty();
        var command = new Command("run", "Run a cycle now: read the partner's directory, compare, propose") { dry, empty };
        chosen.AddTo(command, withPlan: false);
        verbs.Set(command, async (verb, token) =>
        {
            await using var services = await VerbServices.ForDirsyncAsync(verb.Database, token);
            if (await chosen.PartnersAsync(verb, services, token) is not { } partners)
            {
                return chosen.Code;
            }

            var isDry = verb.Parsed.GetValue(dry);
            var runs = new List<CycleAnswer>();
            foreach (var partner in partners)
            {
                runs.Add(await DirsyncWork.RunAsync(services, partner.Partner, isDry, token));
            }

            return await DirsyncAnswers.RunAsync(verb, services, runs, isDry, verb.Parsed.GetValue(empty), token);
        });
        return command;
    }

    private static Command Plans(VerbRunner verbs)
    {
        var chosen = new DirsyncChoice();
        var state = new Option<string>("--state") { Description = "waiting, approved, applying, applied, rejected, superseded or failed; open is all that are not over", HelpName = "STATE" };
        var limit = new Option<int>("--limit") { Description = "The most plans", HelpName = "N", DefaultValueFactory = _ => 100 };
        var empty = Empty();
        var command = new Command("plans", "Plans, the newest first") { state, limit, empty };
        chosen.AddTo(command, withPlan: false);
        verbs.Set(command, async (verb, token) =>
        {
            await using var services = await VerbServices.ForDirsyncAsync(verb.Database, token);
            return await chosen.PartnersAsync(verb, services, token, areAll: true) is not { } partners
                ? chosen.Code
                : await DirsyncAnswers.ListAsync(
                    verb,
                    await services.GetRequiredService<PlanStore>().ListAsync(
                        new PlanListFilter(chosen.IsOne(verb) ? partners[0].Partner.Name : "", verb.Parsed.GetValue(state) ?? "", Take: Math.Clamp(verb.Parsed.GetValue(limit), 1, 10_000)), token),
                    verb.Parsed.GetValue(empty));
        });
        return command;
    }

    private static Command Show(VerbRunner verbs)
    {
        var chosen = new DirsyncChoice();
        var limit = new Option<int>("--limit") { Description = "The most rows of a plan", HelpName = "N", DefaultValueFactory = _ => StandardRows };
        var empty = Empty();
        var command = new Command("show", "Plans that are not over with their rows, or one of any state") { limit, empty };
        chosen.AddTo(command, withPlan: true);
        verbs.Set(command, async (verb, token) =>
        {
            await using var services = await VerbServices.ForDirsyncAsync(verb.Database, token);
            return await chosen.PlansAsync(verb, services, "open", token) is { } plans
                ? await DirsyncAnswers.ShowAsync(verb, services.GetRequiredService<PlanStore>(), plans, Math.Clamp(verb.Parsed.GetValue(limit), 1, 1_000_000), verb.Parsed.GetValue(empty), token)
                : chosen.Code;
        });
        return command;
    }

    private static Command Deciding(VerbRunner verbs, string name, string description, Decide decide)
    {
        var chosen = new DirsyncChoice();
        var hash = new Option<string>("--hash") { Description = "Of the plan as it was seen; nothing is done when it is another one by now", HelpName = "HASH" };
        var kind = new Option<string>("--class") { Description = "Only rows of this class: delete, move, rename, modify or add", HelpName = "CLASS" };
        var row = new Option<int[]>("--row") { Description = "Only this row, by its number; can be repeated", HelpName = "N" };
        var reason = Reason();
        var command = new Command(name, description) { hash, kind, row, reason };
        chosen.AddTo(command, withPlan: true);
        verbs.Set(command, async (verb, token) =>
        {
            var only = verb.Parsed.GetValue(kind) is { Length: > 0 } word ? PlansApi.ClassOf(word) : null;
            if (verb.Parsed.GetValue(kind) is { Length: > 0 } && only is null or ChangeClass.Collision)
            {
                return await verb.RefuseAsync(ExitCode.Usage, "--class is delete, move, rename, modify or add.");
            }

            await using var services = await VerbServices.ForDirsyncAsync(verb.Database, token);
            if (await chosen.PlansAsync(verb, services, "waiting", token) is not { } plans)
            {
                return chosen.Code;
            }

            var who = Operator.Local(verb.Parsed.GetValue(reason)?.Trim() ?? "");
            var rows = verb.Parsed.GetValue(row) is { Length: > 0 } named ? named : null;
            var results = new List<(PlanSummary Plan, DecisionResult Result)>();
            foreach (var plan in plans)
            {
                var seen = verb.Parsed.GetValue(hash) is { Length: > 0 } given ? plan with { Hash = given } : plan;
                results.Add((plan, await decide(services.GetRequiredService<PlanDecisions>(), seen, new PlanRowFilter(only), rows, who, token)));
            }

            await DirsyncWork.CarryOutAsync(services, [.. plans.Select(plan => plan.Id)], token);
            return await DirsyncAnswers.DecidedAsync(verb, services.GetRequiredService<PlanStore>(), results, token);
        });
        return command;
    }

    private static Command Revert(VerbRunner verbs)
    {
        var chosen = new DirsyncChoice();
        var row = new Option<int?>("--row") { Description = "Only this row, by its number", HelpName = "N" };
        var reason = Reason();
        var command = new Command("revert", "Make a plan that takes the last one that was carried out back, or one that is named") { row, reason };
        chosen.AddTo(command, withPlan: true);
        verbs.Set(command, async (verb, token) =>
        {
            await using var services = await VerbServices.ForDirsyncAsync(verb.Database, token);
            if (await chosen.PlansAsync(verb, services, "applied", token) is not { } plans)
            {
                return chosen.Code;
            }

            var who = Operator.Local(verb.Parsed.GetValue(reason)?.Trim() ?? "");
            var results = new List<(PlanSummary Plan, long? Made, IReadOnlyList<string> Left)>();
            foreach (var plan in plans.GroupBy(plan => (plan.PartnerId, plan.Direction)).Select(group => group.MaxBy(plan => plan.Id)!))
            {
                var (made, left) = await services.GetRequiredService<PlanRevert>().RevertAsync(plan.Id, verb.Parsed.GetValue(row), who, token);
                results.Add((plan, made, left));
            }

            await DirsyncWork.CarryOutAsync(services, [.. results.Select(result => result.Made).OfType<long>()], token);
            return await DirsyncAnswers.RevertedAsync(verb, services.GetRequiredService<PlanStore>(), results, token);
        });
        return command;
    }

    private static Command Propose(VerbRunner verbs)
    {
        var chosen = new DirsyncChoice();
        var templates = new Option<bool>("--templates") { Description = "The addresses that the templates make now; those they made before stay as further ones" };
        var takeOut = new Option<bool>("--take-out") { Description = "Delete every entry that the partner gave; it must be switched off" };
        var reason = Reason();
        var command = new Command("propose", "Make a plan that no cycle makes; a person decides about it") { templates, takeOut, reason };
        chosen.AddTo(command, withPlan: false);
        verbs.Set(command, async (verb, token) =>
        {
            var isTakeOut = verb.Parsed.GetValue(takeOut);
            if (isTakeOut == verb.Parsed.GetValue(templates))
            {
                return await verb.RefuseAsync(ExitCode.Usage, "Say --templates or --take-out.");
            }

            await using var services = await VerbServices.ForDirsyncAsync(verb.Database, token);
            if (await chosen.PartnersAsync(verb, services, token) is not { } partners)
            {
                return chosen.Code;
            }

            var who = Operator.Local(verb.Parsed.GetValue(reason)?.Trim() ?? "");
            var cycles = services.GetRequiredService<DirsyncCycle>();
            var runs = new List<CycleAnswer>();
            foreach (var (partner, id) in partners.Select(known => (known.Partner, known.Partner.Id)))
            {
                var made = await (isTakeOut ? cycles.EmptyAsync(id, who, token) : cycles.ReaddressAsync(id, who, token));
                runs.Add(new CycleAnswer(partner.Name, made.Cycle, made.Changes, made.Plans, made.Hashes, made.Fault));
            }

            return await DirsyncAnswers.ProposedAsync(verb, services, runs, token);
        });
        return command;
    }

    private static Option<bool> Empty() => new("--empty") { Description = "End with 1 when anything is proposed" };

    private static Option<string> Reason() => new("--reason") { Description = "Why; kept in the audit", HelpName = "TEXT" };
}
