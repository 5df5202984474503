using Npgsql;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Queue;
using Postern.Web.Hosting;

namespace Postern.Web.Cli;

/// <summary>How a command ends; scripts rely on these numbers.</summary>
public static class ExitCode
{
    /// <summary>Done, or the answer is yes.</summary>
    public const int Done = 0;

    /// <summary>The answer is no: the books are off, no route, the plan is not empty.</summary>
    public const int No = 1;

    /// <summary>The command was not understood.</summary>
    public const int Usage = 2;

    /// <summary>What was named does not exist.</summary>
    public const int NotFound = 3;

    /// <summary>Refused: not possible in the present state.</summary>
    public const int Refused = 4;

    /// <summary>Something that is needed is unreachable or in use (sysexits EX_UNAVAILABLE).</summary>
    public const int Unavailable = StartException.Unavailable;

    /// <summary>The configuration cannot be used (sysexits EX_CONFIG).</summary>
    public const int Configuration = StartException.Configuration;

    /// <summary>The code for a failure the person at the keyboard can mend; null for one that is a fault of this program.</summary>
    public static int? Of(Exception failure) => failure switch
    {
        StartException start => start.ExitCode,
        DatabaseUnavailableException or QueueViewTimeoutException => Unavailable,
        DatabaseVersionException or KeyFileException or InvalidDataException => Configuration,
        PostgresException { SqlState: [_, _, ..] state } => state[..2] is "08" or "28" or "3D" or "53" or "57" ? Unavailable : null,
        NpgsqlException => Unavailable,
        _ => null,
    };
}
