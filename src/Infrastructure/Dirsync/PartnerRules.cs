using System.Text.Json;
using Postern.Domain.Addresses;
using Postern.Domain.Directory.Canaries;
using Postern.Domain.Directory.Schedules;
using Postern.Domain.Directory.Templates;

namespace Postern.Infrastructure.Dirsync;

/// <summary>What the settings and rules of a partner must keep, and how their texts are read.</summary>
public static class PartnerRules
{
    private const int LongestName = 63;

    /// <summary>The key of a home as people write it: <c>site1.example</c>, <c>CCMAIL:SALES</c>, <c>MS:NETWORK/POSTOFFICE</c>.</summary>
    public static bool TryHome(string text, out string key, out string fault)
    {
        var home = text.Trim();
        var colon = home.IndexOf(':', StringComparison.Ordinal);
        var (type, place) = colon > 0 ? (home[..colon].ToUpperInvariant(), home[(colon + 1)..].Trim()) : (SmtpAddress.TypeName, home.TrimStart('@'));
        var address = type switch
        {
            CcMailAddress.TypeName => $"{type}:x{CcMailAddress.Separator}{place}",
            MsMailAddress.TypeName => $"{type}:{place}/X",
            _ => $"x@{place.TrimStart('@')}",
        };
        var isHome = MailAddress.TryParse(address, out var parsed, out _) && place.Length > 0 && (type is SmtpAddress.TypeName or CcMailAddress.TypeName or MsMailAddress.TypeName);
        key = isHome ? parsed.HomeKey : "";
        fault = isHome ? "" : $"“{text}” is not a home such as site1.example, CCMAIL:SALES or MS:NETWORK/POSTOFFICE.";
        return isHome;
    }

    /// <summary>When cycles begin; null when they run on request only.</summary>
    public static SyncSchedule? ScheduleOf(SyncRules rules) =>
        rules.Schedule.Grid.Length > 0 && WeekGrid.TryParse(rules.Schedule.Grid, out var grid, out _) && !grid.IsEmpty && TimeZoneInfo.TryFindSystemTimeZoneById(rules.Schedule.Zone, out var zone)
            ? new SyncSchedule(grid, zone, SyncSchedule.DefaultWindow)
            : null;

    /// <summary>The templates of addresses that imported entries lack, by type.</summary>
    public static IReadOnlyList<AddressTemplate> TemplatesOf(ImportRules rules) =>
        [.. rules.AddressTemplates.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => TemplateOf(pair.Key, pair.Value)).OfType<AddressTemplate>()];

    internal static IEnumerable<PartnerFault> Faults(PartnerDraft draft, PartnerKinds kinds)
    {
        if (draft.Name.Length is 0 or > LongestName || !draft.Name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-') || draft.Name[0] == '-')
        {
            yield return new PartnerFault("name", $"A name has 1 to {LongestName} characters: small letters a to z, digits and hyphens, and does not begin with a hyphen.");
        }
        else if (draft.Name == "new")
        {
            yield return new PartnerFault("name", "The page of a partner called new would be the one on which partners are added; choose another name.");
        }

        if (kinds.Find(draft.Kind) is not { } kind)
        {
            yield return new PartnerFault("kind", $"“{draft.Kind}” is none of the kinds: {string.Join(", ", kinds.All.Select(known => known.Name).Order(StringComparer.Ordinal))}.");
        }
        else
        {
            foreach (var fault in SettingsFaults(kind, draft.Settings))
            {
                yield return fault;
            }
        }

        foreach (var (path, text) in RulesFaults(draft.Rules).Where(fault => fault.Text.Length > 0))
        {
            yield return new PartnerFault($"rules.{path}", text);
        }
    }

    // Kinds say “path: sentence”.
    private static IEnumerable<PartnerFault> SettingsFaults(IPartnerKind kind, string settings)
    {
        try
        {
            using var parsed = JsonDocument.Parse(settings);
        }
        catch (JsonException e)
        {
            return [new PartnerFault("settings", $"The settings cannot be read: {e.Message}")];
        }

        return kind.Faults(settings).Select(fault => fault.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon && !fault.AsSpan(0, colon).Contains(' ')
            ? new PartnerFault($"settings.{fault[..colon]}", fault[(colon + 2)..])
            : new PartnerFault("settings", fault));
    }

    private static IEnumerable<(string Path, string Text)> RulesFaults(SyncRules rules)
    {
        foreach (var (index, home) in rules.OwnedHomes.Index())
        {
            yield return ($"ownedHomes[{index}]", TryHome(home, out _, out var fault) ? "" : fault);
        }

        foreach (var (type, text) in rules.Import.AddressTemplates)
        {
            yield return ($"import.addressTemplates.{type}", AddressTemplate.TryParse(TemplateText(type, text), out var template, out var fault) && string.Equals(template.Type, type, StringComparison.OrdinalIgnoreCase) ? ""
                : fault.Length > 0 ? fault : $"The template {text} makes no {type} addresses.");
        }

        if (rules.Export.NameTemplate.Length > 0)
        {
            yield return ("export.nameTemplate", !NameTemplate.TryParse(rules.Export.NameTemplate, out var names, out var fault) ? fault
                : names.UsesName ? "" : "The template gives everybody the same name; it needs a part of the name such as %s.");
        }

        foreach (var (index, address) in rules.TellApprovers.Index())
        {
            yield return ($"tellApprovers[{index}]", MailAddress.TryParse(address, out var parsed, out var fault) ? parsed is SmtpAddress ? "" : $"{address} is not an internet address." : fault);
        }

        if (rules.Canary.Address.Trim().Length > 0)
        {
            yield return ("canary.address", MailAddress.TryParse(rules.Canary.Address.Trim(), out _, out var fault) ? rules.GivesEntries ? "" : "Our canary is one of the entries that are given; give ours first." : fault);
            yield return ("canary.name", CanaryName(rules.Canary.Name, isNeeded: true));
        }

        yield return ("canary.theirs", CanaryName(rules.Canary.Theirs, isNeeded: false));
        yield return ("canary.oldAfterDays", rules.Canary.OldAfterDays is >= 0 and <= 365 ? "" : "The age of an alert is 0 to 365 days.");
        yield return ("import.trust", rules.Import.Trust is >= 0 and <= 100 ? "" : "A trust level is 0 to 100.");
        yield return ("export.trustLimit", rules.Export.TrustLimit is >= 0 and <= 100 ? "" : "A trust level is 0 to 100.");
        yield return ("holdOffDays", rules.HoldOffDays is >= 0 and <= 3650 ? "" : "The hold-off is 0 to 3650 days.");
        yield return ("schedule.grid", WeekGrid.TryParse(rules.Schedule.Grid, out _, out var wrong) || rules.Schedule.Grid.Trim().Length == 0 ? "" : wrong);
        yield return ("schedule.zone", TimeZoneInfo.TryFindSystemTimeZoneById(rules.Schedule.Zone, out _) ? "" : $"“{rules.Schedule.Zone}” is no time zone such as Europe/Berlin or UTC.");
    }

    private static string CanaryName(string name, bool isNeeded) => name.Trim().Length switch
    {
        0 => isNeeded ? "The canary needs a name." : "",
        > CanaryEntry.LongestName => $"The name of a canary has {CanaryEntry.LongestName} letters at most, so that the day has room behind it.",
        _ => name.Any(char.IsControl) ? "The name of a canary has no control characters." : "",
    };

    private static AddressTemplate? TemplateOf(string type, string text) => AddressTemplate.TryParse(TemplateText(type, text), out var template, out _) ? template : null;

    // The type stands before the text or in front of it.
    private static string TemplateText(string type, string text) => text.StartsWith(type + ":", StringComparison.OrdinalIgnoreCase) ? text : $"{type}:{text}";
}
