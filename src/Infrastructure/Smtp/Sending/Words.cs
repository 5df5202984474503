using System.Globalization;

namespace Postern.Infrastructure.Smtp.Sending;

/// <summary>Values as they stand in a sentence for the operator.</summary>
internal static class Words
{
    public static string Duration(TimeSpan span)
    {
        var (count, unit) = span switch
        {
            { TotalSeconds: < 1 } => (span.TotalMilliseconds, "millisecond"),
            { TotalMinutes: < 2 } => (span.TotalSeconds, "second"),
            _ => (span.TotalMinutes, "minute"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{count:0.#} {unit}{(count is 1 ? "" : "s")}");
    }
}
