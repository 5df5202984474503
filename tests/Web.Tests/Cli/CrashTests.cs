using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Cli;

/// <summary>Kill -9 in the middle of mail: what was acknowledged arrives, whatever dies.</summary>
public sealed partial class CrashTests
{
    private const int Mails = 2000;
    private const int Senders = 10;
    private const int Kills = 3;

    private static readonly string[] People =
        ["petra.novak", "uwe.brandt", "orla.keane", "luz.sandoval", "thandi.mbeki", "nils.forsberg", "carmen.ortiz", "ken.yamada", "patrick.lowe", "rami.haddad"];

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_the_process_is_killed_three_times()
    {
        using var folder = new TestFolder();
        var port = FreePort();
        var acknowledged = new ConcurrentDictionary<int, bool>();
        var todo = new ConcurrentQueue<int>(Enumerable.Range(0, Mails));
        var server = await ServeAsync(folder, port);
        var senders = Enumerable.Range(0, Senders).Select(_ => Task.Run(() => SendAllAsync(port, todo, acknowledged))).ToArray();
        for (var kill = 1; kill <= Kills; kill++)
        {
            await Eventually.HoldsAsync("enough mail is under way", () => acknowledged.Count >= kill * Mails / (Kills + 1));
            await server.StopAsync("KILL");
            await server.DisposeAsync();
            server = await ServeAsync(folder, port);
        }

        await Task.WhenAll(senders);
        await Eventually.HoldsAsync("the queue is empty", async () => (await BooksAsync(folder)).Waiting == 0);

        var arrived = Arrived(folder);
        acknowledged.Keys.Except(arrived.Keys).ShouldBeEmpty();
        var repeats = arrived.Values.Sum() - arrived.Count;
        repeats.ShouldBeLessThan(Kills * (Senders + 20 + 5), "at most what was in flight at each kill: sessions, SMTP calls, one IMPORT run");
        (await BooksAsync(folder)).IsBalanced.ShouldBeTrue();
        File.Exists(folder["data/lab/SALES/violations.log"]).ShouldBeFalse("two programs were in the post office at once");
        await server.DisposeAsync();
    }

    private static Task<RunningPostern> ServeAsync(TestFolder folder, int port) =>
        PosternProgram.ServeAsync(folder["data"], "--smtp", port.ToString(CultureInfo.InvariantCulture), "--lab", PosternProgram.Lab);

    // A client as real ones are: it repeats what was not acknowledged, on a new connection.
    private static async Task SendAllAsync(int port, ConcurrentQueue<int> todo, ConcurrentDictionary<int, bool> acknowledged)
    {
        while (todo.TryDequeue(out var number))
        {
            var to = number % 7 == 0 ? $"{People[number % People.Length]}@site1.example" : $"r{number}@partner.example";
            while (!acknowledged.ContainsKey(number))
            {
                try
                {
                    await SmtpMail.SendSubjectAsync(port, $"crash-{number:D5}-end", "me@sender.example", to);
                    acknowledged[number] = true;
                }
                catch (Exception e) when (e is SocketException or IOException or ShouldAssertException)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
                }
            }
        }
    }

    private static async Task<(long Waiting, bool IsBalanced)> BooksAsync(TestFolder folder)
    {
        var books = (await PosternProgram.RunAsync("books", "--json", "--data", folder["data"])).Json;
        return (books.GetProperty("queued").GetInt64() + books.GetProperty("leased").GetInt64(), books.GetProperty("balanced").GetBoolean());
    }

    private static Dictionary<int, int> Arrived(TestFolder folder)
    {
        var arrived = new Dictionary<int, int>();
        var files = Directory.EnumerateFiles(folder["data/lab/peer"], "*.eml")
            .Concat(Directory.EnumerateFiles(folder["data/lab/SALES/mail"], "*.ccm", SearchOption.AllDirectories));
        foreach (var file in files)
        {
            if (Number().Match(File.ReadAllText(file)) is { Success: true } match)
            {
                var number = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                arrived[number] = arrived.GetValueOrDefault(number) + 1;
            }
        }

        return arrived;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("crash-([0-9]{5})-end")]
    private static partial Regex Number();
}
