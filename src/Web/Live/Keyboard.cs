using Microsoft.JSInterop;

namespace Postern.Web.Live;

/// <summary>Hands the keys of one browser window to the part that asked for them last. Sequences such as <c>g q</c> are two presses.</summary>
/// <remarks>The script decides in the browser which presses are taken at all, from the names it is given here.</remarks>
public sealed class Keyboard(TimeProvider clock)
{
    private static readonly TimeSpan SequenceWait = TimeSpan.FromSeconds(1.5);

    private readonly Dictionary<string, List<Func<Task>>> takers = new(StringComparer.Ordinal);
    private IJSObjectReference? module;
    private IJSObjectReference? listener;
    private string first = "";
    private long firstAt;

    /// <summary>Asks for a key (<c>j</c>, <c>Shift+ArrowDown</c>) or a sequence (<c>g q</c>) until the result is disposed.</summary>
    public IDisposable Take(string key, Func<Task> handler)
    {
        if (!takers.TryGetValue(key, out var handlers))
        {
            takers[key] = handlers = [];
        }

        handlers.Add(handler);
        _ = TellAsync();
        return new Taken(this, key, handler);
    }

    /// <summary>Called by the script with the name of a key that somebody asked for.</summary>
    [JSInvokable]
    public Task Pressed(string key)
    {
        var sequence = first.Length > 0 && clock.GetElapsedTime(firstAt) < SequenceWait ? $"{first} {key}" : "";
        first = "";
        if (takers.TryGetValue(sequence, out var handlers) || takers.TryGetValue(key, out handlers))
        {
            return handlers.Count > 0 ? handlers[^1]() : Task.CompletedTask;
        }

        first = key;
        firstAt = clock.GetTimestamp();
        return Task.CompletedTask;
    }

    /// <summary>Moves the focus to the first element that matches the selector.</summary>
    public Task FocusAsync(string selector) => CallAsync("focus", selector);

    /// <summary>Scrolls a row into view, no further than needed, and lets the focus follow it there unless that is at work elsewhere.</summary>
    public Task FollowAsync(string selector) => CallAsync("follow", selector);

    /// <summary>Moves the focus to the title of a drawer that has opened; it returns by itself when the drawer closes.</summary>
    public Task EnterAsync(string selector) => CallAsync("enter", selector);

    /// <summary>Opens a dialog that stops everything else, or closes it.</summary>
    public Task DialogAsync(string selector) => CallAsync("dialog", selector);

    /// <summary>Puts text on the clipboard; false when the browser refuses.</summary>
    public async Task<bool> CopyAsync(string text) => module is not null && await module.InvokeAsync<bool>("copy", text);

    internal async Task ConnectAsync(IJSRuntime script, DotNetObjectReference<Keyboard> receiver)
    {
        module = await script.InvokeAsync<IJSObjectReference>("import", Urls.ScriptModule);
        listener = await module.InvokeAsync<IJSObjectReference>("listen", receiver);
        await TellAsync();
    }

    internal async Task DisconnectAsync()
    {
        try
        {
            if (listener is not null && module is not null)
            {
                await listener.InvokeVoidAsync("stop");
                await listener.DisposeAsync();
                await module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // The window is gone, and its listener with it.
        }

        listener = module = null;
    }

    private async Task CallAsync(string function, string selector)
    {
        try
        {
            if (module is { } current)
            {
                await current.InvokeVoidAsync(function, selector);
            }
        }
        catch (Exception e) when (e is JSDisconnectedException or ObjectDisposedException or TaskCanceledException)
        {
            // The window is gone; there is nothing left to show.
        }
    }

    private async Task TellAsync()
    {
        if (listener is { } current)
        {
            try
            {
                await current.InvokeVoidAsync("take", (object)takers.Where(t => t.Value.Count > 0).SelectMany(t => t.Key == " " ? [t.Key] : t.Key.Split(' ')).Distinct().ToArray());
            }
            catch (JSDisconnectedException)
            {
                // The window is closing; there is nobody left to press a key.
            }
        }
    }

    private sealed class Taken(Keyboard keyboard, string key, Func<Task> handler) : IDisposable
    {
        public void Dispose()
        {
            keyboard.takers[key].Remove(handler);
            _ = keyboard.TellAsync();
        }
    }
}
