using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Access;
using Postern.Domain.Directory.Canaries;
using Postern.Infrastructure.Dirsync;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Dirsync;

/// <summary>The directories that entries are exchanged with: how far behind each is, what waits for it, when it runs next.</summary>
public sealed partial class PartnersPage : DirsyncActPage
{
    private const int MostNotes = 20;

    private IReadOnlyList<PartnerSummary>? partners;
    private IReadOnlyList<PlanSummary> waiting = [];
    private IReadOnlyList<CycleNote> notes = [];
    private PartnerSummary? open;
    private IReadOnlyList<CanarySight> canaries = [];
    private string? mayNot;

    [Inject]
    private PartnerStore Store { get; set; } = null!;

    [Inject]
    private PlanStore Plans { get; set; } = null!;

    [Inject]
    private PartnerKinds Kinds { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan AtLeastEvery => TimeSpan.FromSeconds(2);

    private string? WhyNotAdd => mayNot;

    private IEnumerable<IPartnerKind> Offered => mayNot is null ? Kinds.All.OrderBy(kind => kind.Name, StringComparer.Ordinal) : [];

    private string? CountText => partners is null ? null
        : partners.Count(row => PartnerLook.Of(row).IsBad) is > 0 and var bad ? $"{partners.Count}, {bad} failed" : Quantity.Text(partners.Count);

    private IReadOnlyList<TableColumn<PartnerSummary>> Columns =>
    [
        new("Partner", row => Cells.Text(row.Partner.Name), "20%"),
        new("Kind", row => Cells.Text(PartnerLook.KindWord(row.Partner.Kind)), "130px") { Css = "kind soft wide" },
        new("State", row => PartnerLook.Of(row).Cell, "124px"),
        new("Note", row => Cells.Text(PartnerLook.Of(row).Note)) { Css = "soft" },
        new("Plans", Waiting, "64px") { IsNumber = true },
        new("Behind", row => Cells.Plain(row.Lag.For > TimeSpan.Zero ? Quantity.Span(row.Lag.For) : "·"), "84px") { IsNumber = true },
        new("Last cycle", row => Cells.Age(row.CycleEndedAt, ""), "92px") { IsNumber = true, Css = "last soft" },
        new("Next", Next, "84px") { IsNumber = true, Css = "soft" },
    ];

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var name = QueryHelpers.ParseQuery(Here.Query).TryGetValue("open", out var text) ? text.ToString() : "";
        var rows = await Store.ListAsync(cancellationToken);
        var plans = await Plans.ListAsync(new PlanListFilter(State: "open", Take: 200), cancellationToken);
        var found = rows.FirstOrDefault(row => row.Partner.Name == name);
        var said = found is null ? [] : await Store.NotesAsync(found.Partner.Id, null, MostNotes, cancellationToken);
        var birds = found is null ? [] : await Store.CanariesAsync(found.Partner.Id, cancellationToken);
        var who = await Current.WhoAsync();
        cancellationToken.ThrowIfCancellationRequested();
        mayNot = who.May(Right.Configure) ? null : "Adding a partner needs the role administrator.";
        (partners, waiting, open, notes, canaries) = (rows, plans, found, said, birds);
    }

    private void Open(PartnerSummary row)
    {
        if (open?.Partner.Id != row.Partner.Id)
        {
            Navigation.NavigateTo(Urls.Partner(row.Partner.Name), replace: open is not null);
        }
    }

    private Task<bool> RunAsync(PartnerSummary row, bool isDry) => TryAsync(async who =>
    {
        var result = await Store.RunAsync(row.Partner.Id, isDry, who, CancellationToken.None);
        return result.IsDone
            ? ($"{(isDry ? "A dry run" : "A cycle")} of {row.Partner.Name} begins within seconds. {(isDry ? "It stores nothing; what it counts stands among its notes." : "What it proposes becomes a plan.")}", "")
            : ("", string.Join(' ', result.Faults.Select(fault => fault.Text)));
    });

    private RenderFragment<PartnerSummary> Waiting => row =>
        row.OpenPlans == 0 ? Cells.Plain("·") : builder =>
        {
            builder.OpenElement(0, "a");
            builder.AddAttribute(1, "class", "link");
            builder.AddAttribute(2, "href", waiting.Where(plan => plan.PartnerId == row.Partner.Id).Take(2).ToList() is [var only] ? Urls.Plan(only.Id) : Urls.Plans($"partner={Uri.EscapeDataString(row.Partner.Name)}"));
            builder.AddContent(3, Quantity.Text(row.OpenPlans));
            builder.CloseElement();
        };

    private static RenderFragment Next(PartnerSummary row) => row.NextRunAt is { } at
        ? Cells.Part<Age>((nameof(Age.At), at), (nameof(Age.Ahead), true))
        : Cells.Plain(row.Partner.IsEnabled ? "by hand" : "·");
}
