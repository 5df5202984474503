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

/// <summary>All canaries, by connector.</summary>
public sealed record CanaryAnswers(IReadOnlyList<CanaryAnswer> Canaries)
{
    /// <summary>As they are at a moment.</summary>
    public static CanaryAnswers Of(IReadOnlyList<CanaryRow> rows, DateTimeOffset now) => new([.. rows.Select(row => new CanaryAnswer(
        row.Connector, row.Settings.Recipient, row.IsWanted, row.Last?.SentAt, row.Last?.MessageId, row.BackAt, row.RoundTrip?.TotalSeconds,
        row.BackAt is not null && !row.IsRefused, row.IsLate(now), row.Missing?.SentAt))]);
}
