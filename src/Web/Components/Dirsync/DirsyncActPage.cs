using Microsoft.AspNetCore.Components;
using Postern.Infrastructure.Audit;
using Postern.Web.Live;

namespace Postern.Web.Components.Dirsync;

/// <summary>A page on which people decide about the directory.</summary>
public abstract class DirsyncActPage : ActPage
{
    [Inject]
    protected PageRights Rights { get; set; } = null!;

    [Inject]
    private StatusFeed Status { get; set; } = null!;

    /// <summary>How our own directory is called.</summary>
    protected string Site => Status.Current.Site;

    /// <inheritdoc/>
    protected override void OnInitialized() => Rights.Changed += RightsChanged;

    /// <inheritdoc/>
    protected override void Leave() => Rights.Changed -= RightsChanged;

    /// <summary>Tries something that tells what was done, or why nothing was.</summary>
    /// <returns>Something was done.</returns>
    protected Task<bool> TryAsync(Func<Operator, Task<(string Done, string Refusal)>> act, string reason = "")
    {
        Done = IsBusy ? Done : null;
        return TryAsync(async who =>
        {
            var (done, refusal) = await act(who);
            Done = done.Length > 0 ? done : null;
            return refusal;
        }, reason);
    }

    private void RightsChanged() => _ = InvokeAsync(StateHasChanged);
}
