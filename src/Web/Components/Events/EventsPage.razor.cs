using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Events;

/// <summary>What happened that an operator may want to know, newest first, by severity and connector.</summary>
public sealed partial class EventsPage : LivePage
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private static readonly IReadOnlyList<TableColumn<EventRow>> Columns =
    [
        new("When", row => builder =>
        {
            builder.OpenComponent<Age>(0);
            builder.AddComponentParameter(1, nameof(Age.At), row.At);
            builder.AddComponentParameter(2, nameof(Age.Suffix), " ago");
            builder.CloseComponent();
        }, "124px") { Css = "soft" },
        new("Severity", SeverityCell, "120px"),
        new("Connector", row => builder => builder.AddContent(0, row.Connector.Length > 0 ? row.Connector : "·"), "132px") { Css = "soft wide" },
        new("What happened", row => TextCell(row.Text)),
        new("What to do", row => TextCell(row.NextStep), "30%") { Css = "step soft wide" },
    ];

    private IReadOnlyList<EventRow>? rows;
    private IReadOnlyDictionary<string, long> counts = new Dictionary<string, long>();
    private IReadOnlyList<string> connectors = [];
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
        new("All", Href(severity: ""), filter.Severity.Length == 0, counts.Values.Sum()),
        .. new[] { ("Errors", "error"), ("Warnings", "warning"), ("Information", "information") }
            .Select(tab => new ViewTab(tab.Item1, Href(severity: tab.Item2), filter.Severity == tab.Item2, counts.GetValueOrDefault(tab.Item2))),
    ];

    private IReadOnlyList<ActiveFilter> Active =>
    [
        .. filter.Severity.Length > 0 ? (ActiveFilter[])[new("severity", VisibleText.Of(filter.Severity, 40), Href(severity: ""))] : [],
        .. filter.Connector.Length > 0 ? (ActiveFilter[])[new("connector", VisibleText.Of(filter.Connector, 80), Href(connector: ""))] : [],
        .. filter.Text.Length > 0 ? (ActiveFilter[])[new("text", VisibleText.Of(filter.Text, 80), Href(text: ""))] : [],
    ];

    private IReadOnlyList<FilterChoice> Choices =>
    [
        new("severity", [.. new[] { "error", "warning", "information" }.Select(word => new FilterValue(word, counts.GetValueOrDefault(word), Href(severity: word), filter.Severity == word))]),
        new("connector", [.. connectors.Select(name => new FilterValue(name, null, Href(connector: name), filter.Connector == name))]),
    ];

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var query = QueryHelpers.ParseQuery(Here.Query);
        var asked = new EventFilter { Severity = Word("severity"), Connector = Word("connector"), Text = Word("find"), Before = Number("before") };
        var at = Number("at");
        // An event that is linked to is among what is shown, however old it is.
        var (found, more) = await Events.PageAsync(at is { } id && rows is null ? asked with { Before = Math.Min(id, long.MaxValue - EventView.PageSize) + (EventView.PageSize / 2) } : asked, cancellationToken);
        var perSeverity = await Events.CountAsync(Week, cancellationToken);
        var known = connectors.Count > 0 ? connectors : [.. (await Connectors.ListAsync(cancellationToken)).Select(row => row.Name)];
        var opened = at is { } number ? found.FirstOrDefault(row => row.Id == number) ?? rows?.FirstOrDefault(row => row.Id == number) : null;
        cancellationToken.ThrowIfCancellationRequested();
        (rows, hasMore, counts, connectors, filter, open, newCount) = (found, more, perSeverity, known, asked, opened, 0);

        string Word(string name) => query.TryGetValue(name, out var text) && text.ToString().Length <= 200 ? text.ToString().Trim() : "";

        long? Number(string name) => long.TryParse(Word(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
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
            var query = Href(before: filter.Before);
            Navigation.NavigateTo($"{query}{(query.Contains('?', StringComparison.Ordinal) ? '&' : '?')}at={row.Id}", replace: open is not null);
        }
    }

    private void CloseDrawer() => Navigation.NavigateTo(Href(before: filter.Before), replace: true);

    private string Href(string? severity = null, string? connector = null, string? text = null, long? before = null)
    {
        (string Name, string Value)[] words =
        [
            ("severity", severity ?? filter.Severity), ("connector", connector ?? filter.Connector), ("find", text ?? filter.Text),
            ("before", before?.ToString(CultureInfo.InvariantCulture) ?? ""),
        ];
        var query = string.Join('&', words.Where(word => word.Value.Length > 0).Select(word => $"{word.Name}={Uri.EscapeDataString(word.Value)}"));
        return query.Length == 0 ? Urls.EventsPath : $"{Urls.EventsPath}?{query}";
    }

    private static RenderFragment SeverityCell(EventRow row) => builder =>
    {
        var look = SeverityLook.Of(row.Severity);
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", "lamp");
        builder.OpenElement(2, "span");
        builder.AddAttribute(3, "class", $"glyph {look.Css}");
        builder.OpenComponent<Icon>(4);
        builder.AddComponentParameter(5, nameof(Icon.Name), look.Icon);
        builder.CloseComponent();
        builder.CloseElement();
        builder.AddContent(6, look.Word);
        builder.CloseElement();
    };

    private static RenderFragment TextCell(string text) => builder =>
    {
        builder.OpenElement(0, "bdi");
        builder.AddAttribute(1, "title", VisibleText.Of(text, 600));
        builder.AddContent(2, VisibleText.Of(text));
        builder.CloseElement();
    };
}
