using System.Globalization;

namespace Postern.Domain.Directory.Canaries;

/// <summary>What is known of a canary entry: ours in a partner's directory, or a partner's in what it gives us.</summary>
/// <param name="IsOurs">We write it; else the partner does.</param>
/// <param name="IsReadBack">The partner tells what it holds of ours. Where it does not, nobody knows whether ours has arrived.</param>
/// <param name="WrittenDay">The day that was written last, and when; null for theirs and for one that is not there yet.</param>
/// <param name="SeenDay">The day that it last bore when it was read.</param>
/// <param name="SeenAt">When it was last read with that day.</param>
/// <param name="LookedAt">When the directory was last read to its end.</param>
/// <param name="LateSince">Since when the directory shows another day than was written, or nothing at all.</param>
/// <param name="Fault">Why it could not be written or taken out; empty when it could.</param>
public sealed record CanarySight(
    string Partner, bool IsOurs, bool IsReadBack, DateOnly? WrittenDay, DateTimeOffset? WrittenAt, DateOnly? SeenDay, DateTimeOffset? SeenAt, DateTimeOffset? LookedAt,
    DateTimeOffset? LateSince, string Fault)
{
    /// <summary>Whether nothing is wrong with it at this moment.</summary>
    public bool IsGood => Fault.Length == 0 && LateSince is null;

    /// <summary>What it proves, or why it proves nothing.</summary>
    public string Sentence(DateTimeOffset now) => this switch
    {
        { Fault.Length: > 0 } => $"Our canary at {Partner} is not as it should be: {Fault}",
        { IsOurs: false, SeenDay: { } day } => $"The canary of {Partner} is of {Day(day)}: {Age(DaysOld(day, now))}.",
        { IsOurs: false } => $"No canary of {Partner} has been met.",
        { WrittenDay: null } => $"Our canary is not at {Partner} yet; the next cycle writes it.",
        { WrittenDay: { } day, IsReadBack: false } => $"Our canary of {Day(day)} was sent. {Partner} does not tell what it holds of ours, so only somebody who looks there sees whether it arrived.",
        { WrittenDay: { } day, LateSince: not null, SeenDay: { } seen } => $"Our canary of {Day(day)} was written, and {Partner} still shows that of {Day(seen)}: what is written there does not arrive.",
        { WrittenDay: { } day, LateSince: not null } => $"Our canary of {Day(day)} was written, and {Partner} does not show it: what is written there does not arrive.",
        { WrittenDay: { } day } when SeenDay == day => $"{Partner} shows our canary of {Day(day)}: what is written there arrives and is read again.",
        { WrittenDay: { } day } => $"Our canary of {Day(day)} was written at {Partner}; the next cycle looks whether it is there.",
    };

    /// <summary>How many days old what it proves is; null when it has proved nothing yet.</summary>
    public int? Days(DateTimeOffset now) => SeenDay is { } day ? DaysOld(day, now) : null;

    internal static string Day(DateOnly day) => day.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    // Days have no time of day; UTC decides which one it is.
    private static int DaysOld(DateOnly day, DateTimeOffset now) => Math.Max(0, DateOnly.FromDateTime(now.UtcDateTime).DayNumber - day.DayNumber);

    private static string Age(int days) => days switch { 0 => "what it gives is of today", 1 => "what it gives is a day old at most", _ => $"nothing newer has come from there for {days} days" };
}
