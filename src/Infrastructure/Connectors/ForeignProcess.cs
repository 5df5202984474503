using System.Globalization;
using System.Runtime.InteropServices;

namespace Postern.Infrastructure.Connectors;

/// <summary>
/// A process that leads its own session and group, known by id and start time, whether this process started it or an earlier one did.
/// </summary>
/// <param name="StartedTicks">Clock ticks after boot (field 22 of <c>/proc/PID/stat</c>): a reused id has another.</param>
public readonly partial record struct ForeignProcess(int Id, long StartedTicks)
{
    /// <summary>The variable by which a child is recognised when its id was never recorded; the value is the id of the run.</summary>
    public const string RunVariable = "POSTERN_RUN";

    private const int Terminate = 15;
    private const int Kill = 9;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>The process that has this id now; null when there is none or it is only waiting to be reaped.</summary>
    public static ForeignProcess? Find(int id)
    {
        try
        {
            // The name stands in parentheses and may hold anything; the fields are counted from the last one.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : new ForeignProcess(id, long.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Processes that carry the mark of a run, the leader of the group first.</summary>
    public static IReadOnlyList<ForeignProcess> OfRun(long runId, string place)
    {
        var mark = System.Text.Encoding.UTF8.GetBytes($"{RunVariable}={Mark(runId, place)}\0");
        var found = new List<ForeignProcess>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), CultureInfo.InvariantCulture, out var id)
                && HasMark(id, mark) && Find(id) is { } process)
            {
                found.Add(process);
            }
        }

        return [.. found.OrderBy(process => process.StartedTicks).ThenBy(process => process.Id)];
    }

    /// <summary>Which process has a lock file open, as “process 71 (IMPORT.EXE)”; empty when none of those that we may look at has (Q168857).</summary>
    public static string HolderOf(string lockFile)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), CultureInfo.InvariantCulture, out var id) && id != Environment.ProcessId && HasOpen(folder, lockFile))
            {
                return string.Create(CultureInfo.InvariantCulture, $"process {id}{NameOf(id)}");
            }
        }

        return "";
    }

    public bool IsAlive => Find(Id) == this;

    /// <summary>Waits until the process is gone; false when it still runs after <paramref name="atMost"/>.</summary>
    public async Task<bool> WaitForEndAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (IsAlive)
        {
            if (clock.GetElapsedTime(started) >= atMost)
            {
                return false;
            }

            await Task.Delay(Look, clock, cancellationToken);
        }

        return true;
    }

    /// <summary>Ends the whole group: asks first, then ends it by force. False when even that did not help (a dead network drive).</summary>
    public async Task<bool> EndGroupAsync(TimeProvider clock)
    {
        if (IsAlive)
        {
            Signal(Terminate);
            await WaitForEndAsync(TimeSpan.FromSeconds(2), clock, CancellationToken.None);
        }

        // Members of the group that outlive their leader would keep the post office, and its lock.
        Signal(Kill);
        return await WaitForEndAsync(TimeSpan.FromSeconds(5), clock, CancellationToken.None);
    }

    /// <summary>Ends what the leader left behind in its group.</summary>
    public void EndRemnants() => SendSignal(-Id, Kill);

    /// <summary>Run ids repeat from one database to the next; the lock file tells them apart.</summary>
    internal static string Mark(long runId, string place) => string.Create(CultureInfo.InvariantCulture, $"{runId}:{place}");

    private void Signal(int signal)
    {
        if (SendSignal(-Id, signal) != 0 && IsAlive)
        {
            SendSignal(Id, signal); // it has not made its group yet
        }
    }

    private static bool HasOpen(string folder, string path)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(folder, "fd")).Any(descriptor => new FileInfo(descriptor).LinkTarget == path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // gone, or another user's
        }
    }

    private static string NameOf(int id)
    {
        try
        {
            return $" ({Queue.Storable.Text(File.ReadAllText($"/proc/{id}/comm").Trim(), 40)})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static bool HasMark(int id, byte[] mark)
    {
        try
        {
            var environment = File.ReadAllBytes($"/proc/{id}/environ").AsSpan();
            var at = environment.IndexOf(mark);
            return at == 0 || (at > 0 && environment[at - 1] == 0);
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false; // another user's process is not ours
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
