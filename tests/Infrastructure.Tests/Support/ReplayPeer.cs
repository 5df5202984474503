using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Postern.Infrastructure.Tests.Support;

/// <summary>In which pieces a <see cref="ReplayPeer"/> sends what it has to say.</summary>
public enum ReplayPace
{
    /// <summary>Everything up to the next command in one write.</summary>
    Whole,
    ByLine,
    ByByte,
}

/// <summary>A server that plays its side of a dialogue and insists on the other.</summary>
/// <remarks>
/// <code>
/// S: 220 mx.example ESMTP      said; \0 is a NUL, \n a bare LF
/// C: EHLO *                    expected; a * at the end stands for anything
/// C: .content                  everything up to the final dot; kept in Contents as it came
/// ! lockstep                   from here on a command must not come before the last one is answered
/// ! tls                        shakes hands with the certificate given
/// ! junk                       answers the handshake with something that is none
/// ! plain TEXT                 said together with the line before it, before the handshake
/// ! flood N                    N bytes without a line end
/// ! endless TEXT               the line again and again until the client goes
/// ! wait                       until Continue is called
/// ! hang                       says nothing more until the client goes or says QUIT
/// ! close, ! reset             ends the connection, politely or not
/// ---                          the next connection
/// </code>
/// </remarks>
public sealed class ReplayPeer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
    private readonly SemaphoreSlim continued = new(0);
    private readonly SemaphoreSlim waits = new(0);
    private readonly ReplayPace pace;
    private readonly X509Certificate2? certificate;

    private ReplayPeer(string script, ReplayPace pace, X509Certificate2? certificate)
    {
        this.pace = pace;
        this.certificate = certificate;
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Finished = PlayAsync([.. script.Split("---\n").Select(part => part.Split('\n', StringSplitOptions.RemoveEmptyEntries))]);
    }

    public int Port { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Ends when the whole script was played; fails where the client left it.</summary>
    public Task Finished { get; }

    /// <summary>Contents as they came, dots doubled, without the final dot.</summary>
    public List<string> Contents { get; } = [];

    public static ReplayPeer Start(string script, ReplayPace pace = ReplayPace.Whole, X509Certificate2? certificate = null) =>
        new(script.ReplaceLineEndings("\n"), pace, certificate);

    /// <summary>Returns when the script has come to <c>! wait</c> or <c>! hang</c>.</summary>
    public Task WhenWaiting() => waits.WaitAsync(limit.Token);

    public void Continue() => continued.Release();

    public async ValueTask DisposeAsync()
    {
        await limit.CancelAsync();
        listener.Stop();
        await Finished.ContinueWith(_ => { }, TaskScheduler.Default);
        limit.Dispose();
    }

    private async Task PlayAsync(string[][] connections)
    {
        foreach (var steps in connections)
        {
            using var socket = await listener.AcceptSocketAsync(limit.Token);
            socket.NoDelay = true;
            using var dialogue = new Dialogue(this, socket);
            await dialogue.PlayAsync(steps);
        }
    }

    private sealed class Dialogue(ReplayPeer peer, Socket socket) : IDisposable
    {
        private readonly StringBuilder said = new();
        private Stream stream = new NetworkStream(socket, ownsSocket: false);
        private byte[] buffered = [];
        private bool isLockstep;

        public async Task PlayAsync(string[] steps)
        {
            foreach (var step in steps)
            {
                switch (step)
                {
                    case ['S', ':', ..]:
                        said.Append(step.AsSpan(Math.Min(3, step.Length))).Append("\r\n");
                        break;
                    case "C: .content":
                        await FlushAsync();
                        peer.Contents.Add(await ReadToAsync("\r\n.\r\n"));
                        break;
                    case ['C', ':', ' ', .. var expected]:
                        await FlushAsync();
                        Expect(expected, await ReadToAsync("\r\n"));
                        break;
                    case ['!', ' ', .. var order]:
                        await ObeyAsync(order);
                        break;
                    case ['#', ..]:
                        break;
                    default:
                        throw new FormatException($"Not a step: {step}");
                }
            }

            await FlushAsync();
        }

        public void Dispose() => stream.Dispose();

        private void Expect(string expected, string line)
        {
            var fits = expected is [.., '*'] ? line.StartsWith(expected[..^1], StringComparison.Ordinal) : line == expected;
            fits.ShouldBeTrue($"expected “{expected}”, came “{line}”");
            (isLockstep ? buffered.Length : 0).ShouldBe(0, $"a command came before “{line}” was answered");
        }

        private async Task ObeyAsync(string order)
        {
            var words = order.Split(' ', 2);
            if (words[0] == "plain")
            {
                said.Append(words[1]).Append("\r\n");
                return;
            }

            await FlushAsync();
            switch (words[0])
            {
                case "lockstep":
                    isLockstep = true;
                    break;
                case "tls":
                    var encrypted = new SslStream(stream);
                    await encrypted.AuthenticateAsServerAsync(peer.certificate!).WaitAsync(peer.limit.Token);
                    stream = encrypted;
                    break;
                case "junk":
                    _ = await stream.ReadAsync(new byte[4096], peer.limit.Token);
                    await stream.WriteAsync("This is not a handshake.\r\n"u8.ToArray(), peer.limit.Token);
                    break;
                case "flood":
                    await SendUntilGoneAsync(new byte[int.Parse(words[1], CultureInfo.InvariantCulture)].Select(_ => (byte)'x').ToArray(), 1);
                    break;
                case "endless":
                    await SendUntilGoneAsync(Encoding.ASCII.GetBytes(words[1] + "\r\n"), int.MaxValue);
                    break;
                case "wait":
                    peer.waits.Release();
                    await peer.continued.WaitAsync(peer.limit.Token);
                    break;
                case "hang":
                    peer.waits.Release();
                    await HangAsync();
                    break;
                case "reset":
                    socket.LingerState = new LingerOption(true, 0);
                    break;
            }
        }

        private async Task SendUntilGoneAsync(byte[] bytes, int times)
        {
            try
            {
                for (var i = 0; i < times; i++)
                {
                    await stream.WriteAsync(bytes, peer.limit.Token);
                }
            }
            catch (IOException)
            {
                // The client has had enough, as it should.
            }
        }

        private async Task HangAsync()
        {
            try
            {
                var heard = new byte[4096];
                int count;
                do
                {
                    count = await stream.ReadAsync(heard, peer.limit.Token);
                }
                while (count > 0 && !heard.AsSpan(0, count).StartsWith("QUIT"u8));
            }
            catch (IOException)
            {
                // Gone.
            }
        }

        private async Task FlushAsync()
        {
            var bytes = Encoding.Latin1.GetBytes(said.Replace("\\0", "\0").Replace("\\n", "\n").ToString());
            said.Clear();
            var size = peer.pace == ReplayPace.ByByte ? 1 : bytes.Length;
            for (var at = 0; at < bytes.Length;)
            {
                var line = peer.pace == ReplayPace.ByLine ? bytes.AsSpan(at).IndexOf((byte)'\n') + 1 : size;
                await stream.WriteAsync(bytes.AsMemory(at, line), peer.limit.Token);
                at += line;
            }
        }

        private async Task<string> ReadToAsync(string end)
        {
            var mark = Encoding.ASCII.GetBytes(end);
            while (true)
            {
                // A content that is empty is only the dot.
                var at = end.Length == 5 && buffered.AsSpan().StartsWith(".\r\n"u8) ? -2 : buffered.AsSpan().IndexOf(mark);
                if (at is >= 0 or -2)
                {
                    var text = Encoding.UTF8.GetString(buffered.AsSpan(0, Math.Max(0, at)));
                    buffered = buffered[(at + mark.Length)..];
                    return end.Length == 5 && at >= 0 ? text + "\r\n" : text;
                }

                var more = new byte[64 * 1024];
                var count = await stream.ReadAsync(more, peer.limit.Token);
                count.ShouldBeGreaterThan(0, $"the client went; unread: “{Encoding.UTF8.GetString(buffered)}”");
                buffered = [.. buffered, .. more.AsSpan(0, count)];
            }
        }
    }
}
