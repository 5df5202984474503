using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Watch;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Alerts;

/// <summary>What is wrong now and who sees to it, and what was.</summary>
public sealed partial class AlertsPage : ActPage
{
    private static readonly SeverityLook Over = new("c-delivered", "check", "over");

    private IReadOnlyList<AlertRow>? rows;
    private IReadOnlyList<AlertNote> notes = [];
    private IReadOnlyList<AlertWay> ways = [];
    private AlertSettings settings = new();
    private AlertRow? open;
    private long? before;
    private int openCount;
    private bool isPast;
    private bool hasMore;
    private string me = "";
    private string? whyNot;

    [Inject]
    private AlertView View { get; set; } = null!;

    [Inject]
    private AlertActions Actions { get; set; } = null!;

    [Inject]
    private AlertSettingsStore Store { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan AtLeastEvery => TimeSpan.FromSeconds(2);

    private string? CountText => rows is null ? null : openCount == 0 ? "none is open" : $"{openCount} open";

    private IReadOnlyList<ViewTab> Tabs =>
    [
        new("Open", Urls.AlertsPath, !isPast, openCount), new("Past", $"{Urls.AlertsPath}?view=past", isPast),
    ];

    private IReadOnlyList<TableColumn<AlertRow>> Columns =>
    [
        new("Severity", row => (row.IsOpen ? SeverityLook.Of(row.Severity) : Over).Cell, "116px"),
        new("What is wrong", row => Cells.Text(row.Text)),
        new("Seen to by", row => Cells.Text(row.Owner.Length > 0 || isPast ? row.Owner : "nobody"), "128px") { Css = "soft" },
        new("Began", row => Cells.Age(row.Since), "110px") { Css = "soft" },
        isPast
            ? new("Lasted", row => Cells.Plain(Quantity.Span(row.ClosedAt!.Value - row.Since)), "100px") { IsNumber = true }
            : new("What to do", row => Cells.Text(row.NextStep), "30%") { Css = "soft spare wide" },
    ];

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var query = QueryHelpers.ParseQuery(Here.Query);
        var wantsPast = Word("view") == "past";
        var behind = long.TryParse(Word("before"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (long?)null;
        var now = await View.OpenAsync(cancellationToken);
        var (past, more) = wantsPast ? await View.PastAsync(behind, cancellationToken) : ([], false);
        var opened = long.TryParse(Word("open"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? await View.FindAsync(id, cancellationToken) : null;
        var told = opened is null ? [] : await View.NotesAsync(opened.Id, cancellationToken);
        var failing = await View.WaysAsync(cancellationToken);
        var current = await Store.ReadAsync(cancellationToken);
        var who = await Current.WhoAsync();
        cancellationToken.ThrowIfCancellationRequested();
        if (open?.Id != opened?.Id)
        {
            Refusal = null;
        }

        (rows, hasMore, isPast, before, openCount, open, notes, ways, settings) = (wantsPast ? past : now, more, wantsPast, behind, now.Count, opened, told, failing, current);
        (me, whyNot) = (who.Name, who.May(Right.RunConnectors) ? null : new RightMissingException(who.Name, Right.RunConnectors).Message);

        string Word(string name) => query.TryGetValue(name, out var text) ? text.ToString() : "";
    }

    private void Open(AlertRow row)
    {
        if (open?.Id != row.Id)
        {
            Navigation.NavigateTo(QueryHelpers.AddQueryString(Shown, "open", row.Id.ToString(CultureInfo.InvariantCulture)), replace: open is not null);
        }
    }

    private void CloseDrawer() => Navigation.NavigateTo(Shown, replace: true);

    private string Shown => isPast ? $"{Urls.AlertsPath}?view=past{(before is { } number ? $"&before={number}" : "")}" : Urls.AlertsPath;

    private Task ActAsync(Func<long, Operator, Task<string>> act, string reason = "") =>
        open is { } alert ? TryAsync(who => act(alert.Id, who), reason) : Task.CompletedTask;

    private static string WayTitle(AlertWay way) => way.Target == "mail" ? "Alerts cannot be mailed" : $"{Host(way.Target)} does not take alerts";

    private static string WayNext(AlertWay way) => way.Waiting == 0 ? "It was given up after a day."
        : $"{Quantity.Of(way.Waiting, "notice waits", "notices wait")}; {Quantity.Of(way.Attempts, "attempt", "attempts")} so far{(way.DueAt is { } due ? $", the next at {Quantity.Exact(due)}" : "")}.";

    // The path of a webhook often is its key.
    private static string Host(string target) => Uri.TryCreate(target, UriKind.Absolute, out var uri) ? uri.Authority : "A webhook";
}
