namespace Postern.Web.Hosting;

/// <summary>What must be known before the database is reachable, and what may be started or touched on this machine.</summary>
public sealed record ServeOptions
{
    public const int DefaultHttpPort = 8025;
    public const int DefaultSmtpPort = 2525;

    /// <summary>The data folder: cluster, key, spool, work folders, lock.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Port of the console on loopback; 0 takes a free one.</summary>
    public int HttpPort { get; init; } = DefaultHttpPort;

    /// <summary>Port of the first listener on loopback; null leaves the configured one, or makes one on <see cref="DefaultSmtpPort"/>.</summary>
    public int? SmtpPort { get; init; }

    /// <summary>Connection string of a PostgreSQL of your own; empty runs one in the data folder.</summary>
    public string Database { get; init; } = "";

    /// <summary>Path of the lab program; empty runs without the lab.</summary>
    public string LabProgram { get; init; } = "";

    /// <summary>Programs, or folders of programs, that connectors may start.</summary>
    public IReadOnlyList<string> AllowedPrograms { get; init; } = [];

    /// <summary>Folders connectors may use besides the data folder.</summary>
    public IReadOnlyList<string> AllowedFolders { get; init; } = [];

    /// <summary>File that describes another system which says who people are; empty for none.</summary>
    public string SingleSignOn { get; init; } = "";

    /// <summary>Where people reach the console, for links in mail; empty for the port on this machine.</summary>
    public string ConsoleAddress { get; init; } = "";

    /// <summary>Password of the first user; empty draws one and prints it.</summary>
    public string AdminPassword { get; init; } = "";
}
