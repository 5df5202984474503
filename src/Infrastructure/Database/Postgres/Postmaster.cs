using System.Globalization;

namespace Postern.Infrastructure.Database.Postgres;

/// <summary>A running server of a cluster, found by the file it keeps there.</summary>
/// <param name="Pid">Process id of the postmaster.</param>
/// <param name="SocketFolder">Where it listens.</param>
/// <param name="Port">Part of the name of its socket.</param>
internal sealed record Postmaster(int Pid, string ClusterPath, string SocketFolder, int Port)
{
    /// <summary>The server of <paramref name="cluster"/>; null when none runs, whatever file was left behind.</summary>
    public static Postmaster? Find(string cluster)
    {
        // Lines: pid, data folder, start time, port, socket folder, listen address, shared memory, status.
        string[] lines;
        try
        {
            lines = File.ReadAllLines(Path.Combine(cluster, "postmaster.pid"));
        }
        catch (IOException)
        {
            return null;
        }

        if (lines.Length < 5 || lines[4].Length == 0 // written in two steps: the socket comes second
            || !int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            || !int.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return null;
        }

        var found = new Postmaster(pid, lines[1], lines[4], port);
        return found.IsAlive ? found : null;
    }

    /// <summary>Does the process exist, and is it this server? A process id alone may have been given to another program.</summary>
    public bool IsAlive
    {
        get
        {
            try
            {
                var arguments = File.ReadAllText($"/proc/{Pid}/cmdline").Split('\0');
                var data = Array.IndexOf(arguments, "-D");
                return arguments[0].EndsWith("/postgres", StringComparison.Ordinal)
                    && data >= 0 && data + 1 < arguments.Length && arguments[data + 1] == ClusterPath;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }
}
