using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Events;

/// <summary>What happened that an operator may want to know, newest first, by severity, connector, code, text and time.</summary>
public sealed partial class EventsPage : LivePage
{
    private const int MostCodes = 12;

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private static readonly IReadOnlyList<TableColumn<EventRow>> Columns =
    [
        new("When", row => Cells.Age(row.At), "124px") { Css = "soft" },
        new("Severity", row => SeverityLook.Of(row.Severity).Cell, "120px"),
        new("Code", row => Cells.Plain(row.Code.ToString(CultureInfo.InvariantCulture)), "64px") { Css = "soft wide" },
        new("Connector", row => Cells.Text(row.Connector), "132px") { Css = "soft wide" },
        new("What happened", row => Cells.Text(row.Text)),
        new("What to do", row => Cells.Text(row.NextStep), "30%") { Css = "step soft wide" },
    ];

    private IReadOnlyList<EventRow>? rows;
    private IReadOnlyDictionary<string, long> counts = new Dictionary<string, long>();
    private IReadOnlyList<string> connectors = [];
    private IReadOnlyList<(int Code, long Count)> codes = [];
    private EventQuery view = new();
    private EventFilter filter = new();
    private EventRow? open;
    private bool hasMore;
    private long newCount;

    [Inject]
    private EventView Events { get; set; } = null!;

    [Inject]
    private ConnectorView Connectors { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan AtLeastEvery => TimeSpan.FromSeconds(2);

    private IReadOnlyList<ViewTab> Tabs =>
    [
        new("All", (view with { Severity = "", Before = null }).Href(), view.Severity.Length == 0, counts.Values.Sum()),
        .. new[] { ("Errors", "error"), ("Warnings", "warning"), ("Information", "information") }
            .Select(tab => new ViewTab(tab.Item1, With(view with { Severity = tab.Item2 }), view.Severity == tab.Item2, counts.GetValueOrDefault(tab.Item2))),
    ];

    private IReadOnlyList<ActiveFilter> Active =>
    [
        .. Token("severity", view.Severity, view with { Severity = "" }),
        .. Token("connector", view.Connector, view with { Connector = "" }),
        .. Token("code", view.Code, view with { Code = "" }),
        .. Token("text", view.Text, view with { Text = "" }),
        .. Token("within", view.Within.Length > 0 ? $"the last {view.Within}" : "", view with { Within = "" }),
        .. Token("from", view.From, view with { From = "" }),
        .. Token("until", view.Until, view with { Until = "" }),
    ];

    private IReadOnlyList<FilterChoice> Choices =>
    [
        new("severity", [.. new[] { "error", "warning", "information" }.Select(word => new FilterValue(word, counts.GetValueOrDefault(word), With(view with { Severity = word }), view.Severity == word))]),
        new("time", [.. EventQuery.Spans.Keys.Select(word => new FilterValue($"the last {word}", null, With(view with { Within = word }), view.Within == word))]),
        new("connector", [.. connectors.Select(name => new FilterValue(name, null, With(view with { Connector = name }), view.Connector == name))]),
        new("code, last 7 days", [.. codes.Select(item => new FilterValue($"{item.Code}", item.Count, With(view with { Code = $"{item.Code}" }), view.Code == $"{item.Code}"))]),
    ];

    private IReadOnlyList<FilterField> Fields =>
    [
        new("from", "from (2026-11-28 or 2026-11-28T10:15, UTC)", view.From, With(view with { From = "" })),
        new("until", "until", view.Until, With(view with { Until = "" })),
        new("code", "code", view.Code, With(view with { Code = "" })),
    ];

    private string CsvHref => (view with { Before = null }).Href(Urls.EventsCsvPath);

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var asked = EventQuery.Parse(Here.Query);
        var at = QueryHelpers.ParseQuery(Here.Query).TryGetValue("at", out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : (long?)null;
        var wanted = asked.ToFilter(Time.GetUtcNow());
        // An event that is linked to is among what is shown, however old it is.
        var (found, more) = await Events.PageAsync(at is { } id && rows is null ? wanted with { Before = Math.Min(id, long.MaxValue - EventView.PageSize) + (EventView.PageSize / 2) } : wanted, cancellationToken);
        var perSeverity = await Events.CountAsync(Week, cancellationToken);
        var perCode = await Events.CodesAsync(Week, MostCodes, cancellationToken);
        var known = connectors.Count > 0 ? connectors : [.. (await Connectors.ListAsync(cancellationToken)).Select(row => row.Name)];
        var opened = at is { } number ? found.FirstOrDefault(row => row.Id == number) ?? rows?.FirstOrDefault(row => row.Id == number) : null;
        cancellationToken.ThrowIfCancellationRequested();
        (rows, hasMore, counts, codes, connectors, view, filter, open, newCount) = (found, more, perSeverity, perCode, known, asked, wanted, opened, 0);
    }

    /// <summary>A list in which somebody reads stays where it is; new events are counted.</summary>
    protected override async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (rows is { Count: > 0 } && (open is not null || filter.Before is not null))
        {
            await CollectAsync(cancellationToken);
        }
        else
        {
            await ReadAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override async Task CollectAsync(CancellationToken cancellationToken)
    {
        if (filter.Before is null && rows is { Count: > 0 } shown)
        {
            var (fresh, _) = await Events.PageAsync(filter with { After = shown[0].Id }, cancellationToken);
            newCount = fresh.Count;
        }
    }

    private void Open(EventRow row)
    {
        if (open?.Id != row.Id)
        {
            var query = view.Href();
            Navigation.NavigateTo($"{query}{(query.Contains('?', StringComparison.Ordinal) ? '&' : '?')}at={row.Id}", replace: open is not null);
        }
    }

    private void CloseDrawer() => Navigation.NavigateTo(view.Href(), replace: true);

    // A narrower view starts at its newest.
    private static string With(EventQuery query) => (query with { Before = null }).Href();

    private static ActiveFilter[] Token(string name, string value, EventQuery without) =>
        value.Length == 0 ? [] : [new ActiveFilter(name, VisibleText.Of(value, 80), With(without))];
}
