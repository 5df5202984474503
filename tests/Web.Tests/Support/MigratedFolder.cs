using System.Diagnostics;
using Postern.Web.Tests.Support;

[assembly: AssemblyFixture(typeof(MigratedFolder))]

namespace Postern.Web.Tests.Support;

/// <summary>A data folder with the current schema, made once in a run and copied for each server.</summary>
public sealed class MigratedFolder : IDisposable
{
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), $"postern-migrated-{Environment.ProcessId}");

    private static readonly Lazy<Task> Made = new(MakeAsync);

    internal static async Task CopyToAsync(string dataFolder)
    {
        await Made.Value;
        // Owners and rights come along: a cluster belongs to the account that runs it.
        using var copy = Process.Start("/usr/bin/cp", ["-a", Folder, dataFolder]);
        await copy.WaitForExitAsync();
        copy.ExitCode.ShouldBe(0);
    }

    public void Dispose()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static async Task MakeAsync() => (await PosternProgram.RunAsync("migrate", "--data", Folder)).ExitCode.ShouldBe(0);
}
