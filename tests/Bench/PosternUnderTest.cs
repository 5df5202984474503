using System.Diagnostics;
using System.Globalization;
using Postern.Infrastructure.Database;

namespace Postern.Bench;

/// <summary>The built program with a data folder of its own and one smart host; what a user would start.</summary>
internal sealed class PosternUnderTest : IAsyncDisposable
{
    private const string ConsoleLine = "Console: ";

    private readonly string folder;
    private readonly Process process;

    private PosternUnderTest(string folder, Process process, int port, string password)
    {
        this.folder = folder;
        this.process = process;
        Port = port;
        Password = password;
    }

    /// <summary>Where the console is.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Of the operator <c>admin</c>.</summary>
    public string Password { get; }

    public int Port { get; }

    /// <param name="stopped">Names of further connectors, which are stopped.</param>
    public static async Task<PosternUnderTest> StartAsync(int smartHostPort, params string[] stopped)
    {
        var folder = Directory.CreateTempSubdirectory("postern-bench-").FullName;
        var configuration = Path.Combine(folder, "bench.yaml");
        await File.WriteAllTextAsync(configuration, $"""
            connectors:
              - name: relay
                kind: smtp
                settings:
                  smartHosts: ["127.0.0.1:{smartHostPort}"]
                addressSpaces:
                  - type: SMTP
                    pattern: "*"

            """ + string.Concat(stopped.Select(name => $"  - name: {name}\n    kind: smtp\n    state: stopped\n    settings:\n      smartHosts: [\"127.0.0.1:9\"]\n")));
        var password = "Bench-" + Guid.NewGuid().ToString("N");
        var port = Measure.FreePort();
        var process = Process.Start(new ProcessStartInfo(
            Measure.Built("Web"), ["serve", "--data", folder, "--http", "0", "--smtp", port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["POSTERN_ADMIN_PASSWORD"] = password },
        })!;
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null); // the log is written, and read by nobody
        var url = "";
        while (await process.StandardOutput.ReadLineAsync() is { } line && line != "Ready")
        {
            url = line.StartsWith(ConsoleLine, StringComparison.Ordinal) ? line[ConsoleLine.Length..] : url;
            if (process.HasExited)
            {
                throw new InvalidOperationException($"Postern ended with {process.ExitCode}.");
            }
        }

        _ = Task.Run(() => process.StandardOutput.ReadToEndAsync());
        var server = new PosternUnderTest(folder, process, port, password) { Url = url.TrimEnd() };
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

    /// <summary>Its database.</summary>
    public async Task<EmbeddedPostgres> DatabaseAsync() =>
        await EmbeddedPostgres.AttachAsync(folder, CancellationToken.None) ?? throw new InvalidOperationException("The database does not run.");

    /// <summary>Processor time that the process and its database have used; <paramref name="postmaster"/> is the database's first process.</summary>
    public (TimeSpan Server, TimeSpan Database) ProcessorTimes(int postmaster)
    {
        // A process that has ended is counted by the one that started it.
        var ticks = Ticks(postmaster, withEnded: true);
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                ticks += Fields(folder)[1] == postmaster.ToString(CultureInfo.InvariantCulture) ? Ticks(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture), withEnded: false) : 0;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended in this moment; its parent counts it.
            }
        }

        return (TimeSpan.FromSeconds(Ticks(process.Id, withEnded: false) / 100.0), TimeSpan.FromSeconds(ticks / 100.0));
    }

    // proc(5): what stands behind the name in brackets; 1 is the parent, 11 to 14 the times in hundredths of a second.
    private static string[] Fields(string process)
    {
        var stat = File.ReadAllText(Path.Combine(process, "stat"));
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static long Ticks(int process, bool withEnded)
    {
        var fields = Fields($"/proc/{process}");
        return fields[11..(withEnded ? 15 : 13)].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
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
