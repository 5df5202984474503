using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.CcMail;

/// <summary>Tells once when IMPORT as a whole stops working, and once when it works again; not at every attempt (Q179072).</summary>
internal sealed class ImportHealth(CcMailLink link)
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
            EventCodes.CcMailImportFailed,
            EventSeverity.Error,
            $"Mail to {link.Settings.PostOfficeName} waits: {reason}",
            "It is tried again by itself; check the post office, its password and the program.");
    }

    public async Task WorkedAsync(int taken)
    {
        if (taken > 0 && failure.Length > 0)
        {
            failure = "";
            await link.TellAsync(
                EventCodes.CcMailImportFailed, EventSeverity.Information, $"Mail to {link.Settings.PostOfficeName} goes again.");
        }
    }
}
