using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Postern.Infrastructure.Tests.Smtp.Sending;

/// <summary>Postfix's test receiver on a free loopback port, with its failure options; it keeps what it gets when asked to.</summary>
internal sealed class SmtpSink : IDisposable
{
    private readonly Process process;
    private readonly string folder = Path.Combine(Path.GetTempPath(), "postern-tests", Guid.NewGuid().ToString("N"));

    private SmtpSink(int port, bool keeps, string[] options)
    {
        Port = port;
        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo("smtp-sink", options) { WorkingDirectory = folder, RedirectStandardError = true };
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
        {
            // It does not run with privileges; the folder must be its own then.
            start.ArgumentList.Add("-u");
            start.ArgumentList.Add("nobody");
            File.SetUnixFileMode(folder, (UnixFileMode)0x1FF);
        }

        if (keeps)
        {
            start.ArgumentList.Add("-d");
            start.ArgumentList.Add("mail.");
        }

        start.ArgumentList.Add(Address);
        start.ArgumentList.Add("500");
        process = Process.Start(start)!;
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public static Task<SmtpSink> StartAtAsync(int port) => StartAsync(port, keeps: false, []);

    public static Task<SmtpSink> StartAsync(bool keeps, params string[] options) => StartAsync(FreePort(), keeps, options);

    private static async Task<SmtpSink> StartAsync(int port, bool keeps, string[] options)
    {
        var sink = new SmtpSink(port, keeps, options);
        await WaitForPortAsync(sink.Port);
        return sink;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Returns when something listens; fails after ten seconds.</summary>
    public static async Task WaitForPortAsync(int port)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
    }

    /// <summary>The messages kept, each with the sink's lines about the envelope in front.</summary>
    public string[] ReadKept() => [.. Directory.GetFiles(folder, "mail.*").Select(File.ReadAllText)];

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
