using Postern.Domain.Directory.Canaries;
using Postern.Infrastructure.Watch.Canaries;

namespace Postern.Web.Api;

/// <summary>How the canary of a connector is doing.</summary>
/// <param name="Recipient">The mailbox that cannot exist.</param>
/// <param name="IsWanted">The connector is to run, and nobody has paused it.</param>
/// <param name="SentAt">The last one left then.</param>
/// <param name="MessageId">It as a message.</param>
/// <param name="BackAt">The last one that came back did so then.</param>
/// <param name="RoundTripSeconds">How long that one took.</param>
/// <param name="ProvesWayBack">Its report came in; false: the other side refused it while it was handed over, which proves the way out only.</param>
/// <param name="IsLate">One should be back and is not.</param>
/// <param name="MissingSince">The oldest one that has not come back left then.</param>
public sealed record CanaryAnswer(
    string Connector, string Recipient, bool IsWanted, DateTimeOffset? SentAt, long? MessageId, DateTimeOffset? BackAt, double? RoundTripSeconds, bool ProvesWayBack, bool IsLate,
    DateTimeOffset? MissingSince);

/// <summary>How a canary entry in a directory is doing.</summary>
/// <param name="IsOurs">We write it into the partner's directory; false: the partner writes it for us.</param>
/// <param name="WrittenDay">The day (UTC) that was written last; null for theirs.</param>
/// <param name="SeenDay">The day that it bore when it was last read; null when it never was.</param>
/// <param name="SeenAt">When that was.</param>
/// <param name="LookedAt">When the directory was last read to its end.</param>
/// <param name="LateSince">Since when it shows another day than was written, or cannot be written.</param>
/// <param name="Sentence">What it proves, or why it proves nothing.</param>
public sealed record CanaryEntryAnswer(
    string Partner, bool IsOurs, DateOnly? WrittenDay, DateOnly? SeenDay, DateTimeOffset? SeenAt, DateTimeOffset? LookedAt, DateTimeOffset? LateSince, string Sentence);

/// <summary>All canaries: the probes of connectors, and the entries in directories of partners.</summary>
public sealed record CanaryAnswers(IReadOnlyList<CanaryAnswer> Canaries, IReadOnlyList<CanaryEntryAnswer> Entries)
{
    /// <summary>As they are at a moment.</summary>
    public static CanaryAnswers Of(IReadOnlyList<CanaryRow> rows, IReadOnlyList<CanarySight> entries, DateTimeOffset now) => new(
        [.. rows.Select(row => new CanaryAnswer(
            row.Connector, row.Settings.Recipient, row.IsWanted, row.Last?.SentAt, row.Last?.MessageId, row.BackAt, row.RoundTrip?.TotalSeconds,
            row.BackAt is not null && !row.IsRefused, row.IsLate(now), row.Missing?.SentAt))],
        [.. entries.Select(entry => new CanaryEntryAnswer(
            entry.Partner, entry.IsOurs, entry.WrittenDay, entry.SeenDay, entry.SeenAt, entry.LookedAt, entry.LateSince, entry.Sentence(now)))]);
}
