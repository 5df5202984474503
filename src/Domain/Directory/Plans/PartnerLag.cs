namespace Postern.Domain.Directory.Plans;

/// <summary>How far a partner is behind: the age of the oldest change that it does not have yet.</summary>
/// <param name="For">Zero when it has everything.</param>
/// <param name="Sentence">The figure with its cause.</param>
public sealed record PartnerLag(TimeSpan For, string Sentence)
{
    /// <param name="oldestOpen">When the oldest change that is not confirmed there was first proposed; null for none.</param>
    /// <param name="lastComplete">When a cycle last read and confirmed everything; null for never.</param>
    /// <param name="isWaiting">That change waits for somebody's consent.</param>
    public static PartnerLag Of(string partner, DateTimeOffset? oldestOpen, DateTimeOffset? lastComplete, bool isWaiting, DateTimeOffset now)
    {
        if (oldestOpen is { } open)
        {
            var age = now > open ? now - open : TimeSpan.Zero;
            var cause = isWaiting ? "it waits for approval" : lastComplete is null ? "no cycle has been completed yet" : "the partner has not confirmed it";
            return new PartnerLag(age, $"{partner} lacks a change that is {Age(age)} old: {cause}.");
        }

        return lastComplete is { } complete
            ? new PartnerLag(TimeSpan.Zero, $"{partner} has everything as of {Age(now > complete ? now - complete : TimeSpan.Zero)} ago.")
            : new PartnerLag(TimeSpan.Zero, $"{partner} has not been synchronised yet.");
    }

    private static string Age(TimeSpan age) =>
        age.TotalDays >= 2 ? $"{(int)age.TotalDays} days" : age.TotalHours >= 2 ? $"{(int)age.TotalHours} hours" : age.TotalMinutes >= 2 ? $"{(int)age.TotalMinutes} minutes" : "a minute";
}
