namespace Postern.Infrastructure.Smtp.Listening;

/// <summary>Why a session has to end now.</summary>
internal enum Expiry
{
    None, Idle, SessionTooLong, Stopping,
}

/// <summary>The times by which a session must have done its next step, have ended altogether, and have ended because the listener stops.</summary>
/// <remarks>Set by the session, asked by the listener's one timer; a timer per read would cost more than the reads.</remarks>
internal sealed class SessionDeadline(TimeProvider clock, int sessionTimeout)
{
    private readonly long sessionEnd = After(clock, sessionTimeout);
    private long stepEnd = long.MaxValue;
    private long stopEnd = long.MaxValue;
    private volatile bool isSuspended;

    /// <summary>Gives the next step so many seconds from now.</summary>
    public void Allow(int seconds)
    {
        Interlocked.Exchange(ref stepEnd, After(clock, seconds));
        isSuspended = false;
    }

    /// <summary>Nothing runs out while the intake has the message: its answer must reach the client.</summary>
    public void Suspend() => isSuspended = true;

    public void StopWithin(int seconds) => Interlocked.Exchange(ref stopEnd, After(clock, seconds));

    public Expiry At(long now)
    {
        if (isSuspended)
        {
            return Expiry.None;
        }

        return now >= Interlocked.Read(ref stepEnd) ? Expiry.Idle
            : now >= Interlocked.Read(ref stopEnd) ? Expiry.Stopping
            : now >= sessionEnd ? Expiry.SessionTooLong : Expiry.None;
    }

    private static long After(TimeProvider clock, int seconds) => clock.GetTimestamp() + (seconds * clock.TimestampFrequency);
}
