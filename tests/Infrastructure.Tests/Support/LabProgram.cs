using System.Diagnostics;

namespace Postern.Infrastructure.Tests.Support;

/// <summary>The lab's program as a child process: where it lies, a run to its end, and one that is still going.</summary>
public static class LabProgram
{
    /// <summary>The executable; it lies beside the tests because their project references it.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "Postern.Lab");

    /// <summary>Runs a verb to its end with closed input; a run over 30 s is ended and fails the test.</summary>
    public static LabRun Run(params IEnumerable<string> arguments)
    {
        using var program = Start(arguments);
        program.CloseInput();
        return program.WaitForEnd();
    }

    /// <summary>Starts a verb; disposing ends it.</summary>
    public static RunningLabProgram Start(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new RunningLabProgram(Process.Start(start)!);
    }
}

/// <summary>How a run ended and what it printed.</summary>
public sealed record LabRun(int ExitCode, string Output)
{
    public IEnumerable<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A lab program that runs. Its lines are read as they come, so that a test waits for the thing and not for time.</summary>
public sealed class RunningLabProgram(Process process) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Task<string> error = process.StandardError.ReadToEndAsync();

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public void CloseInput() => process.StandardInput.Close();

    public void WriteLine(string line) => process.StandardInput.WriteLine(line);

    /// <summary>Reads lines until one begins so, and returns it.</summary>
    public string WaitForLine(string beginning)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (process.StandardOutput.ReadLineAsync(limit.Token).AsTask().GetAwaiter().GetResult() is { } line)
        {
            if (line.StartsWith(beginning, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"The lab ended without '{beginning}'. {error.GetAwaiter().GetResult()}");
    }

    public LabRun WaitForEnd()
    {
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException("The lab did not end in time.");
        }

        return new LabRun(process.ExitCode, output.GetAwaiter().GetResult() + error.GetAwaiter().GetResult());
    }

    /// <summary>Sends a signal by its name, such as TERM.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process.Dispose();
    }
}
