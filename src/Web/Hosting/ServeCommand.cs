using System.Runtime.InteropServices;
using Postern.Infrastructure.Smtp.Listening;
using Postern.Web.Cli;

namespace Postern.Web.Hosting;

/// <summary>Runs Postern in the foreground until it is told to end; prints where it is reached.</summary>
public static class ServeCommand
{
    /// <summary>0 after SIGINT or SIGTERM; 69 when something is unreachable or in use, or a part of it is lost; 78 when the configuration cannot be used.</summary>
    public static async Task<int> RunAsync(ServeOptions options, TextWriter output, TextWriter error)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => End(signal, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => End(signal, stop));
        if (Environment.IsPrivilegedProcess)
        {
            await error.WriteLineAsync(
                options.Database.Length > 0 ? "Postern runs as root; an ordinary user would do." : "Postern runs as root, its PostgreSQL as postgres; an ordinary user would do.");
        }

        try
        {
            await using var server = await PosternServer.StartAsync(options, output, null, stop.Token);
            await AnnounceAsync(server, options, output);
            if (await server.WaitForEndAsync(stop.Token) is { Length: > 0 } lost)
            {
                // Whatever watches the process starts it again; a process that stays without the part would look alive (Q151669).
                await error.WriteLineAsync(lost);
                return ExitCode.Unavailable;
            }

            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception e) when (ExitCode.Of(e) is { } code)
        {
            await error.WriteLineAsync(e.Message);
            return code;
        }
    }

    private static async Task AnnounceAsync(PosternServer server, ServeOptions options, TextWriter output)
    {
        await output.WriteLineAsync($"Console: {server.ConsoleUrl}");
        foreach (var (_, endPoint) in server.Application.Services.GetRequiredService<ListenerSupervisor>().EndPoints)
        {
            await output.WriteLineAsync($"SMTP: {endPoint}");
        }

        if (server.DrawnPassword is { } password)
        {
            await output.WriteLineAsync("User: admin");
            await output.WriteLineAsync($"Password: {password}");
        }

        await output.WriteLineAsync("Ready");
        await output.FlushAsync();
    }

    private static void End(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
