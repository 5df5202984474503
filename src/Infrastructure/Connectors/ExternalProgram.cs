using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Postern.Infrastructure.Connectors;

/// <summary>
/// Starts programs of other makers (IMPORT, EXPORT, GTWPUT), one at a time per lock file, and tells how each run ended.
/// </summary>
/// <remarks>
/// <para>
/// Arguments go as a list, never through a shell. The child runs as <c>setsid env --ignore-signal=PIPE flock -F -n LOCK program …</c>;
/// each of these replaces itself by the next, so process, leader of session and group, and holder of the lock are one and the same. The
/// lock lies on a descriptor that the program inherits: it is held until the program is gone, whatever becomes of this process, and a
/// write to the pipe of a dead parent is an error for the child, not its end.
/// </para>
/// <para>
/// The child inherits no other descriptor (Q179072: output of the programs once landed in message files), its input is closed (Q164695:
/// they wait at a prompt), and its environment holds nothing of this process but the usual names. A run that passes its time limit ends
/// with its whole group. When this process is told to stop, the child gets a grace and is then left to itself; who starts next finds it by
/// id and start time, or by its mark.
/// </para>
/// </remarks>
public sealed partial class ExternalProgram(AllowedPaths allowed, TimeProvider clock, ILogger<ExternalProgram> logger)
{
    // A DOS program ends with 0 to 255 too; this one no documented program uses, and -n makes flock give it at once or never.
    private const int LockConflict = 253;
    private const uint CloseAtExec = 4;

    private static readonly string[] PassedOn = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "DOTNET_ROOT", "DISPLAY"];
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(1);

    // What this process opens is closed at exec; what it was itself given by whoever started it is not, until it is marked so here.
    private static readonly Lazy<int> InheritedDescriptors = new(() => CloseRange(3, uint.MaxValue, CloseAtExec));

    private readonly ConcurrentDictionary<string, SemaphoreSlim> turns = new(StringComparer.Ordinal);

    /// <summary>Waits until no other run of this process uses <paramref name="lockFile"/>; the caller disposes the turn.</summary>
    public async Task<IDisposable> TakeTurnAsync(string lockFile, CancellationToken cancellationToken)
    {
        var turn = turns.GetOrAdd(lockFile, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellationToken);
        return new Turn(turn);
    }

    /// <summary>Does anyone hold the lock: a child of an earlier process, or of another one?</summary>
    public static bool IsLocked(string lockFile)
    {
        try
        {
            // The runtime takes flock(LOCK_EX | LOCK_NB) for a file that is not shared: the same lock.
            using var file = new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return true;
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="onStarted">Called at once after the start, to record which process it is; must not throw.</param>
    /// <param name="stop">This process stops: the child gets its grace, then is left to itself.</param>
    /// <exception cref="PathRefusedException">The program may not be started, or is absent.</exception>
    /// <exception cref="ProgramNotStartedException">The system could not start it.</exception>
    public async Task<ProgramEnd> RunAsync(ProgramStart start, Func<ForeignProcess, Task> onStarted, CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        using var process = Launch(start);
        var child = ForeignProcess.Find(process.Id) ?? new ForeignProcess(process.Id, 0);
        Log.Started(logger, start.Command[0], child.Id);
        var tail = new ExternalProgramTail();
        using var stopReading = new CancellationTokenSource();
        var reading = Task.WhenAll(
            CopyAsync(process.StandardOutput.BaseStream, tail, stopReading.Token),
            CopyAsync(process.StandardError.BaseStream, tail, stopReading.Token));
        await onStarted(child);
        var ending = await WaitAsync(process, start, stop);
        if (ending == ProgramEnding.TimedOut)
        {
            ending = await child.EndGroupAsync(clock) ? ending : ProgramEnding.LeftRunning;
            await WaitForExitAsync(process, DrainTime);
        }
        else if (ending == ProgramEnding.Exited)
        {
            child.EndRemnants();
        }

        await DrainAsync(reading, stopReading);
        return Ended(process, start, ending, tail, began);
    }

    private Process Launch(ProgramStart start)
    {
        var info = new ProcessStartInfo("/usr/bin/env")
        {
            WorkingDirectory = start.WorkingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[
            "setsid", "env", "--ignore-signal=PIPE",
            "flock", "--no-fork", "--nonblock", "--conflict-exit-code", $"{LockConflict}", start.LockFile,
            allowed.Program(start.Command[0]), .. start.Command.Skip(1)])
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var name in info.Environment.Keys.Except(PassedOn, StringComparer.Ordinal).ToArray())
        {
            info.Environment.Remove(name);
        }

        _ = InheritedDescriptors.Value;
        info.Environment[ForeignProcess.RunVariable] = ForeignProcess.Mark(start.RunId, start.LockFile);
        try
        {
            var process = Process.Start(info) ?? throw new ProgramNotStartedException($"{start.Command[0]} could not be started.", null);
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception e)
        {
            throw new ProgramNotStartedException($"{start.Command[0]} could not be started: {e.Message}.", e);
        }
    }

    private async Task<ProgramEnding> WaitAsync(Process process, ProgramStart start, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(start.TimeLimit, clock);
        using var grace = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        await using var onStop = stop.Register(() => grace.CancelAfter(start.Grace));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, grace.Token);
        try
        {
            await process.WaitForExitAsync(either.Token);
            return ProgramEnding.Exited;
        }
        catch (OperationCanceledException) when (!process.HasExited)
        {
            return limit.IsCancellationRequested ? ProgramEnding.TimedOut : ProgramEnding.LeftRunning;
        }
        catch (OperationCanceledException)
        {
            return ProgramEnding.Exited;
        }
    }

    private ProgramEnd Ended(Process process, ProgramStart start, ProgramEnding ending, ExternalProgramTail tail, long began)
    {
        int? code = ending == ProgramEnding.Exited ? process.ExitCode : null;
        // The runtime gives 128 + signal; so do shells and emulators that ran the program for us.
        var signal = code is > 128 and <= 128 + 31 ? code - 128 : null;
        ending = (ending, code, signal) switch
        {
            (ProgramEnding.Exited, LockConflict, _) => ProgramEnding.Locked,
            (ProgramEnding.Exited, _, not null) => ProgramEnding.Crashed,
            _ => ending,
        };
        var end = new ProgramEnd(ending, code, tail.ToText(start.OutputEncoding, start.Secret), clock.GetElapsedTime(began), start.TimeLimit);
        Log.Ended(logger, start.Command[0], process.Id, end.Summary, (long)end.Took.TotalMilliseconds);
        return end;
    }

    private async Task WaitForExitAsync(Process process, TimeSpan atMost)
    {
        using var limit = new CancellationTokenSource(atMost, clock);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It hangs in the kernel; the caller reports it as still running.
        }
    }

    private static async Task CopyAsync(Stream pipe, ExternalProgramTail tail, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        try
        {
            while (await pipe.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                tail.Append(buffer.AsSpan(0, count));
            }
        }
        catch (OperationCanceledException)
        {
            // What is there is enough.
        }
        catch (IOException)
        {
            // The pipe went away with the child.
        }
    }

    // A grandchild in a session of its own may hold the pipe open for ever.
    private async Task DrainAsync(Task reading, CancellationTokenSource stopReading)
    {
        await Task.WhenAny(reading, Task.Delay(DrainTime, clock, CancellationToken.None));
        await stopReading.CancelAsync();
        await reading;
    }

    [LibraryImport("libc", EntryPoint = "close_range")]
    private static partial int CloseRange(uint first, uint last, uint flags);

    private sealed class Turn(SemaphoreSlim semaphore) : IDisposable
    {
        private SemaphoreSlim? held = semaphore;

        public void Dispose() => Interlocked.Exchange(ref held, null)?.Release();
    }

    private static partial class Log
    {
        [LoggerMessage(4090, LogLevel.Debug, "{Program} runs as process {Pid}")]
        public static partial void Started(ILogger logger, string program, int pid);

        [LoggerMessage(4091, LogLevel.Debug, "{Program}, process {Pid}, {Ending} after {Milliseconds} ms")]
        public static partial void Ended(ILogger logger, string program, int pid, string ending, long milliseconds);
    }
}
