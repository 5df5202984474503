using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Plans;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Dirsync;

/// <summary>One plan: what it would change, row by row with before and after; approved, rejected, edited, postponed, and taken back afterwards.</summary>
public sealed partial class PlanPage : DirsyncActPage
{
    private readonly RowSelection selection = new();
    private readonly List<IDisposable> keys = [];
    private PlanSeen? shown;
    private PlanQuery query = PlanQuery.Parse("");
    private PlanRow? cursor;
    private long readId;

    [Parameter]
    public long Id { get; set; }

    [Inject]
    private PlanReader Reader { get; set; } = null!;

    [Inject]
    private PlanDecisions Decisions { get; set; } = null!;

    [Inject]
    private PlanRevert Reverting { get; set; } = null!;

    [Inject]
    private Keyboard Keyboard { get; set; } = null!;

    private string Title => PlanWords.Title(shown!.Plan, Site);

    private IReadOnlyList<int> Chosen => [.. selection.Ids.Select(id => (int)id)];

    private string Tab => query.Tab.Length > 0 ? query.Tab : shown is { Collisions.Count: > 0, Open: null } ? PlanQuery.Collisions : PlanQuery.Selected;

    private IReadOnlyList<ViewTab> Tabs =>
    [
        .. shown!.Plan.Counts.Collisions > 0 ? (ViewTab[])[new("Collisions", With(("tab", PlanQuery.Collisions)), Tab == PlanQuery.Collisions, shown.Collisions.Select(row => row.Change.Key).Distinct().Count())] : [],
        new("Selected row", With(("tab", PlanQuery.Selected)), Tab == PlanQuery.Selected),
        new("History", With(("tab", PlanQuery.History)), Tab == PlanQuery.History),
    ];

    private IReadOnlyList<ActiveFilter> Active =>
    [
        .. ((string Key, string Name, string Value)[])[("class", "class", query.Class?.ToString().ToLowerInvariant() ?? ""), ("verdict", "verdict", VerdictWord(query.Verdict)), ("value", "changes only", ChangeLines.Label(query.Value))]
            is var all ? all.Where(filter => filter.Value.Length > 0).Select(filter => new ActiveFilter(filter.Name, VisibleText.Of(filter.Value, 60), With((filter.Key, null)))) : [],
    ];

    private IReadOnlyList<FilterChoice> Choices =>
    [
        new("Verdict", [.. (shown!.Plan.CanDecide ? (string[])["open", "approved", "rejected"] : ["approved", "rejected", "open", "done", "failed"]).Select(verdict => new FilterValue(VerdictWord(verdict), CountOf(verdict), With(("verdict", verdict)), query.Verdict == verdict))]),
        .. shown.Values.Count == 0 ? (FilterChoice[])[] : [new("Changes only", [.. shown.Values.Take(8).Select(value => new FilterValue(VisibleText.Of(ChangeLines.Label(value.Value), 40), value.Rows, With(("class", "modify"), ("value", value.Value)), query.Value == value.Value))])],
    ];

    private (string Icon, string Css, string Text, string? Href, string Link)? Notice => shown is not { Plan: var plan } ? null : plan.State switch
    {
        "superseded" when shown.Newer is { } newer => ("sync", "c-held", $"The source was read again, and plan {newer} took the place of this one. What has not moved kept its approvals there.", Urls.Plan(newer), $"Open plan {newer}"),
        "superseded" => ("sync", "c-held", "The source was read again, and nothing of this plan is to be changed any more.", null, ""),
        "failed" or "waiting" or "applying" when plan.Fault.Length > 0 => ("warn", "c-bounced", VisibleText.Of(plan.Fault, 600), null, ""),
        _ when !plan.IsComplete => ("warn", "c-held", $"{PlanWords.Source(plan, Site)} was not read to its end. Nothing is deleted by this plan, and nobody's name is free.", Urls.PartnerPage(plan.Partner, "cycles"), "What the cycle said"),
        _ => null,
    };

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        base.OnInitialized();
        keys.Add(Keyboard.Take("a", () => InvokeAsync(() => PressedAsync("approved"))));
        keys.Add(Keyboard.Take("r", () => InvokeAsync(() => PressedAsync("rejected"))));
    }

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        // One page for all plans: the parameter may still be that of the one before.
        var id = long.TryParse(Here.Segments[^1].Trim('/'), System.Globalization.CultureInfo.InvariantCulture, out var asked) ? asked : Id;
        var wanted = PlanQuery.Parse(Here.Query);
        var seen = await Reader.ReadAsync(id, wanted, shown, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (id != readId)
        {
            selection.Clear();
            Drop();
            (Refusal, cursor) = (null, null);
        }

        (shown, query, readId) = (seen, wanted, id);
        cursor = seen?.Open ?? seen?.Rows.FirstOrDefault(row => row.Ordinal == cursor?.Ordinal);
    }

    /// <inheritdoc/>
    protected override bool IsHere(string first, string now) => now.StartsWith(Urls.PlansPath + "/", StringComparison.Ordinal);

    /// <inheritdoc/>
    protected override void Leave()
    {
        base.Leave();
        keys.ForEach(key => key.Dispose());
    }

    private string With(params ReadOnlySpan<(string Key, string? Value)> changes)
    {
        var parts = QueryHelpers.ParseQuery(Here.Query).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString(), StringComparer.Ordinal);
        foreach (var (key, value) in changes)
        {
            parts[key] = value;
            if (key is "class" or "q" or "verdict" or "value")
            {
                parts.Remove("after");
            }

            if (key == "class")
            {
                parts.Remove("value");
            }
        }

        return QueryHelpers.AddQueryString(Urls.Plan(shown?.Plan.Id ?? Id), parts.Where(pair => !string.IsNullOrEmpty(pair.Value)));
    }

    private void OpenRow(PlanRow row)
    {
        cursor = row;
        if (shown?.Open?.Ordinal != row.Ordinal || Tab == PlanQuery.Collisions)
        {
            Navigation.NavigateTo(With(("row", $"{row.Ordinal}"), ("tab", Tab == PlanQuery.History ? PlanQuery.History : PlanQuery.Selected)), replace: shown?.Open is not null);
        }
    }

    private long? CountOf(string verdict) => verdict switch
    {
        "open" => shown!.Plan.Open,
        "approved" => shown!.Plan.Approved,
        "rejected" => shown!.Plan.Rejected,
        "done" => shown!.Plan.Done,
        _ => shown!.Plan.Failed,
    };

    private static string VerdictWord(string verdict) => verdict switch { "open" => "not decided", "failed" => "refused there", _ => verdict };

    private long ShownOf(ChangeClass kind) => query.IsNarrowed || query.Class is not null ? shown!.Plan.Counts[kind] : shown!.Rows.Count(row => row.Change.Class == kind);

    // Where most rows of a class change the same single value, they are offered together.
    private ValueCount? AloneOf(ChangeClass kind) =>
        kind == ChangeClass.Modify && !query.IsNarrowed && shown!.Values is [var most, ..] && most.Rows >= 2 && most.Rows * 2 > shown.Plan.Counts[kind] && shown.Of(kind)?.Open >= most.Rows ? most : null;

    // Open rows of what is shown; how many match typed words is found out when somebody asks.
    private long? Approvable => query.IsNarrowed ? null : query.Class is { } kind ? (kind == ChangeClass.Collision || shown!.Plan.Needed.GetValueOrDefault(kind) == ApprovalMode.Never ? 0 : shown.Of(kind)?.Open ?? 0) : shown!.Approvable;

    private string? DirectoryHref(PlanRow row) => shown!.Plan.Direction == "in" && row.Change.Before is { } before ? QueryHelpers.AddQueryString(Urls.DirectoryPath, "q", before.Address) : null;

    private static string MailWords(PlanSeen seen)
    {
        var gone = seen.Of(ChangeClass.Delete)?.Mail ?? 0;
        return gone == 0 ? "What is queued goes out as it was routed."
            : $"{Quantity.Text(gone)} {(gone == 1 ? "is" : "are")} for entries that it deletes; what is queued goes out as it was routed, and later mail to them finds no way.";
    }
}
