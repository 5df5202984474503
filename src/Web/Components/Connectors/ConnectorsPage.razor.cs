using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Postern.Domain.Access;
using Postern.Infrastructure.Audit;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Watch;
using Postern.Infrastructure.Watch.Canaries;
using Postern.Web.Components.Shared;
using Postern.Web.Live;

namespace Postern.Web.Components.Connectors;

/// <summary>Every connector: does it work, since when does it show life, what failed last; started, stopped, drained and paused here.</summary>
public sealed partial class ConnectorsPage : ActPage
{
    private IReadOnlyList<ConnectorRow>? connectors;
    private IReadOnlyList<ListenerRow> listeners = [];
    private Dictionary<string, long> waiting = [];
    private IReadOnlyList<CanaryRow> canaries = [];
    private bool isBehind;
    private ConnectorRow? open;
    private ConnectorCounters? counters;
    private InboundWaiting? inbound;
    private long countedAt;
    private Operator? person;

    [Inject]
    private ConnectorView View { get; set; } = null!;

    [Inject]
    private CanaryView Canaries { get; set; } = null!;

    [Inject]
    private ConnectorActions Actions { get; set; } = null!;

    [Inject]
    private ConnectorCounterView Counters { get; set; } = null!;

    [Inject]
    private InboundFiles Inbound { get; set; } = null!;

    [Inject]
    private QueueFigures Figures { get; set; } = null!;

    /// <inheritdoc/>
    protected override TimeSpan AtLeastEvery => TimeSpan.FromSeconds(2);

    private bool MayConfigure => person?.May(Right.Configure) != false;

    private string? WhyNotRun => person?.May(Right.RunConnectors) != false ? null : "Running connectors needs the role operator.";

    private string? CountText => connectors is null ? null
        : connectors.Count(row => ConnectorLook.Of(row).IsBad) is > 0 and var bad ? $"{connectors.Count}, {bad} not working" : Quantity.Text(connectors.Count);

    private IReadOnlyList<TableColumn<ConnectorRow>> Columns =>
    [
        new("Connector", row => Cells.Text(row.Name), "24%"),
        new("State", row => ConnectorLook.Of(row).Cell, "130px"),
        new("Note", row => Cells.Text(ConnectorLook.Of(row).Note)) { Css = "soft" },
        new("Kind", row => Cells.Text(row.Kind), "84px") { Css = "kind soft wide" },
        new("Waiting", WaitingCell, "84px") { IsNumber = true },
        new("Last life", row => Cells.Age(row.AliveAt, ""), "104px") { IsNumber = true, Css = "life" },
        new("Last failure", row => Cells.Age(row.FailedAt, ""), "110px") { IsNumber = true, Css = "failure soft wide" },
    ];

    /// <inheritdoc/>
    protected override bool IsBehind => isBehind;

    /// <inheritdoc/>
    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var rows = await View.ListAsync(cancellationToken);
        var ears = await View.ListenersAsync(cancellationToken);
        var summary = await Figures.SummaryAsync(IsAnew, cancellationToken);
        var probes = await Canaries.ListAsync(cancellationToken);
        var who = await Current.WhoAsync();
        cancellationToken.ThrowIfCancellationRequested();
        person = who;
        connectors = rows;
        listeners = ears;
        canaries = probes;
        isBehind = summary.IsBehind;
        waiting = summary.Value.Cells.GroupBy(cell => cell.Connector).ToDictionary(group => group.Key, group => group.Sum(cell => cell.Count));
        var name = QueryHelpers.ParseQuery(Here.Query).TryGetValue("open", out var text) ? text.ToString() : null;
        if (open?.Name != name)
        {
            Refusal = null;
        }

        open = rows.FirstOrDefault(row => row.Name == name);
        await CountAsync(cancellationToken);
    }

    // Counting walks the queue: only for the one that is open, and not at every change.
    private async Task CountAsync(CancellationToken cancellationToken)
    {
        if (open is null || (counters?.Connector == open.Name && Time.GetElapsedTime(countedAt) < TimeSpan.FromSeconds(10)))
        {
            return;
        }

        var counted = await Counters.OfAsync(open.Name, cancellationToken);
        var comes = await Inbound.OfAsync(open.Name, open.Kind, open.Settings, cancellationToken);
        (counters, inbound, countedAt) = (counted, comes, Time.GetTimestamp());
    }

    private void Open(ConnectorRow row)
    {
        if (open?.Id != row.Id)
        {
            Navigation.NavigateTo(Urls.Connector(row.Name), replace: open is not null);
        }
    }

    private void CloseDrawer() => Navigation.NavigateTo(Urls.Connectors, replace: true);

    private Task<bool> ActAsync(ConnectorRow connector, ConnectorWishes wish) => TryAsync(who => wish.DoAsync(Actions, connector.Name, who), wish.Reason);

    private RenderFragment WaitingCell(ConnectorRow row) => builder =>
    {
        if (waiting.GetValueOrDefault(row.Name) is > 0 and var count)
        {
            builder.OpenElement(0, "a");
            builder.AddAttribute(1, "class", "link");
            builder.AddAttribute(2, "href", Urls.Queue($"connector={Uri.EscapeDataString(row.Name)}"));
            builder.AddContent(3, Quantity.Text(count));
            builder.CloseElement();
        }
        else
        {
            builder.AddContent(4, "·");
        }
    };
}
