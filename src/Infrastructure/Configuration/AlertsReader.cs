using Postern.Domain.Watch;
using Postern.Infrastructure.Watch;
using YamlDotNet.RepresentationModel;

namespace Postern.Infrastructure.Configuration;

/// <summary>Reads the section «alerts» of the configuration text.</summary>
internal static class AlertsReader
{
    /// <summary>The section as one item; null when it is not in the file.</summary>
    public static IReadOnlyList<AlertsItem>? Read(YamlSection sections, FaultList faults)
    {
        switch (sections.Find("alerts"))
        {
            case null:
                return null;
            case YamlMappingNode map:
                return [Read(new YamlSection(map, "Alerts", faults))];
            case var other:
                faults.Add(YamlSection.LineOf(other), "Alerts must be a mapping with recipients, webhooks and the rest.");
                return null;
        }
    }

    private static AlertsItem Read(YamlSection section)
    {
        var before = section.Faults.Count;
        var missing = new AlertSettings();
        var settings = new AlertSettings
        {
            Recipients = [.. section.TextList("recipients").Select(item => item.Text.Trim())],
            Webhooks = [.. section.TextList("webhooks").Select(item => item.Text.Trim())],
            WebhookSecret = Secret(section),
            MinimumSeverity = AlertWords.SeverityOf(section.Word("minimumSeverity", missing.MinimumSeverity.ToWord(), "warning", "error")),
            RepeatAfter = Time(section, "repeatAfter", missing.RepeatAfter),
            DelayNotice = Time(section, "delayNotice", missing.DelayNotice),
        };
        section.RefuseOthers();
        if (section.Faults.Count == before)
        {
            foreach (var fault in settings.Faults())
            {
                section.Faults.Add(section.Line, $"{section.Place}: {fault}");
            }
        }

        return new AlertsItem(section.Line, settings);
    }

    private static string Secret(YamlSection section)
    {
        switch (section.Find("webhookSecret"))
        {
            case null:
                return "";
            case YamlMappingNode map:
                var inner = new YamlSection(map, $"{section.Place}, webhookSecret", section.Faults);
                var name = inner.RequiredText("secret");
                inner.RefuseOthers();
                return name;
            case var other:
                section.Faults.Add(YamlSection.LineOf(other), $"{section.Place}: webhookSecret is never written into this file. Store it as a secret, and write “secret: NAME” below webhookSecret.");
                return "";
        }
    }

    private static TimeSpan Time(YamlSection section, string key, TimeSpan missing)
    {
        if (section.Find(key) is not { } node || section.TextOf(node, key) is not { } text)
        {
            return missing;
        }

        if (text.Trim() == "0")
        {
            return TimeSpan.Zero;
        }

        if (SettingsText.TryReadTime(text, out var time))
        {
            return time;
        }

        section.Faults.Add(YamlSection.LineOf(node), $"{section.Place}: {key} is “{text}”; a time is written as 90s, 15m, 4h or 5d, and 0s is never.");
        return missing;
    }
}
