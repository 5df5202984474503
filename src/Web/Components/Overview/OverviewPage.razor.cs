using Microsoft.AspNetCore.Components;
using Postern.Web.Live;

namespace Postern.Web.Components.Overview;

/// <summary>The first page: do the books balance, where does mail wait, why, since when, and does it flow.</summary>
public sealed partial class OverviewPage : LivePage
{
    private const int FewCauses = 4;
    private const int AllCauses = 100;

    private int mostCauses = FewCauses;
    private bool isBehind;
    private (DateTimeOffset? CheckedAt, int OpenAlerts) drawn;

    [Inject]
    private OverviewReader Reader { get; set; } = null!;

    [Inject]
    private StatusFeed Status { get; set; } = null!;

    private OverviewSeen? Seen { get; set; }

    private OverviewQuery Query { get; set; } = OverviewQuery.Parse("");

    // A connector that falls silent tells nobody: its row is read by the clock.
    protected override TimeSpan AtLeastEvery => TimeSpan.FromSeconds(2);

    protected override bool IsBehind => isBehind;

    protected override object? Content => Seen;

    protected override void OnInitialized() => Status.Changed += BooksRead;

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var asked = OverviewQuery.Parse(Here.Query);
        var seen = await Reader.ReadAsync(mostCauses, asked.Scale, IsAnew, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        (Seen, isBehind, Query) = (seen.Value, seen.IsBehind, asked);
    }

    protected override void Leave() => Status.Changed -= BooksRead;

    private Task ShowAllCausesAsync()
    {
        mostCauses = AllCauses;
        return ReloadAsync();
    }

    private void BooksRead()
    {
        var now = (Status.Current.CheckedAt, Status.Current.OpenAlerts);
        if (!IsPaused && now != drawn)
        {
            drawn = now;
            _ = InvokeAsync(StateHasChanged);
        }
    }
}
