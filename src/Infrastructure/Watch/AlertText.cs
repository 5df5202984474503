using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Postern.Infrastructure.Watch;

/// <summary>What a webhook gets: one change of one alert.</summary>
/// <param name="Id">The same whenever it is sent again: a receiver that knows it has this already.</param>
/// <param name="What">opened, worse, again or closed.</param>
internal sealed record AlertBody(string Id, string What, AlertBodyFacts Alert);

/// <summary>The alert in a <see cref="AlertBody"/>.</summary>
internal sealed record AlertBodyFacts(
    long Id, string Kind, string Subject, string Connector, string Severity, string Text, string NextStep, string Owner, DateTimeOffset Since, DateTimeOffset? ClosedAt);

/// <summary>Words and forms that mails, webhooks and events share.</summary>
internal static class AlertText
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static AlertBody BodyOf(Guid id, string what, AlertFacts alert) => new(
        id.ToString(),
        what,
        new AlertBodyFacts(
            alert.Id, alert.Kind, alert.Subject, alert.Connector, alert.Severity, alert.Text, alert.NextStep, alert.Owner, alert.Since.ToUniversalTime(), alert.ClosedAt?.ToUniversalTime()));

    public static string Lasted(TimeSpan span) => span.TotalMinutes switch
    {
        < 2 => $"{Math.Max(0, (int)span.TotalSeconds)} s",
        < 120 => $"{(int)span.TotalMinutes} min",
        < 48 * 60 => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours} h {span.Minutes} min"),
        _ => $"{(int)span.TotalDays} days",
    };
}
