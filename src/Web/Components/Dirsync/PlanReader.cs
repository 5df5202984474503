using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Infrastructure.Dirsync;

namespace Postern.Web.Components.Dirsync;

/// <summary>What the page of a plan shows at one moment.</summary>
/// <param name="Rows">The riskiest class first; of each class the first few where no class is chosen.</param>
/// <param name="HasMore">The chosen class has further rows.</param>
/// <param name="Collisions">One of each contested name's rows, all sides on each.</param>
/// <param name="Open">The row that stands beside the grid.</param>
/// <param name="History">What happened to its entry before.</param>
/// <param name="Newer">The plan that overtook this one.</param>
/// <param name="Partner">Null when it was deleted meanwhile.</param>
public sealed record PlanSeen(
    PlanSummary Plan, IReadOnlyList<ClassFigures> Classes, IReadOnlyList<ValueCount> Values, IReadOnlyList<PlanRow> Rows, bool HasMore, IReadOnlyList<PlanRow> Collisions,
    PlanRow? Open, IReadOnlyList<EntryChangeRow> History, PlanMoves? Moves, long? Newer, Partner? Partner)
{
    /// <summary>How far a class is; null when the plan has no row of it.</summary>
    public ClassFigures? Of(ChangeClass kind) => Classes.FirstOrDefault(figures => figures.Class == kind);

    /// <summary>Open rows that somebody may approve.</summary>
    public long Approvable => Classes.Where(figures => figures.Class != ChangeClass.Collision && Plan.Needed.GetValueOrDefault(figures.Class) != ApprovalMode.Never).Sum(figures => figures.Open);
}

/// <summary>Reads what the page of a plan shows.</summary>
public sealed class PlanReader(PlanStore plans, PlanFigures figures, PartnerStore partners)
{
    /// <summary>Rows of a page of one class.</summary>
    public const int PageSize = 100;

    private const int OfEachClass = 12;
    private const int OfEachNarrowed = 50;
    private const int MostCollisions = 200;
    private const int MostHistory = 50;

    /// <summary>The plan with the rows that are asked for; null when there is none of that number.</summary>
    /// <param name="before">What was shown before: counts over all rows are taken again only when a verdict has changed.</param>
    public async Task<PlanSeen?> ReadAsync(long id, PlanQuery query, PlanSeen? before, CancellationToken cancellationToken)
    {
        if (await plans.FindAsync(id, cancellationToken) is not { } plan)
        {
            return null;
        }

        // A first consent of two changes no count.
        var isSame = before is not null && before.Plan.Id == id && Stand(before.Plan) == Stand(plan) && !plan.Needed.Values.Contains(ApprovalMode.TwoApprovers);
        var open = query.Row is { } ordinal ? await plans.RowAsync(id, ordinal, cancellationToken) : null;
        var (rows, hasMore) = await RowsAsync(plan, query, cancellationToken);
        return new PlanSeen(
            plan,
            isSame ? before!.Classes : await figures.ClassesAsync(id, cancellationToken),
            before?.Plan.Id == id && before.Plan.Hash == plan.Hash ? before.Values : await plans.ValuesAsync(id, cancellationToken),
            rows, hasMore,
            plan.Counts.Collisions == 0 ? [] : await plans.CollisionsAsync(id, 0, MostCollisions, cancellationToken),
            open,
            open is null ? [] : await plans.HistoryAsync(plan.Partner, open.Change.Identity, MostHistory, cancellationToken),
            isSame ? before!.Moves : await figures.MovesAsync(id, cancellationToken),
            plan.State == "superseded" ? await figures.NewerAsync(id, cancellationToken) : null,
            (await partners.FindAsync(plan.Partner, cancellationToken))?.Partner);
    }

    private async Task<(IReadOnlyList<PlanRow> Rows, bool HasMore)> RowsAsync(PlanSummary plan, PlanQuery query, CancellationToken cancellationToken)
    {
        if (query.Class is not null)
        {
            var page = await plans.RowsAsync(plan.Id, query.Filter, query.After, PageSize + 1, cancellationToken);
            return ([.. page.Take(PageSize)], page.Count > PageSize);
        }

        var rows = new List<PlanRow>();
        foreach (var kind in ClassLook.RiskiestFirst.Where(kind => plan.Counts[kind] > 0 && (query.Value.Length == 0 || kind == ChangeClass.Modify)))
        {
            rows.AddRange(await plans.RowsAsync(plan.Id, query.Filter with { Class = kind }, 0, query.IsNarrowed ? OfEachNarrowed : OfEachClass, cancellationToken));
        }

        return (rows, false);
    }

    private static (string State, long Open, long Approved, long Rejected, string Hash) Stand(PlanSummary plan) => (plan.State, plan.Open, plan.Approved, plan.Rejected, plan.Hash);
}
