using System.Globalization;

namespace Postern.Domain.Watch;

/// <summary>A connector as the watchdogs see it.</summary>
/// <param name="State">running, starting, waiting, failed, stopped; empty when no process has ever had it.</param>
/// <param name="AliveAt">The last proof of life.</param>
/// <param name="LeftAt">When a delivery last left by it.</param>
/// <param name="PollPeriod">How often it looks for mail; null when it only speaks when there is something to say.</param>
/// <param name="WantedSince">Since when, as far as this process knows, an operator wants it to run.</param>
/// <param name="BusyUntil">A foreign program of it runs within its time limit; null when none does.</param>
/// <param name="HasProcess">The process that reported its state is alive.</param>
/// <param name="Waiting">Deliveries that wait for it and have a sender.</param>
/// <param name="OldestAt">Acceptance of the oldest of them.</param>
public sealed record WatchedConnector(
    string Name, bool IsWanted, string State, string Detail, string Failure, DateTimeOffset? FailedAt, DateTimeOffset? AliveAt, DateTimeOffset? LeftAt, TimeSpan? PollPeriod,
    DateTimeOffset WantedSince, DateTimeOffset? BusyUntil, bool HasProcess, long Waiting, DateTimeOffset? OldestAt);

/// <summary>A foreign program that has begun and not ended.</summary>
public sealed record WatchedRun(long Id, string Connector, string Program, DateTimeOffset StartedAt, TimeSpan Limit);

/// <summary>An operation that has not ended.</summary>
public sealed record WatchedOperation(long Id, string Verb, int Done, int Total, string Progress);

/// <summary>A folder that was tried.</summary>
/// <param name="Fault">Why it cannot be used, in the words of the system; empty when it can.</param>
/// <param name="Wanted">read, or read and written.</param>
public sealed record WatchedFolder(string Path, string Connector, string Wanted, string Fault);

/// <summary>A disk that something of ours lies on.</summary>
/// <param name="Holds">What lies there: data folder, spool.</param>
/// <param name="IsShort">Nothing is taken in for lack of room on it.</param>
/// <param name="HoldsMail">All mail needs room on it, and not only what a connector fetches.</param>
public sealed record WatchedDisk(string Mount, string Holds, DiskSize Size, bool IsShort = false, bool HoldsMail = true);

/// <summary>Poison of one connector that somebody has to look at.</summary>
/// <param name="Reason">What was said of the first of them.</param>
/// <param name="Since">When the first was set aside.</param>
public sealed record WatchedPoison(string Connector, long Count, string Reason, DateTimeOffset Since);

/// <summary>Which facts are signs of trouble, and for how long they must last. Values in, suspicions out.</summary>
/// <remarks>
/// A false alarm is a fault: what an operator has stopped, what has nothing to do, and what is busy within its time raises nothing; of one cause
/// there is one alert.
/// </remarks>
public static class WatchRules
{
    /// <summary>So many periods without proof of life are silence.</summary>
    public const int SilentPeriods = 3;

    /// <summary>A quick poll is given at least this long.</summary>
    public static readonly TimeSpan ShortestSilence = TimeSpan.FromSeconds(45);

    /// <summary>A connector that fails and does not poll is given this long.</summary>
    public static readonly TimeSpan FailingPatience = TimeSpan.FromMinutes(6);

    /// <summary>A queue of which nothing leaves for this long only ages.</summary>
    public static readonly TimeSpan AgeingWindow = TimeSpan.FromHours(1);

    /// <summary>Clocks of two machines may differ by this much.</summary>
    public static readonly TimeSpan MostDrift = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FreshFailure = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FolderPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RunSlack = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan OperationPatience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PartitionPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);

    /// <summary>What is wrong with the connectors and their queues.</summary>
    /// <param name="isOpen">Is an alert of this key open?</param>
    /// <param name="troubled">Connectors that are known to lack a folder: what follows from that is not said again.</param>
    public static IEnumerable<Suspicion> OfConnectors(
        IEnumerable<WatchedConnector> connectors, IReadOnlySet<string> troubled, Func<string, bool> isOpen, DateTimeOffset now)
    {
        foreach (var connector in connectors.Where(connector => connector.IsWanted))
        {
            var cause = troubled.Contains(connector.Name) ? null : NotRunning(connector, now) ?? Silent(connector, isOpen, now) ?? Failing(connector, now);
            if (cause is not null)
            {
                yield return cause;
            }

            if (Ageing(connector, isOpen, now) is { } ageing && (isOpen(ageing.Key) || (cause is null && !troubled.Contains(connector.Name))))
            {
                yield return ageing;
            }
        }
    }

    /// <summary>Programs that should have ended long ago (Q181186).</summary>
    public static IEnumerable<Suspicion> OfRuns(IEnumerable<WatchedRun> runs) => runs.Select(run => new Suspicion(
        AlertKind.ProgramRunUnended, $"{run.Connector} run {run.Id}",
        $"{run.Program.ToUpperInvariant()} of {run.Connector} began at {Clock(run.StartedAt)} and has no end; its time limit is {Span(run.Limit)}.",
        "See whether the program still runs on that machine and end it. The connector settles the run when it starts again.")
    {
        Connector = run.Connector,
        Link = ConnectorLink(run.Connector),
        Since = run.StartedAt,
        Patience = run.Limit + RunSlack,
        BadAfter = run.Limit + TimeSpan.FromHours(1),
    });

    /// <summary>Operations that get no further.</summary>
    public static IEnumerable<Suspicion> OfOperations(IEnumerable<WatchedOperation> operations) => operations.Select(operation => new Suspicion(
        AlertKind.OperationStuck, $"operation {operation.Id}",
        $"The operation {operation.Id} ({operation.Verb}) gets no further: {operation.Done:N0} of {operation.Total:N0} are done.",
        $"See “postern operation show {operation.Id}”; cancel the rest, or start the process again: it carries on by itself.")
    {
        Progress = operation.Progress,
        Patience = OperationPatience,
        BadAfter = TimeSpan.FromHours(1),
    });

    /// <summary>Poison, one suspicion for all of a connector (Q159305).</summary>
    public static IEnumerable<Suspicion> OfPoison(IEnumerable<WatchedPoison> poison) => poison.Select(found => new Suspicion(
        AlertKind.MessagesQuarantined, found.Connector,
        $"{Count(found.Count, "delivery", "deliveries")} of {found.Connector} {(found.Count == 1 ? "is" : "are")} in quarantine{(found.Reason.Length > 0 ? $": {found.Reason.TrimEnd('.')}" : "")}.",
        "Open the quarantine, look at what stopped there, then fix and replay it, return or remove it. Other mail goes on.")
    {
        Connector = found.Connector,
        Link = $"/queue?connector={Uri.EscapeDataString(found.Connector)}&state=quarantined",
        Since = found.Since,
    });

    /// <summary>A clock that differs from the database's, whose times stand on everything else (Q119089).</summary>
    /// <param name="ahead">How far the clock of this machine goes ahead; negative when it is behind.</param>
    public static IEnumerable<Suspicion> OfClock(TimeSpan ahead, string node)
    {
        if (ahead.Duration() > MostDrift)
        {
            yield return new Suspicion(
                AlertKind.ClockOff, "clock",
                $"The clock of this machine is {Span(ahead.Duration())} {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} that of the database.",
                "Set both by the same time server. Trace fields of mail that passes here bear the wrong time until then.")
            {
                Node = node,
                BadAfter = TimeSpan.FromHours(1),
            };
        }
    }

    /// <summary>Folders that cannot be used (Q202178, Q295812).</summary>
    public static IEnumerable<Suspicion> OfFolders(IEnumerable<WatchedFolder> folders, string node) => folders.Where(folder => folder.Fault.Length > 0).Select(folder => new Suspicion(
        AlertKind.FolderUnusable, folder.Path,
        $"The folder {folder.Path}{(folder.Connector.Length > 0 ? $" of {folder.Connector}" : "")} cannot be {folder.Wanted}: {folder.Fault.TrimEnd('.')}.",
        "Bring it back with the rights of the account that runs Postern. Mail waits until then and goes on by itself.")
    {
        Node = node,
        Connector = folder.Connector,
        Link = folder.Connector.Length > 0 ? ConnectorLink(folder.Connector) : "",
        Patience = FolderPatience,
        BadAfter = TimeSpan.FromMinutes(5),
    });

    /// <summary>Disks that are nearly full (Q178758). One that has been called low stays so until it has a fifth more than the limit.</summary>
    public static IEnumerable<Suspicion> OfDisks(IEnumerable<WatchedDisk> disks, string node, Func<string, bool> isOpen)
    {
        foreach (var disk in disks.Where(disk => disk.Size.Total > 0))
        {
            var (free, total) = disk.Size;
            var limit = DiskSpace.ShortLimit(total);
            var effect = disk switch
            {
                { IsShort: false } => "",
                { HoldsMail: true } => $" No new mail is taken in until it has {DiskSpace.InWords(DiskSpace.EndOf(limit))}.",
                _ => $" Nothing is fetched into them until it has {DiskSpace.InWords(DiskSpace.EndOf(limit))}.",
            };
            var found = new Suspicion(
                AlertKind.DiskLow, disk.Mount,
                $"The disk of {disk.Holds} ({disk.Mount}) has {DiskSpace.InWords(free)} left of {DiskSpace.InWords(total)}.{effect}",
                disk.IsShort
                    ? "Free space or add some. Mail stays with its sender or in its post office, and is taken in again by itself."
                    : $"Free space or add some. Below {DiskSpace.InWords(limit)} no new mail is taken in; it stays with its sender or in its post office.")
            {
                Node = node,
                BadAfter = disk.IsShort ? TimeSpan.Zero : null,
            };
            if (disk.IsShort || DiskSpace.IsBelow(free, DiskSpace.LowLimit(total), isOpen(found.Key)))
            {
                yield return found;
            }
        }
    }

    /// <summary>Days on which ledger and rows differ.</summary>
    public static IEnumerable<Suspicion> OfBooks(IEnumerable<(DateOnly Day, string What, int Named, long FirstId)> differences) => differences.GroupBy(difference => difference.Day).Select(day => new Suspicion(
        AlertKind.BooksOff, day.Key.ToString("O", CultureInfo.InvariantCulture),
        $"The books are off on {day.Key.ToString("d MMM yyyy", CultureInfo.InvariantCulture)}: {day.First().What.TrimEnd('.')}{(day.First().Named > 0 ? $" ({day.First().Named:N0}, first {day.First().FirstId})" : "")}.",
        "Run “postern books”: it names the deliveries. Leave the database as it is until that is explained.")
    {
        Link = string.Create(CultureInfo.InvariantCulture, $"/books?day={day.Key:yyyy-MM-dd}"),
        BadAfter = TimeSpan.Zero,
    });

    /// <summary>Bounced deliveries whose sender should know and does not (Q199534).</summary>
    public static Suspicion? OfReports(long missing, long firstDelivery) => missing == 0 ? null : new Suspicion(
        AlertKind.ReportMissing, "reports",
        $"{Count(missing, "bounced delivery has", "bounced deliveries have")} neither a report nor a reason why none was written; the first is {firstDelivery}.",
        "Open the message and tell its sender by hand; then see who changes rows in the database.")
    {
        Link = string.Create(CultureInfo.InvariantCulture, $"/messages/{firstDelivery}"),
        BadAfter = TimeSpan.Zero,
    };

    /// <summary>Rows in the nets below the days.</summary>
    public static IEnumerable<Suspicion> OfPartitions(IEnumerable<string> tables) => tables.Select(table => new Suspicion(
        AlertKind.DefaultPartitionUsed, table,
        $"The table {table} holds rows of a day that has no partition.",
        "Check the clock of the database machine. The rows move to their day by themselves; nothing is lost.")
    {
        Patience = PartitionPatience,
        BadAfter = TimeSpan.FromHours(1),
    });

    private static Suspicion? NotRunning(WatchedConnector connector, DateTimeOffset now)
    {
        var isAway = !connector.HasProcess || connector.State is "" or "stopped" or "starting";
        if (!isAway || connector.BusyUntil > now)
        {
            return null;
        }

        var what = (connector.State, connector.HasProcess) switch
        {
            ("", _) => "no process has ever had it",
            (_, false) => "the process that had it has shown no life for a minute",
            ("starting", _) => "it has begun to start and is not there yet",
            _ => "it stands still, and nobody has stopped it",
        };
        return new Suspicion(
            AlertKind.ConnectorNotRunning, connector.Name, $"{connector.Name} should run and does not: {what}.",
            "Look at its settings and at the log of its process. Stop the connector if it is not wanted.")
        {
            Connector = connector.Name,
            Link = ConnectorLink(connector.Name),
            Patience = StartPatience,
            BadAfter = TenMinutes,
        };
    }

    private static Suspicion? Silent(WatchedConnector connector, Func<string, bool> isOpen, DateTimeOffset now)
    {
        if (connector.PollPeriod is not { } period || connector.BusyUntil > now)
        {
            return null;
        }

        // What was found silent before this process began is not excused by that beginning.
        var excuse = isOpen(Suspicion.KeyOf(AlertKind.ConnectorSilent, connector.Name)) ? null : (DateTimeOffset?)connector.WantedSince;
        var since = Latest(connector.AliveAt, excuse);
        var patience = period * SilentPeriods > ShortestSilence ? period * SilentPeriods : ShortestSilence;
        if (since is { } fact && now - fact < patience)
        {
            return null;
        }

        var lasted = connector.AliveAt is { } alive ? $"has shown no proof of life for {Span(now - alive)}" : "has shown no proof of life yet";
        return SilentSuspicion(connector, lasted, since) with { Patience = patience };
    }

    // It has nothing to poll: its silence means something only while it fails, and mail waits or it cannot even be made.
    private static Suspicion? Failing(WatchedConnector connector, DateTimeOffset now) =>
        connector.PollPeriod is not null || connector.State != "failed" || (connector.Waiting == 0 && !(now - connector.FailedAt <= FreshFailure))
            ? null
            : SilentSuspicion(connector, connector.AliveAt is { } alive ? $"fails, and last worked {Span(now - alive)} ago" : "fails, and has not worked yet", null) with
            {
                Patience = FailingPatience,
                BadAfter = TimeSpan.FromMinutes(30),
                Progress = connector.AliveAt?.ToString("O", CultureInfo.InvariantCulture) ?? "",
            };

    private static Suspicion SilentSuspicion(WatchedConnector connector, string finding, DateTimeOffset? since)
    {
        var reason = connector.State == "failed" ? (connector.Detail.Length > 0 ? connector.Detail : connector.Failure) : "";
        return new Suspicion(
            AlertKind.ConnectorSilent, connector.Name,
            $"{connector.Name} {finding}{(reason.Length > 0 ? $": {reason.TrimEnd('.')}" : "")}.",
            reason.Length > 0
                ? "Mend what the failure names; it is tried again by itself."
                : "Look whether its post office answers and whether a program of it hangs; stop and start the connector if neither shows a cause.")
        {
            Connector = connector.Name,
            Link = ConnectorLink(connector.Name),
            Since = since,
            BadAfter = TenMinutes,
        };
    }

    private static Suspicion? Ageing(WatchedConnector connector, Func<string, bool> isOpen, DateTimeOffset now)
    {
        if (connector.Waiting == 0 || connector.OldestAt is not { } oldest)
        {
            return null;
        }

        var excuse = isOpen(Suspicion.KeyOf(AlertKind.QueueOnlyAges, connector.Name)) ? null : (DateTimeOffset?)connector.WantedSince;
        var since = Latest(Latest(oldest, connector.LeftAt), excuse)!.Value;
        if (now - since < AgeingWindow)
        {
            return null;
        }

        return new Suspicion(
            AlertKind.QueueOnlyAges, connector.Name,
            $"{Count(connector.Waiting, "delivery waits", "deliveries wait")} for {connector.Name}, the oldest for {Span(now - oldest)}, and none has left{(connector.LeftAt is { } left ? $" for {Span(now - left)}" : "")}.",
            "Open its queue and read why they wait. Mend that and retry, or return or reroute what cannot go.")
        {
            Connector = connector.Name,
            Link = $"/queue?connector={Uri.EscapeDataString(connector.Name)}&state=queued,leased",
            Since = since,
            Patience = AgeingWindow,
            BadAfter = AgeingWindow * 4,
        };
    }

    private static DateTimeOffset? Latest(DateTimeOffset? one, DateTimeOffset? other) => one is null ? other : other is null ? one : one > other ? one : other;

    private static string ConnectorLink(string name) => $"/connectors?open={Uri.EscapeDataString(name)}";

    private static string Count(long number, string one, string many) => $"{number:N0} {(number == 1 ? one : many)}";

    private static string Clock(DateTimeOffset time) => time.ToUniversalTime().ToString("ddd d MMM HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => span.TotalMinutes switch
    {
        < 2 => $"{(int)span.TotalSeconds} s",
        < 120 => $"{(int)span.TotalMinutes} min",
        < 48 * 60 => $"{(int)span.TotalHours} h {span.Minutes} min",
        _ => $"{(int)span.TotalDays} days",
    };
}
