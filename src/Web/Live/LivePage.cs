using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Npgsql;
using Postern.Infrastructure.Queue;

namespace Postern.Web.Live;

/// <summary>What every page with data does: reads what its address asks for, reads again when that or the data changes, and shows a failure beside what it had.</summary>
/// <remarks>
/// A page fills its fields in <see cref="ReadAsync"/>, after its last wait; what was shown before stays until then, so nothing
/// flickers. A new address overtakes a reading that still runs.
/// </remarks>
public abstract class LivePage : ComponentBase, IAsyncDisposable
{
    private CancellationTokenSource reading = new();
    private ChangeSubscription? changes;
    private string path = "";
    private string readAddress = "";
    private bool isGone;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    [Inject]
    protected TimeProvider Time { get; set; } = null!;

    [Inject]
    private ChangeFeed Feed { get; set; } = null!;

    /// <summary>Something has been read: there is something to show.</summary>
    protected bool IsLoaded { get; private set; }

    /// <summary>Why the last reading failed; null when it did not.</summary>
    protected Exception? Fault { get; private set; }

    /// <summary>The operator has stopped live updates.</summary>
    protected bool IsPaused { get; private set; }

    /// <summary>Somebody has opened the page or acted and is to see this moment; else a change is followed, as quickly as all windows together may.</summary>
    protected bool IsAnew { get; private set; } = true;

    /// <summary>What was read is older than the last change: the page is read once more, by itself.</summary>
    protected virtual bool IsBehind => false;

    /// <summary>What the page shows, where that is one object: while it stays the same there is nothing to draw. Null: always draw.</summary>
    protected virtual object? Content => null;

    /// <summary>Read again after so long without a change.</summary>
    protected virtual TimeSpan AtLeastEvery => TimeSpan.FromSeconds(10);

    /// <summary>The address as it is now.</summary>
    protected Uri Here => new(Navigation.Uri);

    /// <summary>Reads what the address asks for.</summary>
    protected abstract Task ReadAsync(CancellationToken cancellationToken);

    /// <summary>Reads after a change of the data; the address is the same.</summary>
    protected virtual Task RefreshAsync(CancellationToken cancellationToken) => ReadAsync(cancellationToken);

    /// <summary>Counts what the operator misses while paused.</summary>
    protected virtual Task CollectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        path = Here.AbsolutePath;
        Navigation.LocationChanged += Moved;
        await RunAsync(ReadAsync);
        if (!isGone)
        {
            changes = new ChangeSubscription(Feed, Time, AtLeastEvery, () => InvokeAsync(ChangedAsync));
            FollowUp();
        }
    }

    /// <summary>Stops live updates, or goes on and reads what was missed.</summary>
    protected async Task PauseAsync(bool isPaused)
    {
        IsPaused = isPaused;
        if (!isPaused)
        {
            await RunAsync(ReadAsync);
        }
    }

    /// <summary>Reads again now: after an act of the operator, or when asked to.</summary>
    protected Task ReloadAsync() => RunAsync(ReadAsync);

    /// <summary>Reads after an act in the way a change does.</summary>
    protected Task RefreshNowAsync() => RunAsync(RefreshAsync);

    /// <summary>Does a path still belong to this page? Another message is another path of the same page.</summary>
    protected virtual bool IsHere(string first, string now) => first == now;

    /// <summary>The page leaves the window.</summary>
    protected virtual void Leave()
    {
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        isGone = true;
        Navigation.LocationChanged -= Moved;
        await reading.CancelAsync();
        Leave();
        if (changes is not null)
        {
            // Not waited for: its callback needs the dispatcher that this call occupies.
            _ = changes.DisposeAsync().AsTask();
        }

        GC.SuppressFinalize(this);
    }

    private void Moved(object? sender, LocationChangedEventArgs e)
    {
        if (IsHere(path, Here.AbsolutePath))
        {
            _ = InvokeAsync(() => RunAsync(ReadAsync));
        }
    }

    // A change that interrupts the reading of a new address has to finish that first.
    private Task ChangedAsync() => isGone ? Task.CompletedTask
        : readAddress != Navigation.Uri ? RunAsync(ReadAsync)
        : IsPaused ? RunAsync(CollectAsync)
        : RunAsync(RefreshAsync, isAnew: false);

    private void FollowUp()
    {
        if (IsBehind)
        {
            changes?.Signal();
        }
    }

    private async Task RunAsync(Func<CancellationToken, Task> read, bool isAnew = true)
    {
        await reading.CancelAsync();
        reading = new CancellationTokenSource();
        var token = reading.Token;
        var address = Navigation.Uri;
        IsAnew = isAnew;
        var (before, hadFault) = (Content, Fault is not null);
        try
        {
            await read(token);
            FollowUp();
            readAddress = address;
            IsLoaded = true;
            Fault = null;
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (ObjectDisposedException)
        {
            // The process stops; the window will be told by its connection.
            return;
        }
        catch (Exception e) when (e is NpgsqlException or QueueViewTimeoutException or TimeoutException or IOException)
        {
            Fault = e;
        }
        catch (Exception e)
        {
            // A mistake of ours: the layout shows it in place of the page.
            await DispatchExceptionAsync(e);
        }

        if (!isGone && (isAnew || before is null || before != Content || hadFault || Fault is not null))
        {
            StateHasChanged();
        }
    }
}
