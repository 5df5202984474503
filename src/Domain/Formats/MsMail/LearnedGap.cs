namespace Postern.Domain.Formats.MsMail;

/// <summary>What a peer's own files show about a line end before the body, to be kept in its profile.</summary>
public static class LearnedGap
{
    /// <summary>What all telling messages agree on; <see cref="BodyGap.Unknown"/> when none tells or they disagree.</summary>
    public static BodyGap From(IEnumerable<MsMailMessage> messages)
    {
        var seen = BodyGap.Unknown;
        foreach (var message in messages)
        {
            if (message.BodyGap == BodyGap.Unknown || (message.Faults & (MmffFault.UncertainGap | MmffFault.Unreadable)) != 0)
            {
                continue;
            }

            if (seen != BodyGap.Unknown && seen != message.BodyGap)
            {
                return BodyGap.Unknown;
            }

            seen = message.BodyGap;
        }

        return seen;
    }
}
