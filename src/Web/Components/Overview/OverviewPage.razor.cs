using Microsoft.AspNetCore.Components;
using Postern.Web.Live;

namespace Postern.Web.Components.Overview;

/// <summary>The first page: do the books balance, where does mail wait, why, since when, and does it flow.</summary>
public sealed partial class OverviewPage : LivePage
{
    private bool hasAllCauses;

    [Inject]
    private OverviewReader Reader { get; set; } = null!;

    [Inject]
    private StatusFeed Status { get; set; } = null!;

    private OverviewSeen? Seen { get; set; }

    private OverviewQuery Query { get; set; } = OverviewQuery.Parse("");

    // A connector that falls silent tells nobody: its row is read by the clock.
    protected override TimeSpan AtLeastEvery => TimeSpan.FromSeconds(2);

    protected override void OnInitialized() => Status.Changed += BooksRead;

    protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        var asked = OverviewQuery.Parse(Here.Query);
        var seen = await Reader.ReadAsync(hasAllCauses, asked.Scale, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        (Seen, Query) = (seen, asked);
    }

    protected override void Leave() => Status.Changed -= BooksRead;

    private Task ShowAllCausesAsync()
    {
        hasAllCauses = true;
        return ReloadAsync();
    }

    private void BooksRead()
    {
        if (!IsPaused)
        {
            _ = InvokeAsync(StateHasChanged);
        }
    }
}
