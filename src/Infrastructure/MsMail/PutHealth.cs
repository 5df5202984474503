using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.MsMail;

/// <summary>Tells once when mail to a post office stands as a whole, and once when it goes again; not at every attempt (Q179072).</summary>
internal sealed class PutHealth(MsMailLink link)
{
    private string failure = "";

    public async Task FailedAsync(string reason)
    {
        if (failure == reason)
        {
            return;
        }

        failure = reason;
        await link.TellAsync(
            EventCodes.MsMailPutFailed,
            EventSeverity.Error,
            $"Mail to {link.Settings.PostOfficeName} waits: {reason}",
            "It is tried again by itself; check the post office, the administrator's password and the program.");
    }

    public async Task WorkedAsync()
    {
        if (failure.Length > 0)
        {
            failure = "";
            await link.TellAsync(EventCodes.MsMailPutFailed, EventSeverity.Information, $"Mail to {link.Settings.PostOfficeName} goes again.");
        }
    }
}
