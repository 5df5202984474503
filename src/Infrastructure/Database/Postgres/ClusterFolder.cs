using System.Security.Cryptography;
using System.Text;

namespace Postern.Infrastructure.Database.Postgres;

/// <summary>The folders of an embedded cluster: the cluster itself, its socket, its logs, its password.</summary>
/// <remarks>
/// Normally <c>DIR/postgres/{cluster,socket,log}</c>. PostgreSQL runs unprivileged even when Postern does not; where its account
/// cannot enter the data folder (below a home of root), everything lies in <c>/var/lib/postern/NAME</c> and
/// <c>DIR/postgres.folder</c> says so. The password stays in the data folder, readable by Postern alone.
/// </remarks>
internal sealed class ClusterFolder
{
    private const string SystemRoot = "/var/lib/postern";
    private const int LongestSocketFolder = 90; // a socket's whole path has at most 107 bytes

    private readonly string dataFolder;

    private ClusterFolder(string dataFolder, string root)
    {
        this.dataFolder = dataFolder;
        Root = root;
    }

    /// <summary>What holds everything but the password.</summary>
    public string Root { get; }

    public string Cluster => Path.Combine(Root, "cluster");

    public string Logs => Path.Combine(Root, "log");

    /// <summary>What the server prints before its own log takes over.</summary>
    public string StartLog => Path.Combine(Root, "start.log");

    public string PasswordFile => Path.Combine(dataFolder, "postgres.password");

    /// <summary>Has initialisation ever been completed?</summary>
    public bool Exists => File.Exists(Path.Combine(Cluster, "PG_VERSION"));

    public bool IsOutsideDataFolder => !Root.StartsWith(dataFolder + "/", StringComparison.Ordinal);

    private static string PointerFile(string dataFolder) => Path.Combine(dataFolder, "postgres.folder");

    /// <summary>Finds the folders of a data folder; null when no cluster was ever made for it.</summary>
    public static ClusterFolder? Find(string dataFolder)
    {
        var inside = new ClusterFolder(dataFolder, Path.Combine(dataFolder, "postgres"));
        if (inside.Exists)
        {
            return inside;
        }

        return File.Exists(PointerFile(dataFolder)) ? new(dataFolder, File.ReadAllText(PointerFile(dataFolder)).Trim()) : null;
    }

    /// <summary>Chooses a place that <paramref name="account"/> can enter, and makes it.</summary>
    public static async Task<ClusterFolder> CreateAsync(string dataFolder, string? account, CancellationToken cancellationToken)
    {
        var folder = new ClusterFolder(dataFolder, Path.Combine(dataFolder, "postgres"));
        if (account is not null && !await CanEnterAsync(account, dataFolder, cancellationToken))
        {
            folder = new ClusterFolder(dataFolder, $"{SystemRoot}/{Path.GetFileName(dataFolder)}-{ShortHash(dataFolder)}");
            Directory.CreateDirectory(SystemRoot);
            await File.WriteAllTextAsync(PointerFile(dataFolder), folder.Root + "\n", cancellationToken);
        }

        await MakePrivateAsync(folder.Root, account, cancellationToken);
        return folder;
    }

    /// <summary>The folder of the socket, short enough for the system's limit.</summary>
    public async Task<string> MakeSocketFolderAsync(string? account, CancellationToken cancellationToken)
    {
        var socket = Path.Combine(Root, "socket");
        if (Encoding.UTF8.GetByteCount(socket) > LongestSocketFolder)
        {
            // Root's substitute lies where no one else can have put something; a user's is checked to be their own.
            socket = account is not null ? $"{SystemRoot}/socket-{ShortHash(Root)}" : $"/tmp/postern-{ShortHash(Root)}";
            Directory.CreateDirectory(Path.GetDirectoryName(socket)!);
        }

        await MakePrivateAsync(socket, account, cancellationToken);
        return socket;
    }

    /// <summary>Removes the substitute of <see cref="MakeSocketFolderAsync"/> once the server has gone.</summary>
    public void RemoveSocketFolder(string socket)
    {
        if (!socket.StartsWith(Root + "/", StringComparison.Ordinal) && Directory.Exists(socket) && !Directory.EnumerateFileSystemEntries(socket).Any())
        {
            Directory.Delete(socket);
        }
    }

    /// <summary>Makes a folder, mode 0700, that belongs to <paramref name="account"/>.</summary>
    public static async Task MakePrivateAsync(string path, string? account, CancellationToken cancellationToken)
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (account is null)
        {
            var made = Directory.CreateDirectory(path, ownerOnly);
            if (made.LinkTarget is not null)
            {
                throw new DatabaseUnavailableException($"{path} is a link, and PostgreSQL's files must not lie behind one.");
            }

            File.SetUnixFileMode(path, ownerOnly); // fails when the folder is somebody else's
            return;
        }

        await RunAsync("install", ["-d", "-o", account, "-g", account, "-m", "0700", path], cancellationToken);
    }

    /// <summary>The account the cluster's files belong to; <see cref="PostgresPrograms.Account"/> takes over files of root and of nobody.</summary>
    public async Task<string> TakeOwnerAsync(CancellationToken cancellationToken)
    {
        var owner = await RunAsync("stat", ["-c", "%U", Cluster], cancellationToken);
        if (owner is not ("root" or "UNKNOWN"))
        {
            return owner;
        }

        await RunAsync("chown", ["-R", "-h", $"{PostgresPrograms.Account}:", Root], cancellationToken);
        return PostgresPrograms.Account;
    }

    /// <summary>The last lines of what the server said, for the sentence that reports its failure.</summary>
    public string LastWords()
    {
        var newest = Directory.Exists(Logs) ? new DirectoryInfo(Logs).GetFiles("*.log").MaxBy(file => file.LastWriteTimeUtc)?.FullName : null;
        return string.Join(
            Environment.NewLine,
            new[] { StartLog, newest }.Where(File.Exists).SelectMany(path => File.ReadLines(path!).TakeLast(6)).Where(line => line.Length > 0));
    }

    private static async Task<bool> CanEnterAsync(string account, string folder, CancellationToken cancellationToken)
    {
        var (exitCode, _) = await PostgresPrograms.RunAsync(PostgresPrograms.Call(account, "test", "-x", folder), cancellationToken);
        return exitCode == 0;
    }

    private static async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await PostgresPrograms.RunAsync(PostgresPrograms.Call(null, program, arguments), cancellationToken);
        return exitCode == 0 ? output : throw new DatabaseUnavailableException($"{program} {string.Join(' ', arguments)} failed: {output}");
    }

    private static string ShortHash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..10];
}
