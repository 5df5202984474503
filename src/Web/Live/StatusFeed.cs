using Postern.Web.Components.Layout;

namespace Postern.Web.Live;

/// <summary>The latest <see cref="ConsoleStatus"/>, shared by all open windows: the books are read once, however many operators look.</summary>
public sealed class StatusFeed
{
    private ConsoleStatus current = ConsoleStatus.Unknown;

    /// <summary>Raised after <see cref="Current"/> has changed. Handlers must be quick and must not throw.</summary>
    public event Action? Changed;

    /// <summary>What is known now.</summary>
    public ConsoleStatus Current => current;

    /// <summary>Takes a newer status and tells every window, unless it says what they show.</summary>
    public void Publish(ConsoleStatus status)
    {
        if (status == current)
        {
            return;
        }

        current = status;
        Changed?.Invoke();
    }
}
