using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Postern.Infrastructure.Tests.Support;

/// <summary>A real Postfix with folders of its own on a free loopback port; it delivers mail for <c>peer.example</c> to files, or passes all on.</summary>
public sealed class PostfixServer : IAsyncDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "postern-postfix", Guid.NewGuid().ToString("N")[..12]);

    private PostfixServer(int port) => Port = port;

    public int Port { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Why it cannot run here; empty when it can. For <c>Assert.SkipWhen</c>.</summary>
    public static string Obstacle => !Environment.IsPrivilegedProcess ? "Postfix's master needs root."
        : !File.Exists("/usr/sbin/postfix") ? "Postfix is not installed."
        : "";

    private string Config => Path.Combine(folder, "etc");

    /// <summary>Starts it. <paramref name="settings"/> are further lines of <c>main.cf</c>, such as a relay host.</summary>
    public static async Task<PostfixServer> StartAsync(params string[] settings)
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var server = new PostfixServer(((IPEndPoint)free.LocalEndpoint).Port);
        free.Stop();
        server.Configure(settings);
        (await server.RunAsync("start")).ShouldBe(0, server.ReadLog());
        await server.WaitForPortAsync();
        return server;
    }

    /// <summary>The messages delivered for <c>peer.example</c>, with the trace fields that Postfix put in front; waits until there are <paramref name="count"/>.</summary>
    public async Task<string[]> WaitForMailAsync(int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var inbox = Path.Combine(folder, "mail", "inbox", "new");
        while (true)
        {
            var files = Directory.Exists(inbox) ? Directory.GetFiles(inbox) : [];
            if (files.Length >= count)
            {
                return [.. files.Select(File.ReadAllText)];
            }

            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"{files.Length} of {count} messages came.\n{ReadLog()}");
            }
        }
    }

    public string ReadLog() => File.Exists(Path.Combine(folder, "log")) ? File.ReadAllText(Path.Combine(folder, "log")) : "";

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop");
        Directory.Delete(folder, recursive: true);
    }

    private void Configure(string[] settings)
    {
        foreach (var name in (string[])["etc", "queue", "data", "mail"])
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
        }

        Own("postfix", "data");
        Own("nobody", "mail");
        File.WriteAllText(Path.Combine(Config, "main.cf"), MainSettings() + string.Concat(settings.Select(line => line + "\n")));
        File.WriteAllText(Path.Combine(Config, "master.cf"), $"""
            {Address} inet n - n - - smtpd
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            tlsmgr unix - - n 1000? 1 tlsmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            verify unix - - n - 1 verify
            flush unix n - n 1000? 0 flush
            proxymap unix - - n - - proxymap
            smtp unix - - n - - smtp
            error unix - - n - - error
            retry unix - - n - - error
            discard unix - - n - - discard
            virtual unix - n n - - virtual
            anvil unix - - n - 1 anvil
            scache unix - - n - 1 scache
            postlog unix-dgram n - n - 1 postlogd

            """);
    }

    private string MainSettings() => $$"""
        compatibility_level = 3.6
        queue_directory = {{folder}}/queue
        data_directory = {{folder}}/data
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        maillog_file = {{folder}}/log
        maillog_file_prefixes = {{Path.GetTempPath().TrimEnd('/')}}
        myhostname = mx.peer.example
        mydestination =
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        disable_dns_lookups = yes
        mynetworks = 127.0.0.0/8
        alias_maps =
        alias_database =
        local_recipient_maps =
        virtual_mailbox_domains = peer.example
        virtual_mailbox_base = {{folder}}/mail
        virtual_mailbox_maps = static:inbox/
        virtual_uid_maps = static:65534
        virtual_gid_maps = static:65534
        smtpd_recipient_restrictions =
          check_recipient_access inline:{ { nobody@peer.example = 550 5.1.1 Nobody here by that name } { later@peer.example = 450 4.2.1 Come back } }
          permit_mynetworks
          reject

        """;

    private void Own(string user, string name)
    {
        using var chown = Process.Start("chown", [user, Path.Combine(folder, name)]);
        chown.WaitForExit();
    }

    private async Task<int> RunAsync(string verb)
    {
        using var postfix = Process.Start(new ProcessStartInfo("/usr/sbin/postfix", ["-c", Config, verb]) { WorkingDirectory = "/" })!;
        await postfix.WaitForExitAsync();
        return postfix.ExitCode;
    }

    private async Task WaitForPortAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
    }
}
