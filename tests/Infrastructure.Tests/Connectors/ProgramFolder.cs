using Microsoft.Extensions.Logging.Abstractions;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Tests.Connectors;

/// <summary>A folder of its own with small programs in it, and the means to start them.</summary>
public sealed class ProgramFolder : IDisposable
{
    public ProgramFolder()
    {
        Root = Directory.CreateTempSubdirectory("postern-programs-").FullName;
        Allowed = new AllowedPaths([Root], [Root]);
        Programs = new ExternalProgram(Allowed, TimeProvider.System, NullLogger<ExternalProgram>.Instance);
    }

    public string Root { get; }

    public AllowedPaths Allowed { get; }

    public ExternalProgram Programs { get; }

    public string LockFile => At("lock");

    public string At(string name) => Path.Combine(Root, name);

    /// <summary>Writes an executable script and returns its path.</summary>
    public string Script(string name, string lines)
    {
        var path = At(name);
        File.WriteAllText(path, $"#!/bin/sh\n{lines}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    public ProgramStart Start(string lines, params string[] arguments) => new()
    {
        Command = [Script("program.sh", lines), .. arguments],
        WorkingFolder = Root,
        LockFile = LockFile,
        RunId = 1,
        TimeLimit = TimeSpan.FromSeconds(20),
    };

    public Task<ProgramEnd> RunAsync(ProgramStart start, CancellationToken stop = default) =>
        Programs.RunAsync(start, _ => Task.CompletedTask, stop);

    public async Task WaitForFileAsync(string name)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!File.Exists(At(name)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, limit.Token);
        }
    }

    public void Dispose()
    {
        foreach (var process in ForeignProcess.OfRun(1, LockFile))
        {
            process.EndGroupAsync(TimeProvider.System).GetAwaiter().GetResult();
        }

        Directory.Delete(Root, recursive: true);
    }
}
