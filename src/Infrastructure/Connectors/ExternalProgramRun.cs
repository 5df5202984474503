using System.Text;

namespace Postern.Infrastructure.Connectors;

/// <summary>One run of a foreign program, as it shall be started.</summary>
public sealed record ProgramStart
{
    /// <summary>Program and arguments; a DOS emulator or a batch file may stand in front.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    public required string WorkingFolder { get; init; }

    /// <summary>The lock that the child holds while it lives; one per post office.</summary>
    public required string LockFile { get; init; }

    /// <summary>Id of the committed row that tells of this run.</summary>
    public required long RunId { get; init; }

    /// <summary>How long the program may take before it and its group are ended.</summary>
    public required TimeSpan TimeLimit { get; init; }

    /// <summary>How long it may go on once this process was told to stop.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The code page the program prints in.</summary>
    public Encoding OutputEncoding { get; init; } = Encoding.Latin1;

    /// <summary>Never shown in captured output.</summary>
    public string Secret { get; init; } = "";
}

/// <summary>How a run ended.</summary>
public enum ProgramEnding
{
    /// <summary>By itself, with a code.</summary>
    Exited,

    /// <summary>By a signal: it crashed, or somebody killed it.</summary>
    Crashed,

    /// <summary>It passed its time limit and was ended with its group.</summary>
    TimedOut,

    /// <summary>It never ran: another process holds the lock of the post office.</summary>
    Locked,

    /// <summary>The system could not start it, or it may not be started here.</summary>
    NotStarted,

    /// <summary>It still runs, because this process stops or because it could not be ended. Nobody may touch its files.</summary>
    LeftRunning,

    /// <summary>An earlier process of ours started it, and it was gone when we looked.</summary>
    FoundDead,
}

/// <summary>How a run ended, with the last that it printed.</summary>
public sealed record ProgramEnd(ProgramEnding Ending, int? ExitCode, string Output, TimeSpan Took, TimeSpan TimeLimit)
{
    /// <summary>The end in words that follow the program's name: "ended with code 4", "did not end within 300 seconds".</summary>
    public string Summary => Ending switch
    {
        ProgramEnding.Exited => $"ended with code {ExitCode}",
        ProgramEnding.Crashed => $"crashed by signal {ExitCode - 128} ({SignalName(ExitCode - 128)})",
        ProgramEnding.TimedOut => $"did not end within {TimeLimit.TotalSeconds:0.###} seconds and was ended",
        ProgramEnding.Locked => "was not started, because another process uses the post office",
        ProgramEnding.NotStarted => "could not be started",
        ProgramEnding.LeftRunning => "is still running",
        _ => "ended while nobody watched",
    };

    /// <summary>The word stored with the run.</summary>
    public string Word => Ending switch
    {
        ProgramEnding.Exited => "exited",
        ProgramEnding.Crashed => "crashed",
        ProgramEnding.TimedOut => "timed out",
        ProgramEnding.Locked => "locked",
        ProgramEnding.NotStarted => "not started",
        ProgramEnding.LeftRunning => "left running",
        _ => "found dead",
    };

    private static string SignalName(int? signal) => signal switch
    {
        4 => "illegal instruction",
        6 => "abort",
        7 => "bus error",
        8 => "arithmetic error",
        9 => "killed",
        11 => "memory fault",
        15 => "terminated",
        _ => "signal",
    };
}

/// <summary>The system could not start a program; the message names it and the system's words.</summary>
public sealed class ProgramNotStartedException(string message, Exception? inner) : Exception(message, inner);
