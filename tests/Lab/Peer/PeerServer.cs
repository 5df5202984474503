using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Postern.Lab.Peer;

/// <summary>
/// The lab's only smart host: a small SMTP server on the loopback address that keeps every message in a folder, so that
/// nothing leaves the machine and a test can read what arrived.
/// </summary>
internal static class PeerServer
{
    public static int Run(string[] arguments)
    {
        var verb = VerbArguments.Parse(arguments, "--port", "--folder", "--delay", "--until-stdin-closes");
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        if (verb.Has("--until-stdin-closes"))
        {
            _ = WatchInputAsync(stop);
        }

        return ServeAsync(verb, stop.Token).GetAwaiter().GetResult();

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<int> ServeAsync(VerbArguments verb, CancellationToken token)
    {
        var folder = verb.Needed("--folder");
        var store = new PeerStore(folder);
        var faults = new PeerFaults(folder);
        using var listener = new TcpListener(IPAddress.Loopback, verb.Number("--port", 0));
        try
        {
            listener.Start(256);
        }
        catch (SocketException e)
        {
            throw new MisuseException($"Port {verb.One("--port", "0")}: {e.Message}");
        }

        Screen.Line($"Listening {listener.LocalEndpoint}");
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(token);
                _ = TalkAsync(client, store, faults, verb.Number("--delay", 0), token);
            }
        }
        catch (OperationCanceledException)
        {
            return ResultCode.Done;
        }
    }

    private static async Task TalkAsync(TcpClient client, PeerStore store, PeerFaults faults, int delay, CancellationToken token)
    {
        using (client)
        {
            client.NoDelay = true;
            try
            {
                await new PeerSession(client.GetStream(), store, faults, delay).RunAsync(token);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // the client has gone, or the peer is being stopped
            }
            catch (MisuseException e)
            {
                Screen.Refuse(e.Message);
            }
        }
    }

    // A peer whose parent died must not live on
    private static async Task WatchInputAsync(CancellationTokenSource stop)
    {
        await Task.Yield();
        using var input = Console.OpenStandardInput();
        var rest = new byte[256];
        while (await input.ReadAsync(rest) > 0)
        {
            // what is written to the peer says nothing
        }

        await stop.CancelAsync();
    }
}
