namespace Postern.Domain.Queue;

/// <summary>Which reports the sender asked for, per recipient (RFC 3461 section 4.1).</summary>
[Flags]
public enum Notify
{
    /// <summary>Nothing was asked: failures and delays are reported, successes are not.</summary>
    Unspecified = 0,
    Never = 1,
    Success = 2,
    Failure = 4,
    Delay = 8,
}

/// <summary>Questions about <see cref="Notify"/> in words.</summary>
public static class NotifyRules
{
    public static bool WantsFailure(this Notify notify) => notify == Notify.Unspecified || notify.HasFlag(Notify.Failure);

    /// <summary>A delay is told unless reports were asked for and this is none of them.</summary>
    public static bool WantsDelay(this Notify notify) => notify == Notify.Unspecified || notify.HasFlag(Notify.Delay);

    public static bool WantsSuccess(this Notify notify) => notify.HasFlag(Notify.Success);
}
