using System.Diagnostics;
using System.Globalization;

namespace Postern.Web.Hosting;

/// <summary>The SMTP peer of the lab as a child process: the smart host that keeps what it gets in a folder. Lives as long as the server.</summary>
/// <remarks>
/// Its port is taken once and kept in <c>lab/peer.port</c>, because the configuration names it. It ends when its input closes, so it never
/// outlives the server, however that ends; one that ends by itself is started again.
/// </remarks>
internal sealed partial class LabPeer : IAsyncDisposable
{
    private const string Announcement = "Listening 127.0.0.1:";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan PatienceWithPort = TimeSpan.FromSeconds(3);

    private readonly string program;
    private readonly string folder;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Task watch;
    private Process process;

    private LabPeer(string program, string folder, Process process, int port, ILogger logger)
    {
        this.program = program;
        this.folder = folder;
        this.process = process;
        this.logger = logger;
        Port = port;
        watch = WatchAsync();
    }

    /// <summary>Where it listens on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Starts the peer on the port it had before, or on a free one where that is taken.</summary>
    /// <exception cref="StartException">It cannot be started.</exception>
    public static async Task<LabPeer> StartAsync(string program, string labFolder, ILogger logger, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(labFolder, "peer")).FullName;
        var portFile = Path.Combine(labFolder, "peer.port");
        var kept = await KeptPortAsync(portFile, cancellationToken);
        var (process, port) = await LaunchAsync(program, folder, kept, cancellationToken);
        // The peer of a server that was killed a moment ago is still on its way out.
        for (var began = TimeProvider.System.GetTimestamp(); process is null && kept != 0 && TimeProvider.System.GetElapsedTime(began) < PatienceWithPort;)
        {
            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            (process, port) = await LaunchAsync(program, folder, kept, cancellationToken);
        }

        if (process is null)
        {
            (process, port) = await LaunchAsync(program, folder, 0, cancellationToken);
        }

        if (process is null)
        {
            throw new StartException("The lab's SMTP peer does not start.", StartException.Unavailable);
        }

        await File.WriteAllTextAsync(portFile, port.ToString(CultureInfo.InvariantCulture) + "\n", cancellationToken);
        return new LabPeer(program, folder, process, port, logger);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watch;
        process.StandardInput.Close();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        stop.Dispose();
    }

    private static async Task<int> KeptPortAsync(string portFile, CancellationToken cancellationToken) =>
        File.Exists(portFile)
        && int.TryParse(await File.ReadAllTextAsync(portFile, cancellationToken), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var port)
        && port is > 0 and <= 65535
            ? port
            : 0;

    private static async Task<(Process? Process, int Port)> LaunchAsync(string program, string folder, int port, CancellationToken cancellationToken)
    {
        // In a session of its own: Ctrl-C is for the server, which still has mail to hand over.
        var process = Process.Start(new ProcessStartInfo(
            "/usr/bin/setsid", [program, "peer", "--port", $"{port}", "--folder", folder, "--until-stdin-closes"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        })!;
        var line = await process.StandardOutput.ReadLineAsync(cancellationToken);
        if (line is not null && line.StartsWith(Announcement, StringComparison.Ordinal)
            && int.TryParse(line.AsSpan(Announcement.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var found))
        {
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return (process, found);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
        process.Dispose();
        return (null, 0);
    }

    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                await process.WaitForExitAsync(stop.Token);
                Log.Ended(logger, process.ExitCode, Port);
                while (await LaunchAsync(program, folder, Port, stop.Token) is var (again, _))
                {
                    if (again is not null)
                    {
                        process.Dispose();
                        process = again;
                        break;
                    }

                    await Task.Delay(Pause, TimeProvider.System, stop.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1030, LogLevel.Warning, "The SMTP peer of the lab ended with {ExitCode}; it is started again on port {Port}")]
        public static partial void Ended(ILogger logger, int exitCode, int port);
    }
}
