using Postern.Domain.Mime;

namespace Postern.Domain.Conversion;

/// <summary>When a message was sent, in the local time of a post office and as an instant; the offset is that of the message's own day (Q281734, Q154041).</summary>
internal static class SentDate
{
    /// <summary>A local time of the post office as an instant.</summary>
    public static DateTimeOffset At(DateTime local, TimeZoneInfo zone)
    {
        var plain = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        return local.Year is > 1 and < 9999 ? new DateTimeOffset(plain, zone.GetUtcOffset(plain)) : default;
    }

    /// <summary>The date of the header at the post office; a date that is missing or beyond these years becomes the time of acceptance (Q233325).</summary>
    public static DateTime Local(
        MimeMessage message, DateTimeOffset acceptedAt, TimeZoneInfo zone, int firstYear, int lastYear, List<ConversionLoss> losses)
    {
        var text = message.Root.Header("Date") ?? "";
        if (!MessageDate.TryParse(text, out var date) || date.Year < firstYear || date.Year > lastYear)
        {
            losses.Add(ConversionLoss.Of(LossKind.Replaced, "date", text, MessageDate.Format(acceptedAt)));
            date = acceptedAt;
        }

        return TimeZoneInfo.ConvertTime(date, zone).DateTime;
    }
}
