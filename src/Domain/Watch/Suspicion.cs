namespace Postern.Domain.Watch;

/// <summary>What a watchdog can find wrong.</summary>
public enum AlertKind
{
    ConnectorSilent,
    ConnectorNotRunning,
    QueueOnlyAges,
    FolderUnusable,
    DiskLow,
    ProgramRunUnended,
    OperationStuck,
    ReportMissing,
    BooksOff,
    DefaultPartitionUsed,
    MessagesQuarantined,
    ClockOff,
    CanaryMissing,
    CanaryEntryLate,
}

/// <summary>How much an alert matters.</summary>
public enum AlertSeverity
{
    /// <summary>Look soon.</summary>
    Warning,

    /// <summary>Needs a person.</summary>
    Error,
}

/// <summary>Something that is wrong at this moment; it becomes an alert when it lasts.</summary>
/// <param name="Subject">What it is about; with the kind and the node it names one alert.</param>
/// <param name="Text">The finding in a sentence.</param>
/// <param name="NextStep">What to do.</param>
public sealed record Suspicion(AlertKind Kind, string Subject, string Text, string NextStep)
{
    /// <summary>Where it is seen, for what only one machine can see; empty when every process sees the same.</summary>
    public string Node { get; init; } = "";

    /// <summary>The connector it concerns; empty for none.</summary>
    public string Connector { get; init; } = "";

    /// <summary>Page of the console that shows more.</summary>
    public string Link { get; init; } = "";

    /// <summary>Since when, where a fact says so; null counts from when it was first seen.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>What changes when it gets further after all; the time then counts anew.</summary>
    public string Progress { get; init; } = "";

    /// <summary>It is an alert once it has lasted this long.</summary>
    public TimeSpan Patience { get; init; }

    /// <summary>It needs a person once it has lasted this long; null: it never does.</summary>
    public TimeSpan? BadAfter { get; init; }

    /// <summary>Names the alert: there is never more than one open of it.</summary>
    public string Key => KeyOf(Kind, Subject, Node);

    /// <summary>The key of an alert.</summary>
    public static string KeyOf(AlertKind kind, string subject, string node = "") => $"{kind.ToWord()}|{node}|{subject}";
}

/// <summary>The words of alerts in the database, in settings and on the screen.</summary>
public static class AlertWords
{
    /// <summary>Such as <c>connector silent</c>.</summary>
    public static string ToWord(this AlertKind kind) => kind switch
    {
        AlertKind.ConnectorSilent => "connector silent",
        AlertKind.ConnectorNotRunning => "connector not running",
        AlertKind.QueueOnlyAges => "queue only ages",
        AlertKind.FolderUnusable => "folder unusable",
        AlertKind.DiskLow => "disk low",
        AlertKind.ProgramRunUnended => "program run unended",
        AlertKind.OperationStuck => "operation stuck",
        AlertKind.ReportMissing => "report missing",
        AlertKind.BooksOff => "books off",
        AlertKind.DefaultPartitionUsed => "default partition used",
        AlertKind.MessagesQuarantined => "messages quarantined",
        AlertKind.ClockOff => "clock off",
        AlertKind.CanaryMissing => "canary missing",
        _ => "canary entry late",
    };

    /// <summary>warning or error.</summary>
    public static string ToWord(this AlertSeverity severity) => severity == AlertSeverity.Error ? "error" : "warning";

    /// <summary>Reads what <see cref="ToWord(AlertSeverity)"/> writes; anything else is a warning.</summary>
    public static AlertSeverity SeverityOf(string word) => word == "error" ? AlertSeverity.Error : AlertSeverity.Warning;
}
