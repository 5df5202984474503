using Npgsql;
using Postern.Domain.Formats.CcMail;
using Postern.Domain.Routing;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Events;

namespace Postern.Infrastructure.CcMail;

/// <summary>
/// One connector's link to one cc:Mail post office: its settings, its folders, its programs and what was learned. The connector and the
/// pickup of one link share it.
/// </summary>
public sealed class CcMailLink
{
    private readonly string password;

    /// <param name="lockFolder">Where the locks of post offices lie: one folder for all connectors of the machine.</param>
    /// <param name="spoolFolder">Where content of large messages is kept while it is read.</param>
    /// <param name="routes">The routing table of the moment.</param>
    /// <param name="htmlToText">Makes text of a message that has nothing but HTML.</param>
    /// <exception cref="PathRefusedException">A folder may not be used.</exception>
    /// <exception cref="CcMailSettingsException">The settings do not make a connector; the message holds every fault.</exception>
    public CcMailLink(
        long connectorId,
        string name,
        CcMailConnectorSettings settings,
        string password,
        string lockFolder,
        string spoolFolder,
        AllowedPaths allowed,
        ExternalProgram programs,
        ForeignRuns runs,
        EventLog events,
        NpgsqlDataSource database,
        Func<RoutingTable> routes,
        Func<string, string> htmlToText,
        TimeProvider clock)
    {
        var faults = settings.Faults();
        if (faults.Count > 0)
        {
            throw new CcMailSettingsException(string.Join(' ', faults));
        }

        ConnectorId = connectorId;
        Name = name;
        Settings = settings;
        this.password = password;
        SpoolFolder = spoolFolder;
        Allowed = allowed;
        Programs = programs;
        Runs = runs;
        Events = events;
        Database = database;
        Routes = routes;
        HtmlToText = htmlToText;
        Zone = settings.TimeZone.Length == 0 ? TimeZoneInfo.Local : TimeZoneInfo.FindSystemTimeZoneById(settings.TimeZone);
        Clock = clock;
        Folders = new CcMailFolders(allowed.Folder(settings.WorkFolder));
        Directory.CreateDirectory(lockFolder);
        LockFile = Path.Combine(lockFolder, LockName(settings));
        Directory.CreateDirectory(Folders.Root);
        Learned = LearnedFile.Read(Folders.Root);
        Aliases = new LongAddresses(Folders.Root);
    }

    public long ConnectorId { get; }

    public string Name { get; }

    public CcMailConnectorSettings Settings { get; }

    /// <summary>What the files look like now.</summary>
    public CcMailProfile Profile => Settings.Profile(Learned);

    internal string SpoolFolder { get; }

    internal AllowedPaths Allowed { get; }

    internal ExternalProgram Programs { get; }

    internal ForeignRuns Runs { get; }

    internal EventLog Events { get; }

    internal NpgsqlDataSource Database { get; }

    internal Func<RoutingTable> Routes { get; }

    internal Func<string, string> HtmlToText { get; }

    internal TimeZoneInfo Zone { get; }

    internal LongAddresses Aliases { get; }

    /// <summary>How long a program may go on once the connector is told to stop.</summary>
    internal TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(10);

    internal TimeProvider Clock { get; }

    /// <summary>Keeps copies while an operator has capture switched on; null keeps none.</summary>
    public ConnectorCopies? Copies { get; init; }

    internal CopyOf Copy(bool isIncoming, bool isBefore, long? messageId, string name) => new(ConnectorId, Name, isIncoming, isBefore, messageId, name);

    internal CcMailFolders Folders { get; }

    internal WorkPlace Place => new(
        ConnectorId, Database, Folders.Root, CcMailFolders.Count, Folders.Complete, Folders.Bad, [".ccm", ".tmp"], TellAsync,
        new WorkPlaceCodes(EventCodes.CcMailFileSetAside, EventCodes.CcMailFileLocked, EventCodes.CcMailFolderRecreated));

    internal string LockFile { get; }

    internal LearnedFacts Learned { get; private set; }

    /// <summary>A run was left to itself; its files are not touched before it is resolved.</summary>
    internal bool HasOpenRun { get; set; }

    /// <summary>The site of ours that this post office knows under <see cref="CcMailConnectorSettings.SiteName"/>.</summary>
    internal Site? OwnSite()
    {
        var sites = Routes().Sites;
        return sites.FirstOrDefault(site => Domain.Addresses.NameKey.Fold(site.CcMailPostOffice) == Domain.Addresses.NameKey.Fold(Settings.SiteName))
            ?? sites.FirstOrDefault(site => site.SmtpDomains.Count > 0);
    }

    /// <summary>Keeps a new fact. The file is a convenience: a disk that refuses it is no reason to stop.</summary>
    internal void Learn(LearnedFacts facts)
    {
        Learned = facts;
        try
        {
            LearnedFile.Write(Folders.Root, facts);
        }
        catch (IOException)
        {
            // Learned again after the next start.
        }
    }

    /// <summary>The command of a template with its words replaced.</summary>
    internal IReadOnlyList<string> Command(IReadOnlyList<string> template, string file) =>
        [.. template.Select(argument => Replace(argument, file))];

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

    /// <summary>Checks what the original checked: the path is a post office (Q170011).</summary>
    /// <exception cref="PostOfficeUnreachableException">It is not there, or is none.</exception>
    internal void CheckPostOffice()
    {
        var path = Settings.PostOfficePath;
        if (!Path.IsPathFullyQualified(path))
        {
            return; // a path only the emulator understands
        }

        path = Allowed.Folder(path);
        if (!Directory.Exists(path))
        {
            throw new PostOfficeUnreachableException($"The post office folder {path} cannot be reached.");
        }

        if (!Directory.EnumerateFiles(path, "*", Everything).Any(file => Path.GetFileName(file).StartsWith("CCPOMBOX.", StringComparison.OrdinalIgnoreCase)))
        {
            throw new PostOfficeUnreachableException($"The folder {path} is not a cc:Mail post office: it holds no CCPOMBOX file.");
        }
    }

    /// <summary>That the post office is locked, and by whom where that can be seen.</summary>
    internal string LockedBy()
    {
        var holder = ForeignProcess.HolderOf(LockFile);
        return $"The post office {Settings.PostOfficeName} is locked by another program{(holder.Length > 0 ? $": {holder}" : "")}";
    }

    internal Task TellAsync(int code, EventSeverity severity, string text, string nextStep = "") =>
        Events.WriteAsync(code, severity, Name, text, nextStep);

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0 };

    // Two connectors to one post office must never run beside each other, whatever their work folders are.
    private static string LockName(CcMailConnectorSettings settings)
    {
        var place = settings.PostOfficePath.Length > 0 ? settings.PostOfficePath.TrimEnd('/', '\\') : settings.PostOfficeName;
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(place));
        return $"ccmail-{Convert.ToHexStringLower(hash.AsSpan(0, 8))}.lock";
    }

    private string Replace(string argument, string file) => argument
        .Replace("{site}", Quoted(Settings.SiteName), StringComparison.Ordinal)
        .Replace("{postoffice}", Quoted(Settings.PostOfficeName), StringComparison.Ordinal)
        .Replace("{password}", password, StringComparison.Ordinal)
        .Replace("{path}", Settings.PostOfficePath, StringComparison.Ordinal)
        .Replace("{file}", file, StringComparison.Ordinal)
        .Replace("{dosfile}", Path.GetRelativePath(Folders.Root, file).Replace('/', '\\'), StringComparison.Ordinal);

    // A DOS program gets one command line; a name with a blank or a comma in it stands in quotes there (Q186740).
    private static string Quoted(string name) => name.AsSpan().ContainsAny(' ', ',') ? $"\"{name}\"" : name;
}

/// <summary>The settings do not make a connector; the message holds every fault.</summary>
public sealed class CcMailSettingsException(string message) : Exception(message);
