using Postern.Domain.Access;
using Postern.Domain.Addresses;
using Postern.Domain.Directory;
using Postern.Domain.Routing;
using Postern.Domain.Watch;
using Postern.Infrastructure.Queue;
using Postern.Infrastructure.Watch;

namespace Postern.Infrastructure.Configuration;

/// <summary>The configuration as one text file holds it. A section that is null is not in the file, and stays as it is.</summary>
/// <remarks>Every item knows its line in the file, for faults; 0 is one that stands in the database.</remarks>
public sealed record ConfigurationDocument
{
    /// <summary>One item, or null.</summary>
    public IReadOnlyList<RetentionItem>? Retention { get; init; }

    /// <summary>One item, or null.</summary>
    public IReadOnlyList<OperationsItem>? Operations { get; init; }

    /// <summary>One item, or null.</summary>
    public IReadOnlyList<AlertsItem>? Alerts { get; init; }

    /// <summary>One item, or null.</summary>
    public IReadOnlyList<SecurityItem>? Security { get; init; }

    public IReadOnlyList<SiteItem>? Sites { get; init; }

    public IReadOnlyList<ConnectorItem>? Connectors { get; init; }

    public IReadOnlyList<PostOfficeItem>? PostOffices { get; init; }

    public IReadOnlyList<ListenerItem>? Listeners { get; init; }

    public IReadOnlyList<EntryItem>? Entries { get; init; }

    /// <summary>Every section but the entries, of which there may be a million.</summary>
    public IEnumerable<ConfigurationItem> House => [.. Sites ?? [], .. Connectors ?? [], .. PostOffices ?? [], .. Listeners ?? []];

    /// <summary>This document, with what it does not speak of taken from <paramref name="current"/>.</summary>
    public ConfigurationDocument Over(ConfigurationDocument current) => new()
    {
        Retention = Retention ?? current.Retention,
        Operations = Operations ?? current.Operations,
        Alerts = Alerts ?? current.Alerts,
        Security = Security ?? current.Security,
        Sites = Sites ?? current.Sites,
        Connectors = Connectors ?? current.Connectors,
        PostOffices = PostOffices ?? current.PostOffices,
        Listeners = Listeners ?? current.Listeners,
        Entries = Entries ?? current.Entries,
    };
}

/// <summary>An item is found again by its <see cref="Identity"/> and differs when its <see cref="Facts"/> do.</summary>
public abstract record ConfigurationItem(int Line)
{
    /// <summary>The same for the item in the file and in the database.</summary>
    public abstract string Identity { get; }

    /// <summary>Why its stored settings cannot be read, and what to do; empty when they can. What could be read of them is in its settings.</summary>
    public string Unreadable { get; init; } = "";

    /// <summary>How it is called in a list of differences.</summary>
    public abstract string Title { get; }

    /// <summary>Everything that is stored, flat, as text.</summary>
    public abstract IEnumerable<KeyValuePair<string, string>> Facts();

    protected static KeyValuePair<string, string> Fact(string name, string value) => new(name, value);

    // Settings that cannot be read differ from any that can.
    protected IEnumerable<KeyValuePair<string, string>> SettingFacts(string settings) =>
        Unreadable.Length > 0 ? [Fact("settings", "(cannot be read)")] : SettingsText.Flatten("settings", settings);

    protected static IEnumerable<KeyValuePair<string, string>> List(string name, IEnumerable<string> values) =>
        values.Select((value, index) => Fact($"{name}[{index}]", value));
}

/// <summary>How many days content and history are kept; there is one of it.</summary>
public sealed record RetentionItem(int Line, int ContentDays, int HistoryDays) : ConfigurationItem(Line)
{
    public const int DefaultContentDays = 7;
    public const int DefaultHistoryDays = 90;
    public const int MostDays = 3650;

    public override string Identity => "";

    public override string Title => "retention";

    public override IEnumerable<KeyValuePair<string, string>> Facts() => [Fact("contentDays", $"{ContentDays}"), Fact("historyDays", $"{HistoryDays}")];
}

/// <summary>How long what operators do can be taken back, and from how many deliveries on a second operator is needed; there is one of it.</summary>
public sealed record OperationsItem(int Line, int UndoMinutes, int ConfirmOver) : ConfigurationItem(Line)
{
    public const int DefaultUndoMinutes = 10;
    public const int MostUndoMinutes = 1440;
    public const int DefaultConfirmOver = QueueOperations.StandardConfirmOver;
    public const int MostConfirmOver = 1_000_000_000;

    public override string Identity => "";

    public override string Title => "operations";

    public override IEnumerable<KeyValuePair<string, string>> Facts() => [Fact("undoMinutes", $"{UndoMinutes}"), Fact("confirmOver", $"{ConfirmOver}")];
}

/// <summary>Who is told of alerts, and when senders hear of a delay; there is one of it.</summary>
public sealed record AlertsItem(int Line, AlertSettings Settings) : ConfigurationItem(Line)
{
    public override string Identity => "";

    public override string Title => "alerts";

    public override IEnumerable<KeyValuePair<string, string>> Facts() =>
    [
        .. List("recipients", Settings.Recipients),
        .. List("webhooks", Settings.Webhooks),
        Fact("webhookSecret", Settings.WebhookSecret),
        Fact("minimumSeverity", Settings.MinimumSeverity.ToWord()),
        Fact("repeatAfter", SettingsText.Short(Settings.RepeatAfter)),
        Fact("delayNotice", SettingsText.Short(Settings.DelayNotice)),
    ];
}

/// <summary>What is asked of people who sign in, and who gets the head of the audit; there is one of it.</summary>
/// <param name="SecondStepRoles">Who has one of these roles needs a code after the password.</param>
/// <param name="AuditHeadTo">Who gets the head of the audit by mail each day; empty for nobody.</param>
public sealed record SecurityItem(int Line, IReadOnlyList<Role> SecondStepRoles, string AuditHeadTo) : ConfigurationItem(Line)
{
    public override string Identity => "";

    public override string Title => "security";

    public override IEnumerable<KeyValuePair<string, string>> Facts() =>
        [.. List("secondStepRoles", SecondStepRoles.Distinct().Order().Select(role => role.ToWord())), Fact("auditHeadTo", AuditHeadTo)];
}

/// <summary>A part of the backbone: its domains and its names at old post offices.</summary>
public sealed record SiteItem(
    int Line, string Name, IReadOnlyList<string> SmtpDomains, string CcMailPostOffice, string MsMailNetwork, string MsMailPostOffice,
    UnknownRecipients UnknownRecipients)
    : ConfigurationItem(Line)
{
    public override string Identity => NameKey.Fold(Name);

    public override string Title => $"site {Name}";

    public override IEnumerable<KeyValuePair<string, string>> Facts() =>
    [
        Fact("name", Name),
        .. List("smtpDomains", SmtpDomains),
        Fact("ccMailPostOffice", CcMailPostOffice),
        Fact("msMailPostOffice", MsMailNetwork.Length + MsMailPostOffice.Length == 0 ? "" : $"{MsMailNetwork}/{MsMailPostOffice}"),
        Fact("unknownRecipients", UnknownRecipients == UnknownRecipients.Forward ? "forward" : "refuse"),
    ];
}

/// <summary>What a connector claims to reach, and at what cost.</summary>
public sealed record AddressSpaceItem(int Line, string Type, string Pattern, int Cost);

/// <summary>A connector as it is configured.</summary>
/// <param name="Settings">Canonical JSON: only what differs from the defaults, keys sorted.</param>
public sealed record ConnectorItem(
    int Line, string Name, string Kind, bool IsStarted, string NodeLabel, IReadOnlyList<AddressSpaceItem> AddressSpaces, string Settings)
    : ConfigurationItem(Line)
{
    public override string Identity => Name;

    public override string Title => $"connector {Name}";

    public override IEnumerable<KeyValuePair<string, string>> Facts() =>
    [
        Fact("kind", Kind),
        Fact("state", IsStarted ? "started" : "stopped"),
        Fact("nodeLabel", NodeLabel),
        .. AddressSpaces.Select(space => Fact($"addressSpaces[{space.Type} {space.Pattern}]", $"cost {space.Cost}")),
        .. SettingFacts(Settings),
    ];
}

/// <summary>A post office, and the one way it is reached.</summary>
public sealed record PostOfficeItem(int Line, string System, string Name, string Connector, string Via) : ConfigurationItem(Line)
{
    public override string Identity => IdentityOf(System, Name);

    public override string Title => $"post office {System}:{Name}";

    public static string IdentityOf(string system, string name) => $"{system}:{NameKey.Fold(name)}";

    // A way that names the same post office in other letters is the same way.
    public override IEnumerable<KeyValuePair<string, string>> Facts() =>
        [Fact("name", Name), Connector.Length > 0 ? Fact("connector", Connector) : Fact("via", NameKey.Fold(Via))];
}

/// <summary>An SMTP listener as it is configured.</summary>
/// <param name="Settings">Canonical JSON without host and port.</param>
public sealed record ListenerItem(int Line, string Name, string Host, int Port, bool IsEnabled, string Settings) : ConfigurationItem(Line)
{
    public override string Identity => Name;

    public override string Title => $"listener {Name}";

    public override IEnumerable<KeyValuePair<string, string>> Facts() =>
    [
        Fact("host", Host),
        Fact("port", $"{Port}"),
        Fact("enabled", IsEnabled ? "true" : "false"),
        .. SettingFacts(Settings),
    ];
}

/// <summary>A person, list or board with its native address and its proxies.</summary>
public sealed record EntryItem(int Line, long Id, string DisplayName, EntryKind Kind, MailAddress Native, IReadOnlyList<MailAddress> Proxies)
    : ConfigurationItem(Line)
{
    public override string Identity => Native.Key;

    public override string Title => $"entry {Native}";

    public IEnumerable<MailAddress> Addresses => [Native, .. Proxies];

    public override IEnumerable<KeyValuePair<string, string>> Facts() =>
    [
        Fact("displayName", DisplayName),
        Fact("kind", Kind.ToString().ToLowerInvariant()),
        Fact("native", Native.ToString()),
        .. List("proxies", Proxies.Select(proxy => proxy.ToString())),
    ];
}
