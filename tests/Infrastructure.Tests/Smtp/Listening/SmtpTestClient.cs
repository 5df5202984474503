using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

/// <summary>A client that says exactly what a test wants said.</summary>
internal sealed class SmtpTestClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Socket socket;
    private readonly byte[] buffer = new byte[8192];
    private Stream stream;
    private int start;
    private int end;

    private SmtpTestClient(Socket socket)
    {
        this.socket = socket;
        stream = new NetworkStream(socket, ownsSocket: true);
    }

    public static async Task<SmtpTestClient> ConnectAsync(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint);
        return new SmtpTestClient(socket);
    }

    /// <summary>One character is one byte.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Patience);
        await stream.WriteAsync(bytes, patience.Token);
        await stream.FlushAsync(patience.Token);
    }

    public async Task<string> SayAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await ReplyAsync();
    }

    /// <summary>Says several commands and returns the last reply.</summary>
    public async Task<string> SayAllAsync(params string[] lines)
    {
        var reply = "";
        foreach (var line in lines)
        {
            reply = await SayAsync(line);
        }

        return reply;
    }

    /// <summary>The next reply, its lines joined by \n; empty when the server has closed.</summary>
    public async Task<string> ReplyAsync()
    {
        var lines = new List<string>();
        string? line;
        do
        {
            line = await LineAsync();
            if (line is not null)
            {
                lines.Add(line);
            }
        }
        while (line is { Length: > 3 } && line[3] == '-');
        return string.Join('\n', lines);
    }

    /// <summary>Everything until the server closes.</summary>
    public async Task<string> RestAsync()
    {
        var rest = new StringBuilder();
        while (await LineAsync() is { } line)
        {
            rest.Append(line).Append('\n');
        }

        return rest.ToString();
    }

    /// <summary>What one read brings, which on this machine is what one write sent.</summary>
    public async Task<string> PacketAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return Encoding.Latin1.GetString(buffer, 0, await ReadAsync(patience.Token));
    }

    public void EndSending() => socket.Shutdown(SocketShutdown.Send);

    public async Task<SslStream> StartTlsAsync()
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        await secure.AuthenticateAsClientAsync("mx.site1.example").WaitAsync(Patience);
        stream = secure;
        return secure;
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<string?> LineAsync()
    {
        var line = new StringBuilder();
        while (true)
        {
            var at = Array.IndexOf(buffer, (byte)'\n', start, end - start);
            if (at >= 0)
            {
                line.Append(Encoding.Latin1.GetString(buffer, start, at - start));
                start = at + 1;
                return line.ToString().TrimEnd('\r');
            }

            line.Append(Encoding.Latin1.GetString(buffer, start, end - start));
            using var patience = new CancellationTokenSource(Patience);
            (start, end) = (0, await ReadAsync(patience.Token));
            if (end == 0)
            {
                return line.Length > 0 ? line.ToString() : null;
            }
        }
    }

    // A server that closes while bytes are on their way to it ends the connection with a reset.
    private async Task<int> ReadAsync(CancellationToken token)
    {
        try
        {
            return await stream.ReadAsync(buffer, token);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
