using Microsoft.AspNetCore.Components;
using Npgsql;
using Postern.Infrastructure.Audit;
using Postern.Web.Components.Shared;
using Postern.Web.Live;
using Postern.Web.Security;

namespace Postern.Web.Components.Dirsync;

/// <summary>A page on which people decide about the directory: each try says how it ended.</summary>
public abstract class DirsyncActPage : LivePage
{
    [Inject]
    protected CurrentOperator Current { get; set; } = null!;

    [Inject]
    protected PageRights Rights { get; set; } = null!;

    [Inject]
    private StatusFeed Status { get; set; } = null!;

    /// <summary>Why the last try did nothing; null when it did something.</summary>
    protected string? Refusal { get; set; }

    /// <summary>What was done last; null for nothing.</summary>
    protected string? Done { get; set; }

    protected bool IsBusy { get; private set; }

    /// <summary>How our own directory is called.</summary>
    protected string Site => Status.Current.Site;

    /// <inheritdoc/>
    protected override void OnInitialized() => Rights.Changed += RightsChanged;

    /// <inheritdoc/>
    protected override void Leave() => Rights.Changed -= RightsChanged;

    /// <summary>Tries something and says how it ended; the page is read again in any case.</summary>
    /// <returns>Something was done.</returns>
    protected async Task<bool> TryAsync(Func<Operator, Task<(string Done, string Refusal)>> act, string reason = "")
    {
        if (IsBusy)
        {
            return false;
        }

        (IsBusy, Refusal, Done) = (true, null, null);
        try
        {
            var (done, refusal) = await act(await Current.WhoAsync(reason));
            (Done, Refusal) = (done.Length > 0 ? done : null, refusal.Length > 0 ? refusal : null);
        }
        catch (RightMissingException e)
        {
            Refusal = e.Message;
        }
        catch (NpgsqlException e)
        {
            Refusal = $"The database did not take it: {VisibleText.Of(e.Message)}";
        }
        finally
        {
            IsBusy = false;
        }

        var isDone = Refusal is null;
        await ReloadAsync();
        return isDone;
    }

    private void RightsChanged() => _ = InvokeAsync(StateHasChanged);
}
