using System.Globalization;
using Postern.Infrastructure.Watch.Canaries;

namespace Postern.Web.Components.Shared;

/// <summary>The canary of a connector in words.</summary>
/// <param name="Word">The round trip, or why there is none.</param>
/// <param name="Meaning">The finding in a sentence.</param>
/// <param name="IsBad">One should be back and is not.</param>
/// <param name="MessageId">What the word is about: the report that came back, or the canary that did not.</param>
public sealed record CanaryLook(string Word, string Meaning, bool IsBad, long? MessageId)
{
    /// <summary>How a canary looks at a moment.</summary>
    public static CanaryLook Of(CanaryRow row, DateTimeOffset now)
    {
        if (row.IsLate(now))
        {
            var sent = row.Missing!.SentAt.UtcDateTime;
            var since = sent.ToString(sent.Date == now.UtcDateTime.Date ? "HH:mm" : "ddd HH:mm", CultureInfo.InvariantCulture);
            return new($"none since {since}", $"The canary that left at {Quantity.Exact(row.Missing.SentAt)} should be back and is not.", true, row.Missing.MessageId);
        }

        return row switch
        {
            { IsWanted: false } => new("rests", "The connector is stopped or paused; no canary is sent.", false, null),
            { RoundTrip: { } trip, IsRefused: true } => new(
                $"{Trip(trip)}, out", "The other side refused it while it was handed over: the way out is proven. No report came in, so the way back is not.", false, row.ReportId),
            { RoundTrip: { } trip } => new(Trip(trip), "Its report came in: both ways are proven.", false, row.ReportId),
            { Last: { } last } => new("on its way", $"The first canary left at {Quantity.Exact(last.SentAt)}.", false, last.MessageId),
            _ => new("not sent yet", "The first canary is about to be sent, or cannot be: the log of the process says why.", false, null),
        };
    }

    private static string Trip(TimeSpan trip) => trip.TotalSeconds < 60
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0.1, trip.TotalSeconds):0.0}\u202fs") : Quantity.Span(trip);
}
