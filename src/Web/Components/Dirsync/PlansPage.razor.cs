using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Directory.Merging;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Dirsync;

/// <summary>Plans of changes: which wait, for whom, and what has become of the others.</summary>
public sealed partial class PlansPage : LivePage
{
    private const int PageSize = 50;
    private const string Open = "open";

    private static readonly (string Value, string Name)[] States = [(Open, "Open"), ("applied", "Applied"), ("rejected", "Rejected"), ("failed", "Failed"), ("all", "All")];

    private IReadOnlyList<PlanSummary>? plans;
    private IReadOnlyList<string> partners = [];
    private IReadOnlyList<FlappingRow> flapping = [];
    private string state = Open;
    private string partner = "";
    private string direction = "";
    private long waiting;
    private bool hasMore;
    private bool isLater;
    private bool showsFlapping;

    [Inject]
    private PlanStore Store { get; set; } = null!;

    [Inject]
    private PartnerStore Partners { get; set; } = null!;

    [Inject]
    private StatusFeed Status { get; set; } = null!;

    private string Site => Status.Current.Site;

    private bool IsFiltered => partner.Length > 0 || direction.Length > 0 || state is not (Open or "all");

    private string? CountText => plans is null ? null : waiting == 0 ? "none is open" : Quantity.Of(waiting, "is open", "are open");

    private IReadOnlyList<ViewTab> Tabs => [.. States.Select(found => new ViewTab(found.Name, With("state", found.Value == Open ? null : found.Value), state == found.Value, found.Value == Open ? waiting : null))];

    private IReadOnlyList<ActiveFilter> Active =>
    [
        .. partner.Length > 0 ? (ActiveFilter[])[new("partner", VisibleText.Of(partner, 60), With("partner", null))] : [],
        .. direction.Length > 0 ? (ActiveFilter[])[new("changes", DirectionWord(direction), With("direction", null))] : [],
    ];

    private IReadOnlyList<FilterChoice> Choices =>
    [
        .. partners.Count == 0 ? (FilterChoice[])[] : [new("Partner", [.. partners.Take(20).Select(name => new FilterValue(name, null, With("partner", name), name == partner))])],
        new("Changes", [.. ((string[])["in", "out"]).Select(way => new FilterValue(DirectionWord(way), null, With("direction", way), way == direction))]),
    ];

    private string EmptyTitle => partners.Count == 0 ? "No partner is configured yet" : IsFiltered || isLater ? "No plan matches" : state == "all" ? "No cycle has found anything to change yet" : "No plan waits";

    private string EmptyText => partners.Count == 0 ? "A plan shows what one directory would change in the other before it does. Partners make them, cycle by cycle."
        : IsFiltered || isLater ? "Other plans may be there." : "Each cycle compares both directories and proposes what differs. Run one, or wait for the schedule.";

    private IReadOnlyList<TableColumn<PlanSummary>> Columns =>
    [
        new("Plan", Name),
        new("State", plan => PlanLook.Of(plan, Time.GetUtcNow()).Cell, "124px"),
        .. ClassLook.OfStrip.Select(kind => new TableColumn<PlanSummary>(kind == ChangeClass.Collision ? "Collide" : ClassLook.Of(kind).Word, plan => Count(plan, kind), "66px") { IsNumber = true }),
        new("Decided", Decided, "104px") { IsNumber = true, Css = "wide" },
        new("Waits for", plan => Cells.Text(PlanWords.WhoWaits(plan, Time.GetUtcNow())), "128px") { Css = "soft" },
        new("Age", plan => Cells.Age(plan.MadeAt, ""), "86px") { IsNumber = true, Css = "soft" },
    ];

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var query = QueryHelpers.ParseQuery(Here.Query);
        string Asked(string key) => query.TryGetValue(key, out var text) && text.ToString() is { Length: <= 63 } value && !value.Contains('\0', StringComparison.Ordinal) ? value : "";
        var wanted = States.Any(found => found.Value == Asked("state")) ? Asked("state") : Open;
        var way = Asked("direction") is "in" or "out" ? Asked("direction") : "";
        var before = long.TryParse(Asked("before"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : (long?)null;
        var of = Asked("partner");
        var rows = await Store.ListAsync(new PlanListFilter(of, wanted == "all" ? "" : wanted, way, before, PageSize + 1), cancellationToken);
        var open = wanted == Open && of.Length + way.Length == 0 && before is null ? rows : await Store.ListAsync(new PlanListFilter(State: Open, Take: 1_000), cancellationToken);
        var names = await Partners.ListAsync(cancellationToken);
        var changing = await Store.FlappingAsync(of, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        (plans, hasMore, isLater, state, partner, direction) = ([.. rows.Take(PageSize)], rows.Count > PageSize, before is not null, wanted, of, way);
        (partners, flapping, waiting) = ([.. names.Select(summary => summary.Partner.Name)], changing, open.Count);
    }

    private string With(string key, string? value)
    {
        var parts = QueryHelpers.ParseQuery(Here.Query).ToDictionary(pair => pair.Key, pair => (string?)pair.Value.ToString(), StringComparer.Ordinal);
        parts.Remove("before");
        parts[key] = value;
        return QueryHelpers.AddQueryString(Urls.PlansPath, parts.Where(pair => !string.IsNullOrEmpty(pair.Value)));
    }

    private string DirectionWord(string way) => way == "in" ? (Site.Length > 0 ? VisibleText.Of(Site, 40) : "our directory") : "the partner";

    private RenderFragment<PlanSummary> Name => plan => builder =>
    {
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", "two");
        builder.OpenElement(2, "span");
        builder.OpenElement(3, "a");
        builder.AddAttribute(4, "href", Urls.Plan(plan.Id));
        builder.AddAttribute(5, "class", "strong");
        builder.AddContent(6, VisibleText.Of(PlanWords.Title(plan, Site), 120));
        builder.CloseElement();
        builder.CloseElement();
        builder.OpenElement(7, "small");
        builder.AddContent(8, Under(plan));
        builder.CloseElement();
        builder.CloseElement();
    };

    private static string Under(PlanSummary plan) => plan switch
    {
        { RevertsId: { } id } => $"Plan {plan.Id}, takes back plan {id}, made by {VisibleText.Of(plan.Author, 40)}",
        { Author: { } author } => $"Plan {plan.Id}, made by {VisibleText.Of(author, 40)}",
        _ => $"Plan {plan.Id}, cycle {Quantity.Text(plan.Cycle)}, {PlanWords.ShortHash(plan.Hash)}",
    };

    private static RenderFragment Count(PlanSummary plan, ChangeClass kind) => builder =>
    {
        var isOver = plan.Exceeded.Contains(kind) && plan.Counts[kind] > 0;
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", plan.Counts[kind] == 0 ? "dim" : isOver ? "c-bounced strong" : null);
        builder.AddAttribute(2, "title", isOver ? string.Join(' ', plan.Limits.Where(limit => limit.IsOver && (limit.Class ?? kind) == kind).Select(limit => limit.Sentence)) : null);
        builder.AddContent(3, plan.Counts[kind] == 0 ? "·" : Quantity.Text(plan.Counts[kind]));
        builder.CloseElement();
        if (isOver)
        {
            builder.OpenElement(4, "span");
            builder.AddAttribute(5, "class", "vh");
            builder.AddContent(6, " over its limit");
            builder.CloseElement();
        }
    };

    private static RenderFragment Decided(PlanSummary plan) => Cells.Plain(plan.Counts.Proposed == 0 ? "·" : $"{Quantity.Text(plan.Approved + plan.Rejected)} of {Quantity.Text(plan.Counts.Proposed)}");
}
