using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Tests.Connectors;

/// <summary>This test program once more, as a process that starts a program and is then killed.</summary>
internal static class SurvivingParent
{
    private const string Variable = "TEST_PARENT_OF";

    /// <summary>Starts the other process; it runs <paramref name="program"/> under run 1.</summary>
    public static Process Start(string program, string lockFile)
    {
        var info = new ProcessStartInfo(Environment.ProcessPath!) { WorkingDirectory = Path.GetDirectoryName(lockFile) };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            info.ArgumentList.Add(typeof(SurvivingParent).Assembly.Location);
        }

        info.Environment[Variable] = $"{program}|{lockFile}";
        return Process.Start(info)!;
    }

    [ModuleInitializer]
    internal static void ActAsParent()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('|') is not [var program, var lockFile])
        {
            return;
        }

        var folder = Path.GetDirectoryName(program)!;
        var programs = new ExternalProgram(new AllowedPaths([folder], []), TimeProvider.System, NullLogger<ExternalProgram>.Instance);
        var start = new ProgramStart
        {
            Command = [program],
            WorkingFolder = folder,
            LockFile = lockFile,
            RunId = 1,
            TimeLimit = TimeSpan.FromMinutes(1),
        };
        programs.RunAsync(start, _ => Task.CompletedTask, CancellationToken.None).GetAwaiter().GetResult();
        Environment.Exit(0);
    }
}
