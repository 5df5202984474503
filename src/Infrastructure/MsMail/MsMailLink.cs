using Npgsql;
using Postern.Domain.Formats.MsMail;
using Postern.Domain.Routing;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.MsMail;

/// <summary>What a link to a post office works with: the parts of the house that all links share.</summary>
public sealed record MsMailHouse
{
    /// <summary>Where the locks of post offices lie: one folder for all connectors of the machine.</summary>
    public required string LockFolder { get; init; }

    /// <summary>Where content of large messages is kept while it is read.</summary>
    public required string SpoolFolder { get; init; }

    public required AllowedPaths Allowed { get; init; }

    public required ExternalProgram Programs { get; init; }

    public required ForeignRuns Runs { get; init; }

    public required EventLog Events { get; init; }

    public required NpgsqlDataSource Database { get; init; }

    /// <summary>The routing table of the moment.</summary>
    public required Func<RoutingTable> Routes { get; init; }

    /// <summary>Makes text of a message that has nothing but HTML.</summary>
    public required Func<string, string> HtmlToText { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Keeps copies while an operator has capture switched on; null keeps none.</summary>
    public ConnectorCopies? Copies { get; init; }
}

/// <summary>
/// One connector's link to one MS Mail post office: its settings, its folders, its programs and what was learned. The connector and the pickup
/// of one link share it.
/// </summary>
public sealed class MsMailLink
{
    private readonly string password;

    /// <exception cref="PathRefusedException">A folder may not be used.</exception>
    /// <exception cref="MsMailSettingsException">The settings do not make a connector; the message holds every fault.</exception>
    public MsMailLink(long connectorId, string name, MsMailConnectorSettings settings, string password, MsMailHouse house)
    {
        var faults = settings.Faults();
        if (faults.Count > 0)
        {
            throw new MsMailSettingsException(string.Join(' ', faults));
        }

        ConnectorId = connectorId;
        Name = name;
        Settings = settings;
        this.password = password;
        House = house;
        Zone = settings.TimeZone.Length == 0 ? TimeZoneInfo.Local : TimeZoneInfo.FindSystemTimeZoneById(settings.TimeZone);
        Folders = new MsMailFolders(house.Allowed.Folder(settings.WorkFolder));
        ExchangeFolder = settings.Transport == MsMailTransport.Folder ? house.Allowed.Folder(settings.ExchangeFolder) : "";
        Directory.CreateDirectory(house.LockFolder);
        LockFile = Path.Combine(house.LockFolder, LockName(settings));
        Directory.CreateDirectory(Folders.Root);
        Aliases = new SenderAliases(house.Database);
        Facts = new LearnedFacts(house.Database, connectorId);
        Passages = new Passages(house.Database);
        Profile = settings.Profile(BodyGap.Unknown);
    }

    public long ConnectorId { get; }

    public string Name { get; }

    public MsMailConnectorSettings Settings { get; }

    /// <summary>What the files look like, as far as is known now.</summary>
    public MsMailProfile Profile { get; private set; }

    internal MsMailHouse House { get; }

    internal NpgsqlDataSource Database => House.Database;

    internal ForeignRuns Runs => House.Runs;

    internal TimeZoneInfo Zone { get; }

    internal MsMailFolders Folders { get; }

    internal WorkPlace Place => new(
        ConnectorId, Database, Folders.Root, MsMailFolders.Count, Folders.Complete, Folders.Bad, [".put", ".tmp"], TellAsync,
        new WorkPlaceCodes(EventCodes.MsMailFileSetAside, EventCodes.MsMailFileLocked, EventCodes.MsMailFolderRecreated));

    /// <summary>Where files are exchanged when the programs run elsewhere; else empty.</summary>
    internal string ExchangeFolder { get; }

    internal string LockFile { get; }

    internal SenderAliases Aliases { get; }

    internal LearnedFacts Facts { get; }

    internal Passages Passages { get; }

    /// <summary>How long a program may go on once the connector is told to stop.</summary>
    internal TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A run was left to itself; its files are not touched before it is resolved.</summary>
    internal bool HasOpenRun { get; set; }

    /// <summary>The site of ours that this post office knows under <see cref="MsMailConnectorSettings.SiteName"/>.</summary>
    internal Site? OwnSite()
    {
        var sites = House.Routes().Sites;
        var key = PostOffice.KeyOf("MS", Settings.SiteName);
        return sites.FirstOrDefault(site => PostOffice.KeyOf("MS", $"{site.MsMailNetwork}/{site.MsMailPostOffice}") == key)
            ?? sites.FirstOrDefault(site => site.SmtpDomains.Count > 0);
    }

    /// <summary>The domain in which the post office's people are known to the internet.</summary>
    internal string OwnDomain() => OwnSite()?.SmtpDomains is [var first, ..] ? first : "postern.invalid";

    /// <summary>Reads what was learned before; once a start.</summary>
    internal async Task RecallAsync(CancellationToken cancellationToken) => Profile = Settings.Profile(await Facts.ReadAsync(cancellationToken));

    /// <summary>Keeps what the post office's files have shown.</summary>
    internal async Task LearnAsync(BodyGap gap, CancellationToken cancellationToken)
    {
        await Facts.WriteAsync(gap, cancellationToken);
        Profile = Settings.Profile(gap);
    }

    internal CopyOf Copy(bool isIncoming, bool isBefore, long? messageId, string name) => new(ConnectorId, Name, isIncoming, isBefore, messageId, name);

    /// <summary>The command of a template with its words replaced.</summary>
    internal IReadOnlyList<string> Command(IReadOnlyList<string> template, string file) => [.. template.Select(argument => Replace(argument, file))];

    /// <summary>A program ready to start; the run's row is committed already.</summary>
    internal ProgramStart Start(IReadOnlyList<string> command, long runId, double timeLimit) => new()
    {
        Command = command,
        WorkingFolder = Folders.Root,
        LockFile = LockFile,
        RunId = runId,
        TimeLimit = TimeSpan.FromSeconds(timeLimit),
        Grace = StopGrace,
        OutputEncoding = Profile.TextEncoding,
        Secret = password,
    };

    /// <summary>Checks that the folder of the post office, or the exchange folder, is there.</summary>
    /// <exception cref="PostOfficeUnreachableException">It is not.</exception>
    internal void CheckPostOffice()
    {
        var isFolder = ExchangeFolder.Length > 0;
        var path = isFolder ? ExchangeFolder : Settings.PostOfficePath;
        if (!Path.IsPathFullyQualified(path))
        {
            return; // a drive that only the emulator knows
        }

        path = isFolder ? path : House.Allowed.Folder(path);
        if (!Directory.Exists(path))
        {
            throw new PostOfficeUnreachableException($"The {(isFolder ? "exchange folder" : "post office folder")} {path} cannot be reached.");
        }
    }

    /// <summary>That the post office is in use, and by whom where that can be seen.</summary>
    internal string LockedBy()
    {
        var holder = ForeignProcess.HolderOf(LockFile);
        return $"The post office {Settings.PostOfficeName} is in use by another program of this machine{(holder.Length > 0 ? $": {holder}" : "")}";
    }

    internal Task TellAsync(int code, EventSeverity severity, string text, string nextStep = "") => House.Events.WriteAsync(code, severity, Name, text, nextStep);

    // Two connectors to one post office must never run beside each other, whatever their work folders are (Q237695).
    private static string LockName(MsMailConnectorSettings settings)
    {
        var place = settings.Transport == MsMailTransport.Folder ? settings.ExchangeFolder
            : settings.PostOfficePath.Length > 0 ? settings.PostOfficePath.TrimEnd('/', '\\') : settings.PostOfficeName;
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(place));
        return $"msmail-{Convert.ToHexStringLower(hash.AsSpan(0, 8))}.lock";
    }

    private string Replace(string argument, string file) => argument
        .Replace("{site}", Settings.SiteName, StringComparison.Ordinal)
        .Replace("{postoffice}", Settings.PostOfficeName, StringComparison.Ordinal)
        .Replace("{administrator}", Settings.Administrator, StringComparison.Ordinal)
        .Replace("{path}", Settings.PostOfficePath, StringComparison.Ordinal)
        .Replace("{count}", Settings.MessagesPerGet.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{file}", file, StringComparison.Ordinal)
        .Replace("{dosfile}", Path.GetRelativePath(Folders.Root, file).Replace('/', '\\'), StringComparison.Ordinal)
        .Replace("{password}", password, StringComparison.Ordinal);
}

/// <summary>The settings do not make a connector; the message holds every fault.</summary>
public sealed class MsMailSettingsException(string message) : Exception(message);
