using System.Diagnostics;
using System.Globalization;

namespace Postern.Bench;

/// <summary>The built program with a data folder of its own and one smart host; what a user would start.</summary>
internal sealed class PosternUnderTest : IAsyncDisposable
{
    private readonly string folder;
    private readonly Process process;

    private PosternUnderTest(string folder, Process process, int port)
    {
        this.folder = folder;
        this.process = process;
        Port = port;
    }

    public int Port { get; }

    public static async Task<PosternUnderTest> StartAsync(int smartHostPort)
    {
        var folder = Directory.CreateTempSubdirectory("postern-bench-").FullName;
        var configuration = Path.Combine(folder, "bench.yaml");
        await File.WriteAllTextAsync(configuration, $"""
            connectors:
              - name: backbone
                kind: smtp
                settings:
                  smartHosts: ["127.0.0.1:{smartHostPort}"]
                addressSpaces:
                  - type: SMTP
                    pattern: "*"
            """);
        var port = Measure.FreePort();
        var process = Process.Start(new ProcessStartInfo(
            Measure.Built("Web"), ["serve", "--data", folder, "--http", "0", "--smtp", port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["POSTERN_ADMIN_PASSWORD"] = "Bench-" + Guid.NewGuid().ToString("N") },
        })!;
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null); // the log is written, and read by nobody
        while (await process.StandardOutput.ReadLineAsync() is { } line && line != "Ready")
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"Postern ended with {process.ExitCode}.");
            }
        }

        _ = Task.Run(() => process.StandardOutput.ReadToEndAsync());
        var server = new PosternUnderTest(folder, process, port);
        await server.VerbAsync("config", "apply", configuration);
        return server;
    }

    /// <summary>Throws when the books do not balance.</summary>
    public Task CheckBooksAsync() => VerbAsync("books");

    /// <summary>Most memory the process has had resident, in MB.</summary>
    public long PeakMegabytes()
    {
        var line = File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    public async ValueTask DisposeAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task VerbAsync(params string[] arguments)
    {
        using var verb = Process.Start(new ProcessStartInfo(Measure.Built("Web"), [.. arguments, "--data", folder]) { RedirectStandardOutput = true })!;
        var output = await verb.StandardOutput.ReadToEndAsync();
        await verb.WaitForExitAsync();
        if (verb.ExitCode != 0)
        {
            throw new InvalidOperationException($"postern {string.Join(' ', arguments)} ended with {verb.ExitCode}:\n{output}");
        }
    }
}
