using Postern.Infrastructure.Watch;

namespace Postern.Web.Components.Alerts;

/// <summary>How alerts are spoken of beside their own sentences.</summary>
public static class AlertWords
{
    /// <summary>Where an alert points, in words; empty when it points nowhere.</summary>
    public static string LinkText(AlertRow alert) => alert.Link switch
    {
        "" => "",
        ['/', 'q', ..] => "The deliveries it is about",
        ['/', 'c', ..] => $"The connector {alert.Connector}",
        _ => "The message",
    };

    /// <summary>Who is told next, and when.</summary>
    public static string Telling(AlertRow alert, AlertSettings settings)
    {
        if (settings.Recipients.Count + settings.Webhooks.Count == 0)
        {
            return "Nobody is told outside the console: no recipient and no webhook is set.";
        }

        if (alert.Severity != "error" && settings.MinimumSeverity == Domain.Watch.AlertSeverity.Error)
        {
            return "Warnings are not told outside the console.";
        }

        return alert.Owner.Length > 0 ? "It is not told again while somebody has it; its end is."
            : settings.RepeatAfter == TimeSpan.Zero ? "It is told once, and when it is over."
            : $"It is told again every {AlertSettings.TimeText(settings.RepeatAfter)} until somebody takes it.";
    }
}
