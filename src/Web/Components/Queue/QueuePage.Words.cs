using Postern.Domain.Queue;
using Postern.Infrastructure.Queue;
using Postern.Web.Components.Shared;

namespace Postern.Web.Components.Queue;

public sealed partial class QueuePage
{
    private static readonly int AnHour = AgeBand.All.Index().First(band => band.Item.From >= TimeSpan.FromHours(1)).Index;

    private string CountNumber => shown is { } view ? $"{(view.Count.IsBounded ? "over " : "")}{Quantity.Text(view.Count.Deliveries)}" : "";

    private string? CountText => shown is not { } view ? null
        : view.Count.Messages is { } messages ? $"{Quantity.Of(view.Count.Deliveries, "delivery", "deliveries")}, {Quantity.Of(messages, "message", "messages")}"
        : $"{CountNumber} {(view.Count.Deliveries == 1 ? "delivery" : "deliveries")}";

    // What is past is looked at, not acted on.
    private bool IsPast => query.Filter.States is { Count: > 0 } states && states.All(DeliveryTransitions.IsFinal);

    // One sentence instead of a hundred equal ones, when it holds for everything that matches.
    private string? OneReason =>
        shown is { Rows: [{ Reason.Length: > 0 } first, _, ..] rows } view && !first.IsFinal && rows.All(row => row.Reason == first.Reason)
        && (query["cause"].Length > 0 || (query["after"].Length == 0 && view.Next is null)) ? first.Reason : null;

    private IReadOnlyList<ViewTab> Tabs
    {
        get
        {
            var counts = shown!.Summary;
            var filter = Urls.Queue(FilterText);
            return
            [
                Tab("All waiting", "", counts.All),
                Tab("Over 1 h", "age=1h-", counts.From(AnHour)),
                Tab("Tried", "tries=1", counts.Tried),
                Tab("Held", "state=held", counts.In(DeliveryState.Held)),
                Tab("Quarantined", "state=quarantined", counts.In(DeliveryState.Quarantined)),
                Tab("Reports", "report=yes", counts.Reports),
                Tab("Delivered", "state=delivered", null),
                Tab("Bounced", "state=bounced", null),
                Tab("Removed", "state=removed", null),
                .. shown.Saved.Select(saved => Tab(VisibleText.Of(saved.View.Name, SavedViews.LongestName), saved.View.Query, saved.Count)),
            ];

            ViewTab Tab(string name, string text, long? count) => new(name, Urls.Queue(text), filter == Urls.Queue(text), count);
        }
    }

    // The filter as a view keeps it: without order, place and open row.
    private string FilterText =>
        string.Join('&', QueueQuery.FilterNames.Where(query.Values.ContainsKey).Select(name => $"{name}={Uri.EscapeDataString(query[name])}"));

    private IReadOnlyList<ActiveFilter> Active =>
        [.. query.Shown().Select(filter => new ActiveFilter(filter.Label, VisibleText.Of(filter.Text, 80), query.With((filter.Name, null), ("open", null))))];

    private IReadOnlyList<FilterChoice> Choices =>
    [
        Choice("state", [("queued", "queued"), ("leased", "leased"), ("held", "held"), ("quarantined", "quarantined"), ("delivered", "delivered"), ("bounced", "bounced"), ("removed", "removed"), ("any, past ones too", "all")]),
        Choice("connector", [.. shown!.Connectors.Select(name => (name, name))]),
        Choice("age", [("under 5 min", "-5m"), ("over 15 min", "15m-"), ("over 1 h", "1h-"), ("over 12 h", "12h-"), ("over 1 d", "24h-"), ("over 2 d", "2d-")]),
        Choice("attempts", [("1 or more", "1"), ("5 or more", "5"), ("10 or more", "10")], "tries"),
        Choice("size", [("over 1 MB", "1048576"), ("over 5 MB", "5242880"), ("over 25 MB", "26214400")]),
        Choice("reports", [("only reports", "yes"), ("no reports", "no")], "report"),
        .. causes.Count == 0 ? (FilterChoice[])[] : [new("error", [.. causes.Select(Cause)])],
    ];

    private IReadOnlyList<FilterField> Fields =>
        [.. new[] { "recipient", "sender", "domain", "subject", "destination", "id" }.Select(key => Field(key, QueueQuery.Label(key)))];

    private FilterField FindField => Field("find", shown?.Count.Deliveries > 0 ? $"in these {CountNumber}" : "in these");

    private string EmptyTitle => !query.HasFilter ? "Nothing waits" : $"No delivery matches {(query.Shown().Count() == 1 ? "this filter" : $"these {query.Shown().Count()} filters")}";

    private string EmptyText => !query.HasFilter ? "New deliveries appear here by themselves."
        : query["state"] == "quarantined" && query.Shown().Count() == 1 ? "Nothing is set aside. A delivery that crashes or hangs a program comes here, so that what is behind it moves on."
        : "Drop one of the filters above, or look among past deliveries too.";

    private string SortHref(string sort, bool descending) => query.With(("sort", (descending ? "-" : "") + sort.ToLowerInvariant()), ("open", null));

    private FilterField Field(string key, string name) => new(key, name, query[key], query.With((key, null), ("open", null)));

    private FilterChoice Choice(string title, IReadOnlyList<(string Text, string Value)> values, string? name = null)
    {
        var key = name ?? title;
        return new FilterChoice(title, [.. values.Select(v => new FilterValue(v.Text, null, query.With((key, v.Value), ("open", null)), query[key] == v.Value))]);
    }

    private FilterValue Cause((string Key, string Reason, long Count) cause) => new(
        VisibleText.Of(cause.Reason, 80), cause.Count, query.With(("cause", cause.Key), ("open", null)), query["cause"] == cause.Key);

    private static string RowName(DeliverySnapshot row) => $"delivery {row.Id} to {VisibleText.Of(row.Recipient, 80)}";

    private string? RowCss(DeliverySnapshot row) => shown!.IsGone(row) ? "gone" : null;
}
