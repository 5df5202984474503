using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.Connectors;

/// <summary>Writes an event for a connector: code, severity, text, next step.</summary>
internal delegate Task TellEvent(int code, EventSeverity severity, string text, string nextStep = "");

/// <summary>Tells once when mail to a post office stands as a whole, and once when it goes again; not at every attempt (Q179072).</summary>
/// <param name="nextStep">What an operator does about it.</param>
internal sealed class OutboundHealth(int code, string postOffice, string nextStep, TellEvent tell)
{
    private string failure = "";

    public async Task FailedAsync(string reason)
    {
        if (failure != reason)
        {
            failure = reason;
            await tell(code, EventSeverity.Error, $"Mail to {postOffice} waits: {reason}", nextStep);
        }
    }

    public async Task WorkedAsync()
    {
        if (failure.Length > 0)
        {
            failure = "";
            await tell(code, EventSeverity.Information, $"Mail to {postOffice} goes again.");
        }
    }
}
