using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>Makes an event of mail that is put off because it cannot be stored: at once, and then as long as it goes on once in a while, however many senders come again.</summary>
public sealed class FullStorage(EventLog events, TimeProvider clock)
{
    /// <summary>Not more often than this for one listener.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(15);

    private readonly Lock gate = new();
    private readonly Dictionary<string, (DateTimeOffset At, int PutOff)> told = new(StringComparer.Ordinal);

    /// <summary>Notes one message that was put off.</summary>
    /// <param name="reason">The words of the system, or of the intake.</param>
    public Task NoteAsync(string listener, string reason)
    {
        var now = clock.GetUtcNow();
        int putOff;
        lock (gate)
        {
            (var at, putOff) = told.GetValueOrDefault(listener);
            if (at != default && now - at < Rest)
            {
                told[listener] = (at, putOff + 1);
                return Task.CompletedTask;
            }

            told[listener] = (now, 0);
        }

        return events.WriteAsync(
            EventCodes.SmtpStorageFull,
            EventSeverity.Error,
            "",
            $"Mail by the listener {listener} is put off with 452: {reason.TrimEnd('.')}." + (putOff > 0 ? $" {putOff:N0} more were put off since the last event." : ""),
            "Make room on the disk of the spool folder and of the database. Senders keep their mail and try again.",
            new Dictionary<string, string> { ["listener"] = listener, ["reason"] = reason });
    }
}
